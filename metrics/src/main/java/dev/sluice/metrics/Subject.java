package dev.sluice.metrics;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolInfo;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// What has meters of its own that come and go with it. Equal ones have the same meters, so that the meters of a listener that is
/// replaced stay, but for those that name what has changed.
sealed interface Subject {

    /// A traffic listener.
    record OfListener(String name) implements Subject {}

    /// What a traffic listener serves, and on which threads.
    record OfService(String listener, String protocol, String service, String io, String pool) implements Subject {}

    /// An event loop of a traffic listener.
    record OfLoop(String listener, String name) implements Subject {}

    /// A pool.
    record OfPool(String name) implements Subject {}

    /// The executor of a pool, and what its permits hold.
    record OfExecutor(String pool, String type, String unit) implements Subject {}

    /// @param listeners traffic ones; where a name is there more than once, the first is the one that counts
    /// @param pools     likewise
    /// @param loops     of those listeners
    static Set<Subject> of(List<ListenerInfo> listeners, List<PoolInfo> pools, List<LoopInfo> loops) {
        Set<Subject> subjects = new LinkedHashSet<>();
        firsts(listeners, ListenerInfo::name).forEach(info -> {
            subjects.add(new OfListener(info.name()));
            subjects.add(new OfService(info.name(), info.protocol(), info.service(), info.io(), info.pool()));
        });
        firsts(pools, PoolInfo::name).forEach(info -> {
            subjects.add(new OfPool(info.name()));
            subjects.add(new OfExecutor(info.name(), info.type(), SluiceMeter.tagValue(info.unit())));
        });
        loops.forEach(loop -> subjects.add(new OfLoop(loop.listener(), loop.name())));
        return subjects;
    }

    private static <T> Stream<T> firsts(List<T> all, Function<T, String> name) {
        Map<String, T> firsts = new LinkedHashMap<>();
        all.forEach(each -> firsts.putIfAbsent(name.apply(each), each));
        return firsts.values().stream();
    }
}
