package dev.sluice.console.command;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The longest of the last minute, which timers of requests do not keep: it has meters of its own, of a listener whatever the outcome,
/// and of a pool. A pool's is that of a listener when no other listener uses the pool.
///
/// @param services by listener
/// @param waits    by pool
/// @param pools    by listener; more than one while it is changed
record Longest(Map<String, Gauge> services, Map<String, Gauge> waits, Map<String, Set<String>> pools) {

    private static final String SERVICE = "sluice.request.service";
    private static final String WAIT = "sluice.request.wait";
    private static final String LONGEST_SERVICE = "sluice.request.longest.service";
    private static final String LONGEST_WAIT = "sluice.pool.longest.wait";
    private static final String LISTENER_INFO = "sluice.listener.info";

    /// @param meters all there are
    static Longest of(Collection<? extends Meter> meters) {
        Longest found = new Longest(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (Meter meter : meters) {
            if (meter instanceof Gauge gauge) {
                found.add(gauge, gauge.getId().getTag("listener"), gauge.getId().getTag("pool"));
            }
        }
        return found;
    }

    private void add(Gauge gauge, @Nullable String listener, @Nullable String pool) {
        String name = gauge.getId().getName();
        if (name.equals(LONGEST_SERVICE) && listener != null) {
            services.put(listener, gauge);
        } else if (name.equals(LONGEST_WAIT) && pool != null) {
            waits.put(pool, gauge);
        } else if (name.equals(LISTENER_INFO) && listener != null && pool != null) {
            pools.computeIfAbsent(listener, any -> new HashSet<>()).add(pool);
        }
    }

    /// In seconds; not a number where it is not known, or nothing was measured in the last minute.
    double seconds(Meter timer) {
        String listener = timer.getId().getTag("listener");
        Gauge gauge = listener == null ? null : switch (timer.getId().getName()) {
            case SERVICE -> services.get(listener);
            case WAIT -> wait(listener);
            default -> null;
        };
        double longest = gauge == null ? 0 : gauge.value();
        return longest > 0 ? longest : Double.NaN;
    }

    private @Nullable Gauge wait(String listener) {
        Set<String> own = pools.getOrDefault(listener, Set.of());
        boolean alone = own.size() == 1 && pools.values().stream().filter(others -> others.containsAll(own)).count() == 1;
        return alone ? waits.get(own.iterator().next()) : null;
    }
}
