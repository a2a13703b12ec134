package dev.sluice.metrics;

import java.util.Map;
import java.util.stream.Collectors;

/// One meter of a registry and what it says, to be printed.
public sealed interface MeterRow {

    /// The meter's name, with dots.
    String name();

    /// Its tags, sorted by key.
    Map<String, String> tags();

    /// `counter`, `gauge`, `timer`, `summary` or `other`.
    String kind();

    /// What its values are in; seconds for all that is time; empty for what has no unit.
    String unit();

    /// The tags in one text: `listener=web,outcome=success`.
    default String tagText() {
        return tags().entrySet().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).collect(Collectors.joining(","));
    }

    /// A single figure.
    ///
    /// @param value not a number when it cannot be told
    record Reading(String name, Map<String, String> tags, String kind, String unit, double value) implements MeterRow {}

    /// A distribution: of durations, or of sizes. What is not known (percentiles of a meter without histogram) is not a number.
    ///
    /// @param count     of values since the start
    /// @param perSecond values per second since the start
    /// @param mean      since the start
    /// @param p50       half were at most about this: interpolated within a bucket of the histogram, so no more exact than that is wide
    /// @param p95       95 in a hundred
    /// @param p99       99 in a hundred
    /// @param max       of the last minutes
    record Distribution(
            String name,
            Map<String, String> tags,
            String kind,
            String unit,
            long count,
            double perSecond,
            double mean,
            double p50,
            double p95,
            double p99,
            double max) implements MeterRow {}
}
