package dev.sluice.protocol;

/// How far a decoder is within a request. Decides which timeout runs.
public enum Stage {
    /// At a message boundary: not one byte of a next request has been seen. The idle timeout runs.
    BETWEEN,
    /// The head of a request (for a protocol without bodies, the request itself) has begun. The head timeout runs.
    HEAD,
    /// The head is complete and its body is not. The body timeout runs.
    BODY
}
