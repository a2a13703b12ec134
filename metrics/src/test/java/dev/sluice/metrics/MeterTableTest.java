package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.protocol.Outcome;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MeterTableTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void aTimerHasRateMeanAndPercentilesInSeconds() {
        RequestProbe probe = new ServerMetrics(registry).of("web", Role.TRAFFIC, "http");
        for (int i = 0; i < 90; i++) {
            probe.ended(Outcome.SUCCESS, 0, 3_000_000);
        }
        for (int i = 0; i < 10; i++) {
            probe.ended(Outcome.SUCCESS, 0, 400_000_000);
        }
        MeterRow.Distribution row = rows("sluice.request.service").stream().map(MeterRow.Distribution.class::cast)
                .filter(each -> each.tagText().equals("listener=web,outcome=success")).findFirst().orElseThrow();
        assertEquals("timer", row.kind());
        assertEquals("seconds", row.unit());
        assertEquals(100, row.count());
        assertEquals(10, row.perSecond(), 1e-9);
        assertEquals(0.0427, row.mean(), 1e-9);
        assertEquals(0.4, row.max(), 1e-9);
        assertTrue(row.p50() > 0.001 && row.p50() <= 0.005, () -> "p50 " + row.p50());
        assertTrue(row.p95() > 0.3 && row.p95() <= 1, () -> "p95 " + row.p95());
        assertTrue(row.p99() > row.p95() && row.p99() <= 1, () -> "p99 " + row.p99());
    }

    @Test
    void countersAndGaugesHaveOneValue() {
        registry.counter("b.counter", "zone", "2", "area", "1").increment(3);
        registry.gauge("a.gauge", 2.5);
        assertEquals(List.of(
                new MeterRow.Reading("a.gauge", Map.of(), "gauge", "", 2.5),
                new MeterRow.Reading("b.counter", Map.of("area", "1", "zone", "2"), "counter", "", 3)), rows(null));
        assertEquals("area=1,zone=2", rows("b.").getFirst().tagText());
    }

    @Test
    void aPrefixSelectsAndTheRestIsLeftOut() {
        registry.counter("sluice.x");
        registry.counter("jvm.x");
        assertEquals(List.of("sluice.x"), rows("sluice.").stream().map(MeterRow::name).toList());
        assertEquals(2, rows("").size());
        assertEquals(List.of(), rows("none"));
    }

    @Test
    void whatHasNoHistogramHasNoPercentiles() {
        registry.timer("plain").record(Duration.ofMillis(20));
        MeterRow.Distribution row = assertInstanceOf(MeterRow.Distribution.class, rows("plain").getFirst());
        assertEquals(0.02, row.mean(), 1e-9);
        assertEquals(Double.NaN, row.p50());
    }

    @Test
    void everyOtherKindOfMeterHasARow() {
        DistributionSummary.builder("summary").baseUnit("bytes").serviceLevelObjectives(10, 100).register(registry).record(5);
        LongTaskTimer.builder("tasks").register(registry).start();
        TimeGauge.builder("time", () -> 1_500, TimeUnit.MILLISECONDS).register(registry);
        FunctionTimer.builder("function", this, same -> 4, same -> 2, TimeUnit.SECONDS).register(registry);
        Meter.builder("custom", Meter.Type.OTHER, List.of(new Measurement(() -> 7.0, Statistic.VALUE))).register(registry);

        MeterRow.Distribution summary = assertInstanceOf(MeterRow.Distribution.class, rows("summary").getFirst());
        assertEquals("bytes", summary.unit());
        assertEquals(5, summary.p50(), 1e-9);
        MeterRow.Distribution tasks = assertInstanceOf(MeterRow.Distribution.class, rows("tasks").getFirst());
        assertEquals(1, tasks.count());
        assertEquals(Double.NaN, tasks.perSecond());
        assertEquals(1.5, assertInstanceOf(MeterRow.Reading.class, rows("time").getFirst()).value(), 1e-9);
        assertEquals(0.5, assertInstanceOf(MeterRow.Distribution.class, rows("function").getFirst()).mean(), 1e-9);
        assertEquals(new MeterRow.Reading("custom", Map.of("statistic", "value"), "other", "", 7), rows("custom").getFirst());
    }

    private List<MeterRow> rows(@Nullable String prefix) {
        return MeterTable.rows(registry, prefix, Duration.ofSeconds(10));
    }
}
