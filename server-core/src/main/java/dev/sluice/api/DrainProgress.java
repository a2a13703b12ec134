package dev.sluice.api;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a drain stands.
///
/// @param phase      the current phase; null when no drain is under way
/// @param elapsed    since the phase began
/// @param budget     what the phase may take
/// @param total      since the drain began
/// @param queued     connections and requests that wait for a pool
/// @param idle       connections at a boundary
/// @param active     connections with a request in flight or begun
/// @param perSecond  connections that ended in the last second
/// @param blockers   who holds the drain up: the oldest first, at most ten
public record DrainProgress(
        @Nullable DrainPhase phase,
        Duration elapsed,
        Duration budget,
        Duration total,
        int queued,
        int idle,
        int active,
        double perSecond,
        List<Blocker> blockers) {

    /// One connection that a drain waits for.
    ///
    /// @param client where it is from, what it does, since when
    /// @param frame  the line of code its thread is at; empty when no thread serves it
    public record Blocker(ConnectionInfo client, String frame) {}

    /// No drain is under way.
    public static final DrainProgress NONE =
            new DrainProgress(null, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, List.of());
}
