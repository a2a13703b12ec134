package dev.sluice.console.command;

import dev.sluice.console.command.Distribution.Bucket;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The buckets of timers that are counters of their own: `x.buckets` with a tag `le`, in seconds, are those of the timer `x` with the
/// other tags. People want to see percentiles instead.
///
/// @param counts by the timer, and by the bound
record CountedBuckets(Map<Owner, SortedMap<Double, Double>> counts) {

    private static final String ENDING = ".buckets";
    private static final String BOUND = "le";
    private static final String ALL = "+Inf";
    private static final Pattern BOUNDS = Pattern.compile("\\d+(\\.\\d+)?|" + Pattern.quote(ALL));

    /// A timer.
    private record Owner(String name, List<Tag> tags) {

        static Owner of(Meter timer) {
            return new Owner(timer.getId().getName(), timer.getId().getTags());
        }
    }

    /// Those among the meters whose timer is among them too.
    static CountedBuckets of(Collection<? extends Meter> meters) {
        Map<Owner, SortedMap<Double, Double>> counts = new HashMap<>();
        meters.stream().filter(FunctionTimer.class::isInstance)
                .forEach(timer -> counts.put(Owner.of(timer), new TreeMap<>()));
        for (Meter meter : meters) {
            SortedMap<Double, Double> known = counts.get(owner(meter));
            if (known != null && meter instanceof FunctionCounter counter) {
                known.put(bound(counter), counter.count());
            }
        }
        return new CountedBuckets(counts);
    }

    /// Whether a meter is one of them.
    boolean has(Meter meter) {
        return counts.containsKey(owner(meter)) && meter instanceof FunctionCounter;
    }

    /// Of a timer; null when it has none. What is above the last bound is taken to be as long as that, as Prometheus does.
    @Nullable Distribution distribution(Meter timer) {
        SortedMap<Double, Double> within = counts.getOrDefault(Owner.of(timer), new TreeMap<>());
        SortedMap<Double, Double> bounded = within.headMap(Double.POSITIVE_INFINITY);
        if (bounded.isEmpty()) {
            return null;
        }
        List<Bucket> buckets = bounded.entrySet().stream().map(entry -> new Bucket(entry.getKey(), entry.getValue())).toList();
        return new Distribution(buckets, within.get(within.lastKey()), bounded.lastKey());
    }

    private static @Nullable Owner owner(Meter bucket) {
        Meter.Id id = bucket.getId();
        String bound = id.getTag(BOUND);
        if (!id.getName().endsWith(ENDING) || bound == null || !BOUNDS.matcher(bound).matches()) {
            return null;
        }
        List<Tag> others = id.getTags().stream().filter(tag -> !tag.getKey().equals(BOUND)).toList();
        return new Owner(id.getName().substring(0, id.getName().length() - ENDING.length()), others);
    }

    private static double bound(Meter bucket) {
        String bound = Objects.requireNonNull(bucket.getId().getTag(BOUND));
        return bound.equals(ALL) ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
    }
}
