package dev.sluice.console.command;

import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Arrays;
import java.util.List;

/// How what was measured is spread.
///
/// @param buckets ascending
/// @param count   of what was measured
/// @param longest of what was measured; less than a bound when it has been forgotten since
record Distribution(List<Bucket> buckets, double count, double longest) {

    /// @param bound  upper, inclusive
    /// @param within how many were at most that
    record Bucket(double bound, double within) {}

    /// @param scale of the unit that it is shown in
    static Distribution of(HistogramSnapshot snapshot, double scale) {
        List<Bucket> buckets = Arrays.stream(snapshot.histogramCounts()).filter(bucket -> Double.isFinite(bucket.bucket()))
                .map(bucket -> new Bucket(bucket.bucket() * scale, bucket.count())).toList();
        return new Distribution(buckets, snapshot.count(), snapshot.max() * scale);
    }

    /// By a straight line within the bucket it falls into; not a number where there are no buckets, or nothing was measured.
    ///
    /// @param part of 1
    double percentile(double part) {
        if (buckets.isEmpty() || count == 0) {
            return Double.NaN;
        }
        double rank = part * count;
        double below = 0;
        double floor = 0;
        for (Bucket bucket : buckets) {
            if (bucket.within() >= rank) {
                double share = bucket.within() == below ? 1 : (rank - below) / (bucket.within() - below);
                return floor + (bucket.bound() - floor) * share;
            }
            below = bucket.within();
            floor = bucket.bound();
        }
        double share = count == below ? 1 : (rank - below) / (count - below);
        return floor + (Math.max(floor, longest) - floor) * share;
    }
}
