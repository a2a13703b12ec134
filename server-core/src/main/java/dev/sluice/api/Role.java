package dev.sluice.api;

/// What a listener is for.
public enum Role {
    /// Serves clients: counted in limits and totals, drained in order.
    TRAFFIC,
    /// Health and metrics: outside limits, totals and drain phases, and ended last.
    ADMIN
}
