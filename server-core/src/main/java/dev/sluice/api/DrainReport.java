package dev.sluice.api;

import java.time.Duration;
import java.util.List;

/// How a drain ended.
///
/// @param result  how
/// @param took    in all
/// @param phases  in their order
/// @param victims connections that were closed by force
/// @param threads names of threads that did not end
public record DrainReport(Result result, Duration took, List<PhaseReport> phases, List<Victim> victims, List<String> threads) {

    public enum Result {
        /// Everything ended by itself and in time.
        CLEAN,
        /// Some connections were closed by force, or threads did not end.
        FORCED,
        /// The drain was cancelled, and the server runs again.
        CANCELLED,
        /// The drain stays where it is: its budgets are spent and connections are left.
        INCOMPLETE
    }

    /// @param phase  which
    /// @param took   how long
    /// @param budget what it might have taken
    /// @param left   how many it still waited for when it ended; 0 when it became empty
    public record PhaseReport(DrainPhase phase, Duration took, Duration budget, int left) {}

    /// @param client as it was
    /// @param stack  of the thread that served it, innermost first; empty when there was none
    public record Victim(ConnectionInfo client, List<String> stack) {}
}
