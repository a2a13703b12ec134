package dev.sluice.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Latency;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {

    private long now = -500;
    private final LatencyWindow window = new LatencyWindow(() -> now);

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            window.sample();
        }
    }

    private static void near(long expected, long actual) {
        assertEquals(expected, actual, expected / 100.0);
    }

    @Test
    void tellsPercentilesToTwoDigits() {
        for (int micros = 1; micros <= 1_000; micros++) {
            window.record(TimeUnit.MICROSECONDS.toNanos(micros));
        }
        Latency latency = window.latency();
        assertEquals(1_000, latency.count());
        near(500_000, latency.p50());
        near(900_000, latency.p90());
        near(990_000, latency.p99());
        near(1_000_000, latency.max());
    }

    @Test
    void countsWhatWasRecordedAMomentAgo() {
        window.record(5);
        assertEquals(1, window.latency().count());
        window.record(6);
        assertEquals(2, window.latency().count());
    }

    @Test
    void forgetsAfterAMinute() {
        window.record(1_000);
        seconds(55);
        window.record(9);
        assertEquals(2, window.latency().count());
        seconds(5);
        Latency later = window.latency();
        assertEquals(1, later.count());
        assertEquals(9, later.max());
        seconds(60);
        assertEquals(0, window.latency().count());
        assertEquals(0, window.latency().p99());
    }

    @Test
    void saysWhichTimeItCovers() {
        assertEquals(Duration.ZERO, window.latency().window());
        seconds(7);
        assertEquals(Duration.ofSeconds(7), window.latency().window());
        seconds(600);
        Duration covered = window.latency().window();
        assertTrue(covered.toSeconds() >= 50 && covered.toSeconds() < 60, () -> "covers " + covered);
    }

    @Test
    void survivesALongGapBetweenSamples() {
        window.record(1_000);
        now += TimeUnit.HOURS.toNanos(5);
        window.sample();
        assertEquals(0, window.latency().count());
        window.record(2_000);
        assertEquals(1, window.latency().count());
    }

    @Test
    void boundsWhatIsOutOfRange() {
        window.record(-1);
        window.record(Long.MAX_VALUE);
        Latency latency = window.latency();
        assertEquals(2, latency.count());
        near(TimeUnit.HOURS.toNanos(1), latency.max());
    }

    @Test
    void losesNothingThatManyThreadsRecordWhileItIsRead() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 20_000; n++) {
                    window.record(n);
                }
            });
        }
        for (int i = 0; i < 50; i++) {
            window.latency();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(80_000, window.latency().count());
    }
}
