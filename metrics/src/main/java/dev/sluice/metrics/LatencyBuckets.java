package dev.sluice.metrics;

import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Counts durations by the bounds they are within, and adds them up. Micrometer's timer does so too, and keeps a maximum and percentiles
/// that fade, for which it reads a clock: that is several times the price of the two additions here, and each request pays it.
///
/// Shared: adders count, which any number of threads may move at once. The lock guards what was read last, and only readers take it.
final class LatencyBuckets {

    private final long[] bounds;
    /// By the smallest bound a duration is within; the last is for those that are within none.
    private final LongAdder[] counts;
    private final LongAdder nanos = new LongAdder();
    private final Clock clock;
    private @Nullable Reading last;
    private long takenAt;

    /// What was counted at one time.
    ///
    /// @param within how many durations were at most as long as each bound; and as the last, how many there were
    /// @param nanos  all of them together
    record Reading(List<Long> within, long nanos) {

        long count() {
            return within.getLast();
        }
    }

    /// @param bounds ascending
    /// @param clock  by which readings age
    LatencyBuckets(List<Duration> bounds, Clock clock) {
        this.bounds = bounds.stream().mapToLong(Duration::toNanos).toArray();
        this.counts = Stream.generate(LongAdder::new).limit(bounds.size() + 1L).toArray(LongAdder[]::new);
        this.clock = clock;
    }

    /// Counts a duration, in nanoseconds. It belongs to a bound that it equals.
    void add(long duration) {
        counts[bucket(duration)].increment();
        nanos.add(duration);
    }

    /// From the smallest on, for most requests are quick.
    private int bucket(long duration) {
        int bucket = 0;
        while (bucket < bounds.length && duration > bounds[bucket]) {
            bucket++;
        }
        return bucket;
    }

    /// How many durations there have been.
    long count() {
        long count = 0;
        for (LongAdder each : counts) {
            count += each.sum();
        }
        return count;
    }

    /// Taken at most every 100 ms, as the snapshots of the server are, so that the buckets of one scrape nearly always fit each other and
    /// their count. Where a scrape goes on beyond that time, what it asks for last is of the next reading.
    synchronized Reading recent() {
        Reading known = last;
        if (known != null && clock.monotonicTime() - takenAt < Snapshots.LIFE_NANOS) {
            return known;
        }
        Reading taken = read();
        last = taken;
        takenAt = clock.monotonicTime();
        return taken;
    }

    private Reading read() {
        List<Long> within = new ArrayList<>(counts.length);
        long sum = 0;
        for (LongAdder each : counts) {
            sum += each.sum();
            within.add(sum);
        }
        return new Reading(List.copyOf(within), nanos.sum());
    }
}
