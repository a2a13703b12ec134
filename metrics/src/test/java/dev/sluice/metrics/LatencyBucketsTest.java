package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.MockClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {

    private final MockClock clock = new MockClock();
    private final LatencyBuckets buckets =
            new LatencyBuckets(List.of(Duration.ofNanos(10), Duration.ofNanos(20), Duration.ofNanos(50)), clock);

    @Test
    void aDurationBelongsToTheSmallestBoundItIsWithinAndToAllAboveThat() {
        for (long duration : new long[] {1, 10, 11, 20, 50, 51}) {
            buckets.add(duration);
        }
        assertEquals(new LatencyBuckets.Reading(List.of(2L, 4L, 5L, 6L), 143), buckets.recent());
        assertEquals(6, buckets.count());
    }

    @Test
    void nothingIsCountedAtFirst() {
        assertEquals(new LatencyBuckets.Reading(List.of(0L, 0L, 0L, 0L), 0), buckets.recent());
        assertEquals(0, buckets.recent().count());
    }

    @Test
    void aReadingLivesForATenthOfASecondAndTheCountNeedsNone() {
        buckets.recent();
        buckets.add(5);
        clock.add(Snapshots.LIFE_NANOS - 1, TimeUnit.NANOSECONDS);
        assertEquals(0, buckets.recent().count());
        assertEquals(1, buckets.count());
        clock.add(1, TimeUnit.NANOSECONDS);
        assertEquals(1, buckets.recent().count());
    }

    @Test
    void twoThreadsAtOnceLoseNothing() throws Exception {
        int each = 200_000;
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<Void> quickAndSlow = () -> {
            together.await();
            for (int i = 0; i < each; i++) {
                buckets.add(i % 2 == 0 ? 10 : 60);
            }
            return null;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (Future<Void> ended : threads.invokeAll(List.of(quickAndSlow, quickAndSlow))) {
                ended.get();
            }
        }
        assertEquals(new LatencyBuckets.Reading(List.of(200_000L, 200_000L, 200_000L, 400_000L), 14_000_000), buckets.recent());
    }
}
