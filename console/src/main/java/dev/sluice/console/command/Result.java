package dev.sluice.console.command;

/// How a command ended.
///
/// @param code   exit code
/// @param output what it says
/// @param then   what becomes of the session
/// @param before what was, for the audit log; `-` when there is nothing to tell
/// @param after  what is now
record Result(int code, Output output, Reply.Then then, String before, String after) {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int NOT_ALLOWED = 3;

    static Result done(Output output) {
        return new Result(DONE, output, Reply.Then.CONTINUE, "-", "-");
    }

    static Result failed(Output output) {
        return new Result(FAILED, output, Reply.Then.CONTINUE, "-", "-");
    }

    /// With what the audit log tells of the change.
    Result changing(Object from, Object to) {
        return new Result(code, output, then, from.toString(), to.toString());
    }

    Result then(Reply.Then next) {
        return new Result(code, output, next, before, after);
    }

    /// For JSON and the audit log.
    String word() {
        return word(code);
    }

    static String word(int code) {
        return switch (code) {
            case DONE -> "done";
            case WRONG_USAGE -> "wrong-usage";
            case NOT_ALLOWED -> "not-allowed";
            default -> "failed";
        };
    }
}
