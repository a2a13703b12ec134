package dev.sluice.api;

/// Why a connection was refused at accept.
public enum RefusalReason {
    /// The server's limit on connections.
    SERVER_LIMIT,
    /// The listener's limit on connections.
    LISTENER_LIMIT,
    /// A limit on connections from one address.
    ADDRESS_LIMIT,
    /// The limit on new connections a second from one address.
    RATE_LIMIT,
    /// It did not come from where PROXY headers are believed: [ProxyProtocol#from()].
    UNTRUSTED,
    /// The pool and its queue were full (where a permit holds a connection).
    POOL_FULL,
    /// The server was draining, and its policy is to refuse.
    DRAINING,
    /// The connection could not be set up: a socket option, a thread, memory.
    ERROR
}
