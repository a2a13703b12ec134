package dev.sluice.api;

import java.time.Duration;
import java.time.Instant;

/// A connection that has ended.
///
/// @param id       its number
/// @param listener that accepted it
/// @param address  of the client
/// @param when     it ended
/// @param age      it reached
/// @param reason   why it ended
/// @param detail   more about the reason, for people; may be empty; not escaped
/// @param requests it made
/// @param bytesIn  received
/// @param bytesOut sent
public record ClosedConnection(
        long id,
        String listener,
        String address,
        Instant when,
        Duration age,
        CloseReason reason,
        String detail,
        long requests,
        long bytesIn,
        long bytesOut) {}
