package dev.sluice.console.command;

/// Why a command was not done, in words for whoever typed it.
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;

    private CommandException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /// It was understood, and could not be done.
    static CommandException failed(String message) {
        return new CommandException(Result.FAILED, message);
    }

    /// It was not understood.
    static CommandException usage(String message) {
        return new CommandException(Result.WRONG_USAGE, message);
    }

    /// Whoever typed it may not do it.
    static CommandException notAllowed(String message) {
        return new CommandException(Result.NOT_ALLOWED, message);
    }

    int code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
