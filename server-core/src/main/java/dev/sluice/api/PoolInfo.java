package dev.sluice.api;

import java.time.Duration;

/// One pool, as it was when it was asked about.
///
/// @param name        as configured
/// @param type        of its executor
/// @param unit        what a permit holds
/// @param size        how many may run at once
/// @param active      how many run
/// @param queued      how many wait, those that found the queue full included
/// @param capacity    of the queue
/// @param whenFull    what happens to what finds the queue full
/// @param done        how many have run
/// @param refused     how many found it full
/// @param queueWait   of those that began
/// @param oldest      how long the longest waiting has waited; zero when none waits
/// @param run         of those that ended
/// @param utilisation the part of its permits that was in use over the last second, from 0 to 1
/// @param steals      between its threads, where the type has them; 0 elsewhere
/// @param retiring    how many of the active still run on an executor that another has taken the place of, since the pool's type was changed;
///                    0 for none
/// @param state       of the pool
public record PoolInfo(
        String name,
        String type,
        Unit unit,
        int size,
        int active,
        int queued,
        int capacity,
        PoolConfig.WhenFull whenFull,
        long done,
        long refused,
        Latency queueWait,
        Duration oldest,
        Latency run,
        double utilisation,
        long steals,
        int retiring,
        State state) {

    /// What a permit holds.
    public enum Unit {
        /// A connection, for its life.
        CONNECTION,
        /// A request, while its handler runs.
        REQUEST
    }

    public enum State {
        RUNNING,
        ENDING,
        ENDED
    }
}
