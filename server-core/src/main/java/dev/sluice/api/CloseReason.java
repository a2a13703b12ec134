package dev.sluice.api;

/// Why an admitted connection ended.
public enum CloseReason {
    /// The client closed at a boundary, or its request said so.
    PEER,
    /// The client's reset, or another failure of the network.
    RESET,
    /// [Timeouts#preface()].
    SLOW_PREFACE,
    /// It did not begin with a PROXY header, as [ProxyProtocol] demands, or with one that is none.
    BAD_PREFACE,
    /// A limit on connections from one address, met by the client that a PROXY header has named. At accept nobody could know.
    ADDRESS_LIMIT,
    /// The limit on new connections a second from one address, likewise.
    RATE_LIMIT,
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
