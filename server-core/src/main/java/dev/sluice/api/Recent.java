package dev.sluice.api;

import java.time.Instant;
import java.util.List;

/// What happened lately. Bounded rings; the newest is last.
///
/// @param closed connections
/// @param events of the server
public record Recent(List<ClosedConnection> closed, List<Entry> events) {

    /// @param when  by the wall clock
    /// @param event what
    public record Entry(Instant when, ServerEvent event) {}
}
