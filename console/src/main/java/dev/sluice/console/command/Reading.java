package dev.sluice.console.command;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// What one meter says now.
///
/// @param unit     of value, mean, percentiles and max; empty for none
/// @param value    of gauges and counters
/// @param count    of what was measured
/// @param rate     a second, since the start
/// @param distribution of what was measured; null when it has none
record Reading(
        String name, String tags, String type, String unit, Cell value, Cell count, Cell rate, Cell mean, Cell max,
        @Nullable Distribution distribution) {

    /// @param buckets that are meters of their own
    /// @param longest those that are
    /// @param uptime  seconds, for rates
    static Reading of(Meter meter, CountedBuckets buckets, Longest longest, double uptime) {
        return meter.match(
                gauge -> single(meter, gauge.value()),
                counter -> counted(meter, counter.count(), uptime),
                timer -> distribution(meter, timer.takeSnapshot(), "seconds", uptime),
                summary -> distribution(meter, summary.takeSnapshot(), unitOf(meter), uptime),
                tasks -> tasks(meter, tasks),
                gauge -> plain(meter, "seconds", amount(gauge.value(TimeUnit.SECONDS), "seconds"), Cell.NONE, Cell.NONE),
                counter -> counted(meter, counter.count(), uptime),
                timer -> totals(timer, buckets.distribution(timer), longest.seconds(timer), uptime),
                other -> single(meter, StreamSupport.stream(other.measure().spliterator(), false)
                        .mapToDouble(Measurement::getValue).findFirst().orElse(Double.NaN)));
    }

    private static Reading single(Meter meter, double value) {
        return plain(meter, unitOf(meter), amount(value, unitOf(meter)), Cell.NONE, Cell.NONE);
    }

    private static Reading counted(Meter meter, double count, double uptime) {
        return plain(meter, unitOf(meter), amount(count, unitOf(meter)), Cell.NONE, rate(count, uptime));
    }

    private static Reading tasks(Meter meter, LongTaskTimer tasks) {
        return new Reading(meter.getId().getName(), tagsOf(meter), typeOf(meter), "seconds", Cell.NONE, Cell.count(tasks.activeTasks()),
                Cell.NONE, amount(tasks.mean(TimeUnit.SECONDS), "seconds"), amount(tasks.max(TimeUnit.SECONDS), "seconds"), null);
    }

    private static Reading totals(FunctionTimer timer, @Nullable Distribution distribution, double longest, double uptime) {
        Cell max = timer.count() == 0 ? Cell.NONE : amount(longest, "seconds");
        return new Reading(timer.getId().getName(), tagsOf(timer), typeOf(timer), "seconds", Cell.NONE, Cell.count((long) timer.count()),
                rate(timer.count(), uptime), amount(timer.mean(TimeUnit.SECONDS), "seconds"), max, distribution);
    }

    private static Reading distribution(Meter meter, HistogramSnapshot snapshot, String unit, double uptime) {
        double scale = scale(typeOf(meter));
        return new Reading(meter.getId().getName(), tagsOf(meter), typeOf(meter), unit, Cell.NONE, Cell.count(snapshot.count()),
                rate(snapshot.count(), uptime), amount(snapshot.mean() * scale, unit), amount(snapshot.max() * scale, unit),
                Distribution.of(snapshot, scale));
    }

    private static Reading plain(Meter meter, String unit, Cell value, Cell count, Cell rate) {
        return new Reading(
                meter.getId().getName(), tagsOf(meter), typeOf(meter), unit, value, count, rate, Cell.NONE, Cell.NONE, null);
    }

    /// Snapshots of timers are in nanoseconds.
    private static double scale(String type) {
        return type.equals("timer") ? 1e-9 : 1;
    }

    private static Cell rate(double count, double uptime) {
        return uptime <= 0 ? Cell.NONE : new Cell.Decimal(count / uptime);
    }

    private static String unitOf(Meter meter) {
        return Objects.requireNonNullElse(meter.getId().getBaseUnit(), "");
    }

    private static String typeOf(Meter meter) {
        return Cell.word(meter.getId().getType());
    }

    private static String tagsOf(Meter meter) {
        return meter.getId().getTags().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).collect(Collectors.joining(" "));
    }

    private static Cell amount(double value, String unit) {
        if (!Double.isFinite(value)) {
            return Cell.NONE;
        }
        if (unit.equals("seconds") && Math.abs(value) < 1e9) {
            return Cell.span(Duration.ofNanos(Math.round(value * 1e9)));
        }
        return unit.equals("bytes") ? Cell.bytes((long) value) : new Cell.Decimal(value);
    }

    /// Read from the buckets; none where there are no buckets.
    ///
    /// @param part of 1
    Cell percentile(double part) {
        return distribution == null ? Cell.NONE : amount(distribution.percentile(part), unit);
    }
}
