package dev.sluice.server;

import dev.sluice.api.ExchangeListener;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.ServerListener;
import dev.sluice.drain.Site;
import dev.sluice.engine.Connection;
import dev.sluice.engine.ConnectionRegistry;
import dev.sluice.engine.Events;
import dev.sluice.engine.IdleRequests;
import dev.sluice.engine.Listener;
import dev.sluice.engine.ListenerFactory;
import dev.sluice.engine.Rates;
import dev.sluice.engine.Reaper;
import dev.sluice.engine.Roster;
import dev.sluice.engine.SpoolFolder;
import dev.sluice.engine.Ticks;
import dev.sluice.pool.Gate;
import dev.sluice.reload.Reconfiguration;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The parts of a server, put together from its configuration: all of them, or none.
record Assembly(Site site, ListenerFactory factory, Rates rates, Reconfiguration first) {

    private static final ServerLimits ADMIN_LIMITS = new ServerLimits(256, 256);

    /// Binds every listener; nothing is accepted before [#start].
    ///
    /// @param provider makes channels and selectors
    /// @throws IOException when an address cannot be had; nothing is left behind
    static Assembly of(ServerConfig config, List<ServerListener> observers, RequestProbe.Factory probes, ExchangeListener exchanges,
            SelectorProvider provider)
            throws IOException {
        AtomicLong ids = new AtomicLong();
        Events events = new Events(observers, exchanges, InstantSource.system());
        Ticks ticks = new Ticks(InstantSource.system(), System::nanoTime);
        ConnectionRegistry clients = new ConnectionRegistry(config.limits(), ids);
        ConnectionRegistry adminClients = new ConnectionRegistry(ADMIN_LIMITS, ids);
        Roster roster = new Roster(config.drain());
        Closer closer = new Closer("sluice-closer", provider);
        Listener.Shared shared = new Listener.Shared(closer, events, provider, new SpoolFolder(config.spoolFolder()), ticks);
        ListenerFactory factory = new ListenerFactory(clients, adminClients, probes, shared);
        try {
            Reconfiguration first = Reconfiguration.prepare(config, roster, factory);
            Rates rates = new Rates();
            CertificateWatch certificates = new CertificateWatch(roster);
            IdleRequests idle = new IdleRequests(List.of(clients, adminClients));
            Reaper reaper = new Reaper(List.of(clients, adminClients), roster, ticks, () -> {
                rates.sample(clients.account().requests());
                roster.pools().forEach(Gate::sample);
                roster.now().listeners().values().forEach(Listener::sample);
                certificates.tick();
                idle.tick();
            });
            return new Assembly(new Site(roster, clients, adminClients, closer, shared.spools(), reaper, events), factory, rates, first);
        } catch (Reconfiguration.Impossible impossible) {
            end(closer);
            throw impossible.asThrown();
        } catch (Throwable failed) {
            end(closer);
            throw failed;
        }
    }

    /// Begins to accept. When a thread cannot be started, nothing is left behind.
    void start() {
        try {
            site.reaper().start();
            first.commit(System.nanoTime());
            first.close();
        } catch (Throwable failed) {
            site.clients().living().forEach(Connection::force);
            site.adminClients().living().forEach(Connection::force);
            site.reaper().close();
            first.close();
            end(site.closer());
            throw failed;
        }
    }

    private static void end(Closer closer) {
        closer.close();
        try {
            closer.thread().join(Duration.ofSeconds(1));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
