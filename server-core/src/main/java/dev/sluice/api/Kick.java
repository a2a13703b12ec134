package dev.sluice.api;

/// How to end connections.
///
/// @param mode   when
/// @param by     who asks, for the record
/// @param reason why, for the record; may be empty
public record Kick(Mode mode, String by, String reason) {

    public enum Mode {
        /// The request in flight is finished, and the client told if its protocol can.
        AFTER_REQUEST,
        /// The socket is closed and the handler interrupted.
        NOW
    }
}
