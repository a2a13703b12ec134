package dev.sluice.api;

import java.time.Duration;

/// Percentiles of a duration over a sliding window. Nanoseconds, to two significant digits.
///
/// @param window the time they cover
/// @param count  of values in it
/// @param p50    half were at most this
/// @param p90    nine in ten
/// @param p99    99 in a hundred
/// @param max    all
public record Latency(Duration window, long count, long p50, long p90, long p99, long max) {

    public static final Latency NONE = new Latency(Duration.ZERO, 0, 0, 0, 0, 0);
}
