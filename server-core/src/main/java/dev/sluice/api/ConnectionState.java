package dev.sluice.api;

/// What a connection is doing.
public enum ConnectionState {
    /// Accepted, and waiting for a permit.
    QUEUED,
    /// TLS is being agreed on.
    HANDSHAKE,
    /// At a message boundary; also before its first byte, where a PROXY header has to come.
    IDLE,
    /// A PROXY header has begun to arrive.
    PREFACE,
    /// A request has begun to arrive.
    READING,
    /// A request waits for a permit or is with its handler.
    HANDLING,
    /// A response is being sent.
    WRITING,
    /// Our side is ended; the peer's is not.
    CLOSING
}
