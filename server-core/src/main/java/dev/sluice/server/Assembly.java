package dev.sluice.server;

import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.ServerListener;
import dev.sluice.drain.Site;
import dev.sluice.engine.Connection;
import dev.sluice.engine.ConnectionRegistry;
import dev.sluice.engine.Events;
import dev.sluice.engine.Listener;
import dev.sluice.engine.Rates;
import dev.sluice.engine.Reaper;
import dev.sluice.pool.Gate;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The parts of a server, put together from its configuration: all of them, or none.
record Assembly(Site site, Map<String, Gate> pools, Rates rates) {

    private static final ServerLimits ADMIN_LIMITS = new ServerLimits(256, 256);

    /// Binds every listener; nothing is accepted before [#start].
    ///
    /// @throws IOException when an address cannot be had; nothing is left behind
    static Assembly of(ServerConfig config, List<ServerListener> observers, RequestProbe.Factory probes) throws IOException {
        AtomicLong ids = new AtomicLong();
        Events events = new Events(observers, InstantSource.system());
        ConnectionRegistry clients = new ConnectionRegistry(config.limits(), ids);
        ConnectionRegistry adminClients = new ConnectionRegistry(ADMIN_LIMITS, ids);
        Closer closer = new Closer("sluice-closer", SelectorProvider.provider());
        Map<String, Gate> pools = new LinkedHashMap<>();
        List<Listener> listeners = new ArrayList<>();
        try {
            for (Map.Entry<String, PoolConfig> pool : config.pools().entrySet()) {
                pools.put(pool.getKey(), Gate.open(pool.getKey(), pool.getValue(), unit(config, pool.getKey())));
            }
            Listener.Shared shared = new Listener.Shared(closer, events, SelectorProvider.provider());
            for (Map.Entry<String, ListenerConfig> entry : config.listeners().entrySet()) {
                ListenerConfig listener = entry.getValue();
                listeners.add(bind(entry.getKey(), listener, listener.role() == Role.ADMIN ? adminClients : clients,
                        pools.get(listener.pool()), probes, shared));
            }
        } catch (Throwable failed) {
            undo(listeners, pools, closer);
            throw failed;
        }
        Rates rates = new Rates();
        List<Gate> adminPools = config.pools().keySet().stream().filter(pool -> adminOnly(config, pool)).map(pools::get).toList();
        Reaper reaper = new Reaper(List.of(clients, adminClients), listeners, () -> {
            rates.sample(clients.account().requests());
            pools.values().forEach(Gate::sample);
            listeners.forEach(Listener::sample);
        });
        Site site = new Site(ofRole(listeners, Role.TRAFFIC), ofRole(listeners, Role.ADMIN),
                pools.values().stream().filter(pool -> !adminPools.contains(pool)).toList(), adminPools, clients, adminClients, closer, reaper, events);
        return new Assembly(site, pools, rates);
    }

    private static Listener bind(String name, ListenerConfig listener, ConnectionRegistry registry, @Nullable Gate pool,
            RequestProbe.Factory probes, Listener.Shared shared) throws IOException {
        try {
            return Listener.bind(name, listener, registry, pool, probes.of(name, listener.role(), listener.endpoint().protocol().name()), shared);
        } catch (BindException taken) {
            BindException clear = new BindException("listener " + name + " cannot listen on "
                    + dev.sluice.api.Rendered.text(listener.bind()) + ": " + taken.getMessage());
            clear.initCause(taken);
            throw clear;
        }
    }

    /// What a permit of a pool holds: a connection as soon as a blocking listener uses it.
    private static PoolInfo.Unit unit(ServerConfig config, String pool) {
        boolean connections = config.listeners().values().stream()
                .anyMatch(listener -> listener.pool().equals(pool) && listener.io() instanceof IoModel.Blocking);
        return connections ? PoolInfo.Unit.CONNECTION : PoolInfo.Unit.REQUEST;
    }

    private static boolean adminOnly(ServerConfig config, String pool) {
        List<ListenerConfig> users = config.listeners().values().stream().filter(listener -> listener.pool().equals(pool)).toList();
        return !users.isEmpty() && users.stream().allMatch(listener -> listener.role() == Role.ADMIN);
    }

    private static List<Listener> ofRole(List<Listener> listeners, Role role) {
        return listeners.stream().filter(listener -> listener.role() == role).toList();
    }

    private static void undo(List<Listener> listeners, Map<String, Gate> pools, Closer closer) {
        listeners.forEach(Listener::abort);
        pools.values().forEach(Gate::close);
        closer.close();
        List<Thread> threads = new ArrayList<>();
        listeners.forEach(listener -> listener.eachThread((kind, thread) -> threads.add(thread)));
        threads.add(closer.thread());
        try {
            for (Gate pool : pools.values()) {
                pool.awaitEnded(Duration.ofSeconds(1));
            }
            for (Thread thread : threads) {
                if (thread.getState() != Thread.State.NEW) { // an acceptor has not begun
                    thread.join(Duration.ofSeconds(1));
                }
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /// Begins to accept. When a thread cannot be started, nothing is left behind.
    void start() {
        List<Listener> all = Stream.concat(site.traffic().stream(), site.admin().stream()).toList();
        try {
            site.reaper().start();
            all.forEach(Listener::start);
        } catch (Throwable failed) {
            site.clients().living().forEach(Connection::force);
            site.adminClients().living().forEach(Connection::force);
            site.reaper().close();
            undo(all, pools, site.closer());
            throw failed;
        }
    }
}
