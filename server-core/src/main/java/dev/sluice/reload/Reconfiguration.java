package dev.sluice.reload;

import dev.sluice.api.Addresses;
import dev.sluice.api.ConfigKeys;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.ServerConfig;
import dev.sluice.engine.Listener;
import dev.sluice.engine.ListenerFactory;
import dev.sluice.engine.Roster;
import dev.sluice.pool.Change;
import dev.sluice.pool.Gate;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One change of a server's listeners and pools, all or nothing: everything that can fail is done by [#prepare], while nothing is seen of it; then it is
/// either committed, which cannot fail, or undone by [#close].
/// A commit calls foreign code only where it gives an address of an iterative listener up, whose backlog it admits.
///
/// ```
///  prepare: pools, engines, new addresses bound, sockets that stay found ──────┬─► commit: the old listeners leave, the new ones start ─► close
///                                                                               └─► close: all of it is undone, the old ones never noticed
/// ```
///
/// For one thread; one at a time.
public final class Reconfiguration implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);
    private static final Duration TO_END = Duration.ofSeconds(1);

    private final ServerConfig next;
    private final Roster roster;
    private final ListenerFactory factory;
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    /// What those that stay are to speak TLS with.
    private final Map<Listener, TlsIdentity> identities = new HashMap<>();
    private final List<Listener> opened = new ArrayList<>();
    private final List<Listener> leaving = new ArrayList<>();
    private final Map<String, Gate> pools = new LinkedHashMap<>();
    private final List<Gate> openedPools = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private boolean committed;

    private Reconfiguration(ServerConfig next, Roster roster, ListenerFactory factory) {
        this.next = next;
        this.roster = roster;
        this.factory = factory;
    }

    /// Something cannot be had.
    public static final class Impossible extends Exception {
        private static final long serialVersionUID = 1;

        private final String key;

        Impossible(String key, Throwable cause) {
            super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
            this.key = key;
        }

        /// What was thrown where it could not be had, to be thrown on; an error of the machine at once.
        public IOException asThrown() {
            return switch (getCause()) {
                case IOException failed -> failed;
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                case null, default -> new IOException(getMessage(), this);
            };
        }

        /// The part of the configuration it is about: `listeners.web` or `pools.workers`.
        public String key() {
            return key;
        }
    }

    /// Prepares the change; also of a server that has nothing yet.
    ///
    /// @throws Impossible when an address, a thread or an executor cannot be had; nothing is left behind
    public static Reconfiguration prepare(ServerConfig next, Roster roster, ListenerFactory factory) throws Impossible {
        Reconfiguration prepared = new Reconfiguration(next, roster, factory);
        try {
            prepared.preparePools();
            prepared.prepareListeners();
            return prepared;
        } catch (Impossible | RuntimeException | Error failed) {
            prepared.close();
            throw failed;
        }
    }

    private void preparePools() throws Impossible {
        Map<String, Gate> before = roster.now().pools();
        for (Map.Entry<String, PoolConfig> pool : next.pools().entrySet()) {
            Gate kept = before.get(pool.getKey());
            pools.put(pool.getKey(), kept == null ? opened(pool.getKey(), pool.getValue()) : changed(pool.getKey(), pool.getValue(), kept));
        }
    }

    private Gate changed(String name, PoolConfig config, Gate kept) throws Impossible {
        try {
            changes.add(kept.prepare(config));
            return kept;
        } catch (RuntimeException | Error failed) {
            throw new Impossible(ConfigKeys.key("pools", name), failed);
        }
    }

    private Gate opened(String name, PoolConfig config) throws Impossible {
        try {
            Gate gate = Gate.open(name, config, unit(name));
            openedPools.add(gate);
            return gate;
        } catch (RuntimeException | Error failed) {
            throw new Impossible(ConfigKeys.key("pools", name), failed);
        }
    }

    /// What a permit of a pool holds: a connection as soon as a blocking listener uses it.
    private PoolInfo.Unit unit(String pool) {
        boolean connections = next.listeners().values().stream()
                .anyMatch(listener -> listener.pool().equals(pool) && listener.io() instanceof IoModel.Blocking);
        return connections ? PoolInfo.Unit.CONNECTION : PoolInfo.Unit.REQUEST;
    }

    private void prepareListeners() throws Impossible {
        Map<String, Listener> before = roster.now().listeners();
        next.listeners().forEach((name, config) -> {
            Listener present = before.get(name);
            if (present != null && stays(present, config)) {
                listeners.put(name, present);
            }
        });
        for (Listener staying : listeners.values()) {
            TlsIdentity identity = identity(staying, Objects.requireNonNull(next.listeners().get(staying.name())));
            if (identity != null) {
                identities.put(staying, identity);
            }
        }
        before.values().stream().filter(listener -> !listeners.containsValue(listener)).forEach(leaving::add);
        for (Map.Entry<String, ListenerConfig> listener : next.listeners().entrySet()) {
            if (!listeners.containsKey(listener.getKey())) {
                open(listener.getKey(), listener.getValue(), before.get(listener.getKey()));
            }
        }
    }

    /// What is configured as before has been looked at as its files changed.
    private @Nullable TlsIdentity identity(Listener present, ListenerConfig config) throws Impossible {
        if (present.config().tls().equals(config.tls())) {
            return present.identity();
        }
        try {
            return present.identity(config);
        } catch (IOException unusable) {
            throw new Impossible(ConfigKeys.key("listeners", present.name()) + ".tls", unusable);
        }
    }

    private boolean stays(Listener present, ListenerConfig config) {
        ListenerConfig held = present.config();
        return held.bind().equals(config.bind()) && held.endpoint().equals(config.endpoint()) && held.io().equals(config.io())
                && held.tls().isPresent() == config.tls().isPresent()
                && present.gate() == pools.get(config.pool());
    }

    private void open(String name, ListenerConfig config, @Nullable Listener before) throws Impossible {
        try {
            Listener listener = factory.open(name, config, pools.get(config.pool()), before);
            opened.add(listener);
            for (SocketAddress address : config.bind()) {
                if (!inherited(listener, address, before)) {
                    listener.bind(address);
                }
            }
        } catch (IOException | RuntimeException | Error failed) {
            throw new Impossible(ConfigKeys.key("listeners", name), failed);
        }
    }

    /// From the listener of the same name first, then from any that leaves; but a port that the kernel chose belongs to its name.
    private boolean inherited(Listener listener, SocketAddress address, @Nullable Listener before) {
        if (before != null && listener.inherit(address, before)) {
            return true;
        }
        for (Listener other : Addresses.leavesPortOpen(address) ? List.<Listener>of() : leaving) {
            if (listener.inherit(address, other)) {
                return true;
            }
        }
        return false;
    }

    /// Whether the sockets that are to be handed over are still there: a drain may have closed them, and its cancelling bound others.
    public boolean fits() {
        return leaving.stream().allMatch(Listener::holdsWhatItGives);
    }

    /// Makes it so.
    public void commit(long now) {
        committed = true;
        changes.forEach(Change::commit);
        pools.forEach((name, gate) -> gate.unit(unit(name)));
        listeners.forEach((name, listener) -> listener.reconfigure(
                Objects.requireNonNull(next.listeners().get(name)), identities.get(listener)));
        opened.forEach(listener -> listeners.put(listener.name(), listener));
        roster.change(inOrder(), pools);
        roster.policy(next.drain());
        leaving.forEach(listener -> guarded(listener, () -> listener.leave(now)));
        opened.forEach(listener -> guarded(listener, listener::start));
    }

    /// Nothing of this fails but for want of memory, and then the others are to go on.
    private static void guarded(Listener listener, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failed) {
            LOG.error("event=listener-not-changed listener={}", listener.name(), failed);
        }
    }

    private Map<String, Listener> inOrder() {
        Map<String, Listener> ordered = new LinkedHashMap<>();
        next.listeners().keySet().forEach(name -> ordered.put(name, Objects.requireNonNull(listeners.get(name))));
        return ordered;
    }

    /// Lets what changed in the pools go on or, when it was not committed, takes everything back. Calls foreign code.
    @Override
    public void close() {
        if (committed) {
            leaving.forEach(Listener::awaitClosed);
            opened.forEach(Listener::announce);
        } else {
            undo();
        }
        changes.forEach(Change::close);
    }

    /// Waits a moment for the threads to end.
    private void undo() {
        opened.forEach(Listener::abort);
        leaving.forEach(Listener::keepAll);
        openedPools.forEach(Gate::close);
        try {
            for (Gate pool : openedPools) {
                pool.awaitEnded(TO_END);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
