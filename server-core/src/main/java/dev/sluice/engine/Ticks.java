package dev.sluice.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The time as of the reaper's last round: a twentieth of a second ago at most, or as long as its thread did not get to run. For what needs no better;
/// asking is a read of memory, where a clock costs some 25 ns.
///
/// Both times are volatile, and moved by the reaper alone.
public final class Ticks implements InstantSource {

    /// How far apart the reaper's rounds are, in nanoseconds.
    static final long ROUND = TimeUnit.MILLISECONDS.toNanos(50);

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private volatile long millis;
    private volatile long nanos;

    /// @param clock    tells the time of day
    /// @param nanoTime as [System#nanoTime()]
    public Ticks(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        move();
    }

    /// Looks at both clocks.
    ///
    /// @return the monotonic time
    long move() {
        millis = clock.millis();
        nanos = nanoTime.getAsLong();
        return nanos;
    }

    /// The monotonic time, in nanoseconds.
    long nanos() {
        return nanos;
    }

    @Override
    public long millis() {
        return millis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }
}
