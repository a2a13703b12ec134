package dev.sluice.pool;

import dev.sluice.api.Latency;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;
import org.HdrHistogram.Recorder;

/// Percentiles of durations over the last minute, in slices of ten seconds that fall out one by one.
///
/// Recording takes no lock and is never stalled by a reader. The slices are guarded by this object's monitor, which only readers take.
/// One window takes about 150 KB: the recorder's two full histograms, and slices that grow only as far as their largest value needs.
public final class LatencyWindow {

    private static final int DIGITS = 2;
    private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
    private static final long SLICE = TimeUnit.SECONDS.toNanos(10);
    private static final int SLICES = 6;

    private final LongSupplier nanoTime;
    private final Recorder recorder = new Recorder(LONGEST, DIGITS);
    /// Oldest first; never empty.
    private final Deque<Slice> slices = new ArrayDeque<>();
    private Histogram interval;

    /// @param nanoTime the clock, as [System#nanoTime()]
    public LatencyWindow(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        interval = recorder.getIntervalHistogram();
        slices.add(new Slice(nanoTime.getAsLong()));
    }

    private record Slice(long start, IntCountsHistogram counts) {
        Slice(long start) {
            this(start, new IntCountsHistogram(DIGITS));
        }
    }

    /// Adds a duration. Safe from any thread.
    ///
    /// @param nanos below zero counts as zero, above an hour as an hour
    public void record(long nanos) {
        recorder.recordValue(Math.clamp(nanos, 0, LONGEST));
    }

    /// Adds the same duration so many times. Safe from any thread.
    public void record(long nanos, int times) {
        recorder.recordValueWithCount(Math.clamp(nanos, 0, LONGEST), times);
    }

    /// Moves what was recorded into its slice. To be called about once a second, lest it be counted to a later one.
    public synchronized void sample() {
        // What was recorded since the last sample belongs to the slice that was open then.
        interval = recorder.getIntervalHistogram(interval);
        newest().add(interval);
        advance(nanoTime.getAsLong());
    }

    /// What the window holds now. Safe from any thread.
    public Latency latency() {
        return merged(List.of(this));
    }

    /// What several windows hold together. Safe from any thread.
    public static Latency merged(Collection<LatencyWindow> windows) {
        Histogram all = new Histogram(DIGITS);
        long longest = 0;
        for (LatencyWindow window : windows) {
            longest = Math.max(longest, window.addTo(all));
        }
        Duration span = Duration.ofNanos(longest);
        if (all.getTotalCount() == 0) {
            return new Latency(span, 0, 0, 0, 0, 0);
        }
        return new Latency(span, all.getTotalCount(), all.getValueAtPercentile(50), all.getValueAtPercentile(90),
                all.getValueAtPercentile(99), all.getMaxValue());
    }

    /// @return nanoseconds the window covers
    private synchronized long addTo(Histogram all) {
        sample();
        slices.forEach(slice -> all.add(slice.counts()));
        return nanoTime.getAsLong() - slices.getFirst().start();
    }

    private IntCountsHistogram newest() {
        return slices.getLast().counts();
    }

    private void advance(long now) {
        long start = slices.getLast().start();
        if (now - start < SLICE) {
            return;
        }
        slices.add(new Slice(now - (now - start) % SLICE));
        while (now - slices.getFirst().start() >= SLICES * SLICE) {
            slices.removeFirst();
        }
    }
}
