package dev.sluice.console.command;

import java.util.List;

/// One thing that can be typed. Shared by all sessions, so without state.
interface Command {

    Spec spec();

    /// Does it.
    ///
    /// @throws CommandException         when it cannot be done, with the exit code
    /// @throws IllegalArgumentException when the server refuses what it was given
    /// @throws IllegalStateException    when the server refuses it now
    /// @throws InterruptedException     when the session ends meanwhile; what was begun goes on
    Result run(Invocation call) throws InterruptedException;

    /// What the next argument may be.
    ///
    /// @param before arguments already there
    /// @param word   as far as it is typed
    default List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return List.of();
    }
}
