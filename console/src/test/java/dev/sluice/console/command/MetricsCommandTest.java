package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsCommandTest {

    private final Fixture console = new Fixture();

    @AfterEach
    void end() {
        console.close();
    }

    @Test
    void metricsShowMetersOfAPrefixWithPercentilesFromTheirBuckets() throws Exception {
        Timer timer = Timer.builder("sluice.requests").tag("listener", "web")
                .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(40)).register(console.meters);
        for (int i = 0; i < 100; i++) {
            timer.record(Duration.ofMillis(i < 50 ? 5 : 15));
        }
        console.meters.counter("sluice.accepted").increment(372);
        console.meters.gauge("jvm.memory", 1);
        assertEquals(0, console.run("metrics sluice --json"));
        assertTrue(console.out().contains("{\"meter\":\"sluice.accepted\",\"tags\":null,\"value\":372,\"unit\":null,\"type\":\"counter\","
                + "\"count\":null,\"rate\":0.1,"), console.out());
        assertTrue(console.out().contains("\"tags\":\"listener=web\",\"value\":null,"
                + "\"unit\":\"seconds\",\"type\":\"timer\",\"count\":100,"), console.out());
        assertTrue(console.out().contains("\"mean\":0.01,\"p50\":0.01,\"p95\":0.019,\"p99\":0.0198,\"max\":0.015"), console.out());
        assertFalse(console.out().contains("jvm.memory"), console.out());
    }

    @Test
    void metricsShowBucketsThatAreCountersAsThePercentilesOfTheirTimer() throws Exception {
        FunctionTimer.builder("sluice.request.service", this, any -> 100, any -> 1, TimeUnit.SECONDS).tag("listener", "web")
                .register(console.meters);
        bucket("web", "0.01", 50);
        bucket("web", "0.02", 98);
        bucket("web", "+Inf", 100);
        bucket("other", "+Inf", 7);
        assertEquals(0, console.run("metrics sluice.request --json"));
        assertTrue(console.out().contains("\"tags\":\"listener=web\",\"value\":null,"
                + "\"unit\":\"seconds\",\"type\":\"timer\",\"count\":100,"), console.out());
        assertTrue(console.out().contains("\"mean\":0.01,\"p50\":0.01,\"p95\":0.019375,\"p99\":0.02,\"max\":null"), console.out());
        assertFalse(console.out().contains("le=0.01"), console.out());
        assertTrue(console.out().contains("\"tags\":\"le=+Inf listener=other\",\"value\":7,"), "of no timer that is shown");
    }

    @Test
    void metricsShowTheLongestOfTheLastMinuteAsTheMaximumOfRequests() throws Exception {
        requests("sluice.request.service", "web", 4);
        requests("sluice.request.service", "idle", 4);
        requests("sluice.request.service", "unused", 0);
        gauge("sluice.request.longest.service", 0.25, "listener", "web");
        gauge("sluice.request.longest.service", 0, "listener", "idle");
        gauge("sluice.request.longest.service", 7, "listener", "unused");
        assertEquals(0, console.run("metrics sluice.request.service --json"));
        assertEquals(List.of("idle null", "unused null", "web 0.25"), maxima());
        assertEquals(0, console.run("metrics sluice.request.service"));
        assertTrue(console.out().matches("(?s).* listener=web .* 250ms *\\n.*"), console.out());
    }

    @Test
    void metricsShowTheLongestWaitOfAPoolAsThatOfTheOneListenerThatUsesIt() throws Exception {
        for (String listener : List.of("alone", "one", "other", "changing")) {
            requests("sluice.request.wait", listener, 4);
        }
        gauge("sluice.listener.info", 1, "listener", "alone", "pool", "own");
        gauge("sluice.listener.info", 1, "listener", "one", "pool", "shared");
        gauge("sluice.listener.info", 1, "listener", "other", "pool", "shared");
        gauge("sluice.listener.info", 1, "listener", "changing", "pool", "before");
        gauge("sluice.listener.info", 1, "listener", "changing", "pool", "after");
        for (String pool : List.of("own", "shared", "before", "after")) {
            gauge("sluice.pool.longest.wait", 0.5, "pool", pool);
        }
        assertEquals(0, console.run("metrics sluice.request.wait --json"));
        assertEquals(List.of("alone 0.5", "changing null", "one null", "other null"), maxima());
    }

    private void requests(String name, String listener, long count) {
        FunctionTimer.builder(name, this, any -> count, any -> count / 10.0, TimeUnit.SECONDS).tag("listener", listener)
                .register(console.meters);
    }

    private void gauge(String name, double value, String... tags) {
        Gauge.builder(name, () -> value).tags(tags).register(console.meters);
    }

    /// By listener.
    private List<String> maxima() {
        return Pattern.compile("\"tags\":\"listener=(\\w+)\"[^}]*\"max\":([\\w.]+)").matcher(console.out()).results()
                .map(found -> found.group(1) + " " + found.group(2)).toList();
    }

    @Test
    void metricsShowBucketsAsTheyAreToWhoAsksForThem() throws Exception {
        FunctionTimer.builder("sluice.request.service", this, any -> 1, any -> 1, TimeUnit.SECONDS).tag("listener", "web")
                .register(console.meters);
        bucket("web", "0.01", 1);
        bucket("web", "nonsense", 1);
        assertEquals(0, console.run("metrics sluice.request.service.buckets --json"));
        assertTrue(console.out().contains("\"tags\":\"le=0.01 listener=web\",\"value\":1,"), console.out());
        assertEquals(0, console.run("metrics"));
        assertTrue(console.out().contains("le=nonsense"), console.out());
    }

    private void bucket(String listener, String bound, double count) {
        FunctionCounter.builder("sluice.request.service.buckets", this, any -> count).tags("listener", listener, "le", bound)
                .register(console.meters);
    }
}
