package dev.sluice.engine;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.pool.Gate;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Opens the listeners of one server. Immutable; safe from any thread.
///
/// @param clients      keeps the connections of traffic
/// @param adminClients keeps those of admin listeners
/// @param probes       are told of each request
/// @param shared       what all of them share
public record ListenerFactory(
        ConnectionRegistry clients, ConnectionRegistry adminClients, RequestProbe.Factory probes, Listener.Shared shared) {

    /// Opens a listener that listens nowhere yet; see [Listener#open].
    ///
    /// @param pool   that runs its handlers; null for inline
    /// @param before whom it succeeds; null for a new one
    public Listener open(String name, ListenerConfig config, @Nullable Gate pool, @Nullable Listener before) throws IOException {
        ConnectionRegistry registry = config.role() == Role.ADMIN ? adminClients : clients;
        RequestProbe probe = probes.of(name, config.role(), config.endpoint().protocol().name());
        return Listener.open(name, config, registry, pool, probe, shared, before);
    }
}
