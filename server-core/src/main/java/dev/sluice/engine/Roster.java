package dev.sluice.engine;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.Role;
import dev.sluice.pool.Gate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// The listeners and pools of a server, and those that are leaving it since its configuration changed.
///
/// Replaced as a whole, by whoever changes the configuration, one at a time, and by the reaper, which sees those that leave off. What is read is a moment.
public final class Roster {

    /// A moment.
    ///
    /// @param listeners by name, in the order of the configuration
    /// @param leaving   listeners that drain their connections, in the order in which they began to leave
    /// @param pools     by name, in the order of the configuration
    /// @param spare     pools that are in no configuration any more, and end with the last listener that uses them
    public record Now(Map<String, Listener> listeners, List<Listener> leaving, Map<String, Gate> pools, List<Gate> spare) {

        public Now {
            listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
            leaving = List.copyOf(leaving);
            pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
            spare = List.copyOf(spare);
        }

        /// All listeners, those that are leaving included.
        Stream<Listener> everyListener() {
            return Stream.concat(listeners.values().stream(), leaving.stream());
        }

        Stream<Gate> everyPool() {
            return Stream.concat(pools.values().stream(), spare.stream());
        }

        boolean uses(Gate pool) {
            return everyListener().anyMatch(listener -> listener.gate() == pool);
        }

        /// Whether only admin listeners use a pool.
        private boolean adminOnly(Gate pool) {
            List<Listener> users = everyListener().filter(listener -> listener.gate() == pool).toList();
            return !users.isEmpty() && users.stream().allMatch(listener -> listener.role() == Role.ADMIN);
        }
    }

    private final AtomicReference<Now> now = new AtomicReference<>(new Now(Map.of(), List.of(), Map.of(), List.of()));
    private volatile DrainConfig policy;

    /// @param policy under which listeners leave
    public Roster(DrainConfig policy) {
        this.policy = policy;
    }

    public Now now() {
        return now.get();
    }

    public void policy(DrainConfig next) {
        policy = next;
    }

    /// Another configuration: what is not in it is leaving. Those listeners have begun to.
    public void change(Map<String, Listener> listeners, Map<String, Gate> pools) {
        now.updateAndGet(before -> {
            List<Listener> leaving = new ArrayList<>(before.leaving());
            before.listeners().values().stream().filter(listener -> !listeners.containsValue(listener)).forEach(leaving::add);
            List<Gate> spare = new ArrayList<>(before.spare());
            before.pools().values().stream().filter(pool -> !pools.containsValue(pool)).forEach(spare::add);
            return new Now(listeners, leaving, pools, spare);
        });
    }

    /// All listeners of a role, those that are leaving included.
    public List<Listener> every(Role role) {
        return now().everyListener().filter(listener -> listener.role() == role).toList();
    }

    /// The listeners of the configuration, of a role.
    public List<Listener> configured(Role role) {
        return now().listeners().values().stream().filter(listener -> listener.role() == role).toList();
    }

    /// What there is to show: the listeners of the configuration, and those that are leaving without a successor.
    public List<Listener> shown() {
        Now moment = now();
        List<Listener> shown = new ArrayList<>(moment.listeners().values());
        for (Listener listener : moment.leaving().reversed()) {
            if (shown.stream().noneMatch(listener::continues)) {
                shown.add(listener);
            }
        }
        return shown;
    }

    /// All pools, spare ones included.
    public Collection<Gate> pools() {
        return now().everyPool().toList();
    }

    /// The pools of traffic.
    public List<Gate> trafficPools() {
        Now moment = now();
        return moment.everyPool().filter(pool -> !moment.adminOnly(pool)).toList();
    }

    /// The pools that only admin listeners use; they end with them.
    public List<Gate> adminPools() {
        Now moment = now();
        return moment.everyPool().filter(moment::adminOnly).toList();
    }

    /// A look at what is leaving. For the reaper.
    void reap(long at) {
        Now moment = now();
        moment.leaving().forEach(listener -> {
            listener.drain(policy, at);
            if (listener.empty()) {
                listener.close();
            }
        });
        moment.spare().stream().filter(pool -> !moment.uses(pool)).forEach(Gate::close);
        if (moment.leaving().stream().anyMatch(Listener::gone) || moment.spare().stream().anyMatch(Gate::ended)) {
            now.updateAndGet(before -> new Now(before.listeners(), before.leaving().stream().filter(listener -> !listener.gone()).toList(),
                    before.pools(), before.spare().stream().filter(pool -> !pool.ended()).toList()));
        }
    }
}
