package dev.sluice.metrics;

import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// Estimates percentiles from cumulative buckets, as if the values of a bucket were spread evenly over it.
///
/// @param bounds the finite upper bounds, ascending
/// @param counts how many values were at most the bound
/// @param total  how many values there were
/// @param max    the largest value, or less when that is forgotten already
record Percentiles(double[] bounds, double[] counts, double total, double max) {

    /// Of durations, in seconds.
    static Percentiles ofTimes(HistogramSnapshot snapshot) {
        return of(snapshot, snapshot.max(TimeUnit.SECONDS), bucket -> bucket.bucket(TimeUnit.SECONDS));
    }

    /// Of sizes, in their unit.
    static Percentiles ofSizes(HistogramSnapshot snapshot) {
        return of(snapshot, snapshot.max(), CountAtBucket::bucket);
    }

    private static Percentiles of(HistogramSnapshot snapshot, double max, ToDoubleFunction<CountAtBucket> bound) {
        CountAtBucket[] finite = Arrays.stream(snapshot.histogramCounts()).filter(Percentiles::isFinite).toArray(CountAtBucket[]::new);
        return new Percentiles(Arrays.stream(finite).mapToDouble(bound).toArray(),
                Arrays.stream(finite).mapToDouble(CountAtBucket::count).toArray(), snapshot.count(), max);
    }

    /// Micrometer writes infinity as the largest number of one type or another; the conversion makes all of them one.
    private static boolean isFinite(CountAtBucket bucket) {
        return (long) bucket.bucket() != Long.MAX_VALUE;
    }

    /// The value that this part of all values does not exceed; not a number when there is no value or no bucket.
    ///
    /// @param part from 0 to 1
    double of(double part) {
        if (bounds.length == 0 || total == 0) {
            return Double.NaN;
        }
        double wanted = part * total;
        double lower = 0;
        double below = 0;
        for (int i = 0; i < bounds.length; i++) {
            if (counts[i] >= wanted && counts[i] > below) {
                return lower + (bounds[i] - lower) * (wanted - below) / (counts[i] - below);
            }
            lower = bounds[i];
            below = counts[i];
        }
        return max > lower ? lower + (max - lower) * (wanted - below) / (total - below) : lower;
    }
}
