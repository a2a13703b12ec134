package dev.sluice.metrics;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.protocol.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What each request moves.
class RequestMetersTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final ServerMetrics metrics = new ServerMetrics(registry);

    @Test
    void countsRequestsByListenerAndOutcome() {
        RequestProbe web = metrics.of("web", Role.TRAFFIC, "http");
        RequestProbe echo = metrics.of("echo", Role.TRAFFIC, "line");
        web.ended(Outcome.SUCCESS, 0, 3_000_000);
        web.ended(Outcome.SUCCESS, 40_000, 5_000_000);
        web.ended(Outcome.FAILED, 0, 1_000);
        echo.ended(Outcome.REFUSED, 0, 0);

        assertEquals(2, total("sluice.requests", "listener", "web", "outcome", "success"));
        assertEquals(1, total("sluice.requests", "listener", "web", "outcome", "failed"));
        assertEquals(1, total("sluice.requests", "listener", "echo", "outcome", "refused"));
        assertEquals(0, total("sluice.requests", "listener", "echo", "outcome", "success"));
        assertEquals(2, timed("sluice.request.service", "listener", "web", "outcome", "success").count());
        assertEquals(8, timed("sluice.request.service", "listener", "web", "outcome", "success").totalTime(TimeUnit.MILLISECONDS));
        assertEquals(1, timed("sluice.request.wait", "listener", "web", "outcome", "success").count());
        assertEquals(40, timed("sluice.request.wait", "listener", "web", "outcome", "success").totalTime(TimeUnit.MICROSECONDS), 1e-9);
    }

    @Test
    void bucketsAreCumulativeAndADurationBelongsToTheBoundItEquals() {
        RequestProbe probe = metrics.of("web", Role.TRAFFIC, "http");
        probe.ended(Outcome.SUCCESS, 0, 50_000);
        probe.ended(Outcome.SUCCESS, 1, 50_001);
        probe.ended(Outcome.SUCCESS, 0, Duration.ofMinutes(1).toNanos());
        probe.ended(Outcome.FAILED, 0, 1);
        probe.ended(Outcome.SUCCESS, 30_000_000_000L, 30_000_000_000L);

        assertEquals(Map.ofEntries(entry("0.00005", 1.0), entry("0.0002", 2.0), entry("0.001", 2.0), entry("0.005", 2.0),
                entry("0.02", 2.0), entry("0.1", 2.0), entry("0.3", 2.0), entry("1", 2.0), entry("5", 2.0), entry("30", 3.0),
                entry("+Inf", 4.0)),
                buckets("sluice.request.service.buckets", "web", Outcome.SUCCESS));
        Map<String, Double> waits = buckets("sluice.request.wait.buckets", "web", Outcome.SUCCESS);
        assertEquals(1, waits.get("0.00005"));
        assertEquals(1, waits.get("5"));
        assertEquals(2, waits.get("30"));
        assertEquals(2, waits.get("+Inf"));
        assertEquals(1, buckets("sluice.request.service.buckets", "web", Outcome.FAILED).get("0.00005"));
    }

    @Test
    void bucketsAndCountOfOneScrapeFitEachOtherWhileRequestsEnd() {
        RequestProbe probe = metrics.of("web", Role.TRAFFIC, "http");
        probe.ended(Outcome.SUCCESS, 0, 1);
        assertEquals(1, timed("sluice.request.service", "listener", "web", "outcome", "success").count());
        probe.ended(Outcome.SUCCESS, 0, 1);
        assertEquals(1, buckets("sluice.request.service.buckets", "web", Outcome.SUCCESS).get("+Inf"));
        clock.add(Snapshots.LIFE_NANOS, TimeUnit.NANOSECONDS);
        assertEquals(2, buckets("sluice.request.service.buckets", "web", Outcome.SUCCESS).get("+Inf"));
        assertEquals(2, timed("sluice.request.service", "listener", "web", "outcome", "success").count());
    }

    @Test
    void aRequestThatWaitedAndWasRefusedHasAWaitAndNoServiceTime() {
        metrics.of("web", Role.TRAFFIC, "http").ended(Outcome.REFUSED, 7_000, 0);
        assertEquals(1, total("sluice.requests", "listener", "web", "outcome", "refused"));
        assertEquals(1, timed("sluice.request.wait", "listener", "web", "outcome", "refused").count());
        assertEquals(0, timed("sluice.request.service", "listener", "web", "outcome", "refused").count());
    }

    @Test
    void everyRegistryOfACompositeReadsTheSame() {
        PrometheusMeterRegistry scraped = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
        metrics.close();
        try (ServerMetrics both = new ServerMetrics(new CompositeMeterRegistry(clock, List.of(registry, scraped)))) {
            both.of("web", Role.TRAFFIC, "http").ended(Outcome.SUCCESS, 0, 3_000_000);
            String success = "listener=\"web\",outcome=\"success\"} ";
            assertEquals(1, buckets("sluice.request.service.buckets", "web", Outcome.SUCCESS).get("0.005"));
            assertEquals(0, buckets("sluice.request.service.buckets", "web", Outcome.SUCCESS).get("0.001"));
            assertEquals(1, total("sluice.requests", "listener", "web", "outcome", "success"));
            List<String> lines = scraped.scrape().lines().toList();
            assertTrue(lines.contains("sluice_request_service_buckets_total{le=\"0.005\"," + success + "1.0"), lines::toString);
            assertTrue(lines.contains("sluice_request_service_buckets_total{le=\"0.001\"," + success + "0.0"), lines::toString);
            assertTrue(lines.contains("sluice_requests_total{" + success + "1.0"), lines::toString);
        }
        assertEquals("", scraped.scrape());
    }

    @Test
    void whatNeverReachedItsHandlerHasNoServiceTime() {
        metrics.of("web", Role.TRAFFIC, "http").ended(Outcome.REFUSED, 0, 0);
        assertEquals(0, timed("sluice.request.service", "listener", "web", "outcome", "refused").count());
        assertEquals(0, buckets("sluice.request.service.buckets", "web", Outcome.REFUSED).get("+Inf"));
    }

    @Test
    void aRequestCostsNoLookUp() {
        AtomicInteger lookUps = new AtomicInteger();
        SimpleMeterRegistry watched = new SimpleMeterRegistry();
        watched.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                lookUps.incrementAndGet();
                return id;
            }
        });
        RequestProbe probe = new ServerMetrics(watched).of("web", Role.TRAFFIC, "http");
        int whenStarted = lookUps.get();
        assertTrue(whenStarted > 0, "the filter sees look-ups");
        for (Outcome outcome : Outcome.values()) {
            probe.ended(outcome, 10, 10);
        }
        assertEquals(whenStarted, lookUps.get());
    }

    @Test
    void listenersThatFollowOneAnotherUnderANameMoveTheSameMeters() {
        RequestProbe before = metrics.of("web", Role.TRAFFIC, "http");
        RequestProbe after = metrics.of("web", Role.TRAFFIC, "line");
        before.ended(Outcome.SUCCESS, 0, 1);
        after.ended(Outcome.SUCCESS, 0, 1);
        assertEquals(2, total("sluice.requests", "listener", "web", "outcome", "success"));
    }

    private FunctionTimer timed(String name, String... tags) {
        return registry.get(name).tags(tags).functionTimer();
    }

    /// By the bound, in seconds.
    private Map<String, Double> buckets(String name, String listener, Outcome outcome) {
        return registry.get(name).tags("listener", listener, "outcome", SluiceMeter.tagValue(outcome)).functionCounters().stream()
                .collect(Collectors.toMap(counter -> counter.getId().getTag("le"), FunctionCounter::count));
    }

    private double total(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }
}
