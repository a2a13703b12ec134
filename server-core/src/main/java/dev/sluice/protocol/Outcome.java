package dev.sluice.protocol;

/// How a request ended, for metrics and logs.
public enum Outcome {
    /// Answered as the client hoped.
    SUCCESS,
    /// Answered with a fault of the client's (HTTP 4xx), or malformed.
    CLIENT_ERROR,
    /// Answered by the handler with a fault of the server's (HTTP 5xx).
    SERVER_ERROR,
    /// The handler, or the protocol's encoder, threw.
    FAILED,
    /// The handler met its deadline without a response.
    TIMED_OUT,
    /// Never reached its handler: the pool was full, or the server was draining.
    REFUSED
}
