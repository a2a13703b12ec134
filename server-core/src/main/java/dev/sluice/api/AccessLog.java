package dev.sluice.api;

/// Whether the requests of a listener are written down, a line each, to the logger `dev.sluice.access.<listener>`.
public enum AccessLog {
    /// none
    OFF,
    /// one line each in the combined format, which most tools read: address, time, request line, status, bytes, referer, user agent
    COMBINED,
    /// one JSON object each, which has more: protocol, duration, wait for the pool, outcome, numbers of connection and request
    JSON
}
