package dev.sluice.metrics;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.Role;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerState;
import dev.sluice.api.ServerStats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a scrape reads of a server, taken at one time.
///
/// A name may be there more than once: the first is the one of the configuration, and others have left it and drain. So it is with a
/// listener that is back before its old connections have ended, and with the loops of one that was replaced.
///
/// @param number    one more than that of the snapshot before it
/// @param accessLogDropped lines
/// @param listeners traffic ones, by name
/// @param pools     by name
/// @param loops     of traffic listeners, by name
/// @param subjects  what of this has meters of its own
record Snapshot(
        long number,
        ServerState state,
        ServerStats stats,
        long accessLogDropped,
        Map<String, List<ListenerInfo>> listeners,
        Map<String, List<PoolInfo>> pools,
        Map<String, List<LoopInfo>> loops,
        Set<Subject> subjects) {

    static Snapshot of(ServerControl control, long number) {
        List<ListenerInfo> listeners = control.listeners().stream().filter(listener -> listener.role() == Role.TRAFFIC).toList();
        Set<String> names = listeners.stream().map(ListenerInfo::name).collect(Collectors.toSet());
        List<LoopInfo> loops = control.loops().stream().filter(loop -> names.contains(loop.listener())).toList();
        List<PoolInfo> pools = control.pools();
        return new Snapshot(number, control.state(), control.stats(), control.accessLogDropped(), byName(listeners, ListenerInfo::name), byName(pools, PoolInfo::name),
                byName(loops, LoopInfo::name), Subject.of(listeners, pools, loops));
    }

    private static <T> Map<String, List<T>> byName(List<T> list, Function<T, String> name) {
        return list.stream().collect(Collectors.groupingBy(name, LinkedHashMap::new, Collectors.toList()));
    }
}
