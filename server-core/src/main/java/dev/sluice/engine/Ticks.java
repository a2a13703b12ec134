package dev.sluice.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The time as of the reaper's last round: a twentieth of a second ago at most, or as long as its thread did not get to run. For what needs no better;
/// asking is a read of memory, where a clock costs some 25 ns.
///
/// ```
///   round ── ROUND at most ──► round ── ROUND at most ──► round ──── longer: a lapse ────► round …
///          └─ a loop that looked at the clock here begins requests by that look, until it is told of the next round
/// ```
///
/// Both times are volatile, and moved by the reaper alone. The lapses are the reaper's.
public final class Ticks implements InstantSource {

    /// How far apart the reaper's rounds are at most, in nanoseconds, but for a lapse.
    static final long ROUND = TimeUnit.MILLISECONDS.toNanos(50);
    /// How long the reaper rests between two: less, by what a round and being woken take.
    static final long REST = TimeUnit.MILLISECONDS.toNanos(40);
    /// Those of fifty seconds, on a machine where each round is one.
    private static final int KEPT = 1_024;

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private volatile long millis;
    private volatile long nanos;
    /// The latest first.
    private final Deque<Lapse> lapses = new ArrayDeque<>();

    /// A round that came late.
    ///
    /// @param from when the one before it came
    /// @param by   how much, in nanoseconds
    private record Lapse(long from, long by) {}

    /// @param clock    tells the time of day
    /// @param nanoTime as [System#nanoTime()]
    public Ticks(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        millis = clock.millis();
        nanos = nanoTime.getAsLong();
    }

    /// Looks at both clocks. By the reaper, once a round.
    ///
    /// @return the monotonic time
    long move() {
        long before = nanos;
        long now = nanoTime.getAsLong();
        millis = clock.millis();
        nanos = now;
        long told = nanoTime.getAsLong(); // until here a loop may have gone by the round before
        if (told - before > ROUND) {
            lapsed(new Lapse(before, told - before - ROUND));
        }
        return now;
    }

    private void lapsed(Lapse lapse) {
        lapses.addFirst(lapse);
        if (lapses.size() > KEPT) {
            lapses.removeLast();
        }
    }

    /// How much more than a round may have gone by between a look at the clock and what was begun by it: the two are in the same round, which came late, as
    /// after a pause of the whole JVM. So nothing that was begun by a look was begun after look + ROUND + lapse: a loop that is told of the next round looks
    /// anew. By the reaper.
    ///
    /// @param look the time that was seen, since the first round
    /// @return nanoseconds
    long lapse(long look) {
        for (Lapse lapse : lapses) {
            if (look - lapse.from >= 0) {
                return look - lapse.from - lapse.by <= ROUND ? lapse.by : 0;
            }
        }
        return 0;
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
