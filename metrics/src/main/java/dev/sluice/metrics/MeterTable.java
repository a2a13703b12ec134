package dev.sluice.metrics;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.HistogramSupport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the meters of a registry for people.
public final class MeterTable {

    private static final String SECONDS = "seconds";

    private MeterTable() {}

    /// The meters whose name begins with a prefix, sorted by name and tags.
    ///
    /// @param registry to be read; percentiles come from its cumulative buckets, as Prometheus' registry keeps them
    /// @param prefix   of the names, with dots; null or empty for all
    /// @param uptime   how long the meters have counted, for rates per second: the server's uptime
    public static List<MeterRow> rows(MeterRegistry registry, @Nullable String prefix, Duration uptime) {
        double seconds = uptime.toNanos() / 1e9;
        List<MeterRow> rows = new ArrayList<>();
        for (Meter meter : registry.getMeters()) {
            if (prefix == null || meter.getId().getName().startsWith(prefix)) {
                rows.addAll(of(meter, seconds));
            }
        }
        rows.sort(Comparator.comparing(MeterRow::name).thenComparing(MeterRow::tagText));
        return rows;
    }

    private static List<MeterRow> of(Meter meter, double seconds) {
        String unit = meter.getId().getBaseUnit() == null ? "" : meter.getId().getBaseUnit();
        return meter.match(
                gauge -> List.of(reading(gauge, "gauge", unit, gauge.value())),
                counter -> List.of(reading(counter, "counter", unit, counter.count())),
                timer -> List.of(timing(timer, timer.count(), seconds)),
                summary -> List.of(distribution(
                        summary, "summary", unit, summary.count(), Figures.ofSizes(summary.takeSnapshot()), seconds)),
                MeterTable::tasks,
                gauge -> List.of(reading(gauge, "gauge", SECONDS, gauge.value(TimeUnit.SECONDS))),
                counter -> List.of(reading(counter, "counter", unit, counter.count())),
                timer -> List.of(functionTiming(timer, seconds)),
                other -> measurements(other, unit));
    }

    private static MeterRow reading(Meter meter, String kind, String unit, double value) {
        return new MeterRow.Reading(meter.getId().getName(), tags(meter), kind, unit, value);
    }

    private static MeterRow timing(HistogramSupport timer, long count, double seconds) {
        return distribution(timer, "timer", SECONDS, count, Figures.ofTimes(timer.takeSnapshot()), seconds);
    }

    /// Tasks that run now have a number and ages, and no rate.
    private static List<MeterRow> tasks(LongTaskTimer timer) {
        return List.of(timing(timer, timer.activeTasks(), Double.NaN));
    }

    private static MeterRow functionTiming(FunctionTimer timer, double seconds) {
        Figures known = new Figures(timer.mean(TimeUnit.SECONDS), Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        return distribution(timer, "timer", SECONDS, (long) timer.count(), known, seconds);
    }

    private static MeterRow distribution(Meter meter, String kind, String unit, long count, Figures figures, double seconds) {
        double perSecond = seconds > 0 ? count / seconds : Double.NaN;
        return new MeterRow.Distribution(meter.getId().getName(), tags(meter), kind, unit, count, perSecond,
                figures.mean, figures.p50, figures.p95, figures.p99, figures.max);
    }

    private static List<MeterRow> measurements(Meter meter, String unit) {
        List<MeterRow> rows = new ArrayList<>();
        for (Measurement measurement : meter.measure()) {
            Map<String, String> tags = new TreeMap<>(tags(meter));
            tags.put("statistic", measurement.getStatistic().getTagValueRepresentation());
            rows.add(new MeterRow.Reading(meter.getId().getName(), tags, "other", unit, measurement.getValue()));
        }
        return rows;
    }

    private static Map<String, String> tags(Meter meter) {
        Map<String, String> tags = new TreeMap<>();
        for (Tag tag : meter.getId().getTagsAsIterable()) {
            tags.put(tag.getKey(), tag.getValue());
        }
        return Collections.unmodifiableMap(tags);
    }

    private record Figures(double mean, double p50, double p95, double p99, double max) {

        static Figures ofTimes(HistogramSnapshot snapshot) {
            TimeUnit unit = TimeUnit.SECONDS;
            Percentiles at = Percentiles.ofTimes(snapshot);
            return new Figures(snapshot.mean(unit), at.of(0.5), at.of(0.95), at.of(0.99), snapshot.max(unit));
        }

        static Figures ofSizes(HistogramSnapshot snapshot) {
            Percentiles at = Percentiles.ofSizes(snapshot);
            return new Figures(snapshot.mean(), at.of(0.5), at.of(0.95), at.of(0.99), snapshot.max());
        }
    }
}
