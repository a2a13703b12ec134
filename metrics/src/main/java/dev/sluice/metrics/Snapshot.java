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
import java.util.function.Function;

/// What a scrape reads of a server, taken at one time.
///
/// @param listeners traffic ones, by name
/// @param pools     by name
/// @param loops     of traffic listeners, by name
record Snapshot(
        ServerState state,
        ServerStats stats,
        Map<String, ListenerInfo> listeners,
        Map<String, PoolInfo> pools,
        Map<String, LoopInfo> loops) {

    static Snapshot of(ServerControl control) {
        Map<String, ListenerInfo> listeners = byName(
                control.listeners().stream().filter(listener -> listener.role() == Role.TRAFFIC).toList(), ListenerInfo::name);
        List<LoopInfo> loops = control.loops().stream().filter(loop -> listeners.containsKey(loop.listener())).toList();
        return new Snapshot(control.state(), control.stats(), listeners, byName(control.pools(), PoolInfo::name),
                byName(loops, LoopInfo::name));
    }

    private static <T> Map<String, T> byName(List<T> list, Function<T, String> name) {
        Map<String, T> map = new LinkedHashMap<>();
        list.forEach(entry -> map.put(name.apply(entry), entry));
        return map;
    }
}
