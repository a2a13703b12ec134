package dev.sluice.api;

/// Why an admitted connection ended.
public enum CloseReason {
    /// The client closed at a boundary, or its request said so.
    PEER,
    /// The client's reset, or another failure of the network.
    RESET,
    /// [Timeouts#idle()].
    IDLE_TIMEOUT,
    /// [Timeouts#handshake()].
    SLOW_HANDSHAKE,
    /// The client and the server could not agree on TLS.
    HANDSHAKE_FAILED,
    /// [Timeouts#head()].
    SLOW_HEAD,
    /// [Timeouts#body()].
    SLOW_BODY,
    /// [Timeouts#handler()].
    HANDLER_TIMEOUT,
    /// [Timeouts#write()].
    WRITE_STALL,
    /// Bytes that are no request.
    MALFORMED,
    /// [KeepAlive#maxRequests()] or [KeepAlive#maxAge()].
    RETIRED,
    /// Others waited for its permit: [KeepAlive#pressureIdle()].
    PRESSURE,
    /// Its pool was full.
    OVERLOADED,
    /// An operator.
    KICKED,
    /// A drain ended it at a boundary.
    DRAINED,
    /// A drain ran out of patience.
    FORCED,
    /// A handler, codec or source failed, or a memory limit was met.
    ERROR
}
