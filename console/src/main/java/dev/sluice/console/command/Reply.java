package dev.sluice.console.command;

/// What a session needs to know of a command it ran.
///
/// @param code 0 done, 1 failed, 2 wrong usage, 3 not allowed
/// @param then what becomes of the session
public record Reply(int code, Then then) {

    /// What becomes of the session.
    public enum Then {
        CONTINUE,
        /// It ends, the server goes on.
        DETACH,
        /// It ends, as the server has.
        SHUTDOWN
    }
}
