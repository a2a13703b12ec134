package dev.sluice.drain;

import dev.sluice.api.Role;
import dev.sluice.engine.ConnectionRegistry;
import dev.sluice.engine.Events;
import dev.sluice.engine.Listener;
import dev.sluice.engine.Reaper;
import dev.sluice.engine.Roster;
import dev.sluice.engine.SpoolFolder;
import dev.sluice.pool.Gate;
import dev.sluice.transport.Closer;
import java.util.List;

/// What a drain brings to its end: every part of a server that holds a thread or a socket.
///
/// @param roster        the listeners and the pools, those that are leaving included
/// @param clients       the connections of traffic
/// @param adminClients  the connections of admin listeners
/// @param closer        lingers for all
/// @param spools        holds what is too large for memory
/// @param reaper        ends what is late
/// @param events        are told
public record Site(
        Roster roster,
        ConnectionRegistry clients,
        ConnectionRegistry adminClients,
        Closer closer,
        SpoolFolder spools,
        Reaper reaper,
        Events events) {

    /// The listeners that serve clients.
    public List<Listener> traffic() {
        return roster.every(Role.TRAFFIC);
    }

    /// The listeners that answer until RELEASE.
    public List<Listener> admin() {
        return roster.every(Role.ADMIN);
    }

    /// The pools of traffic.
    public List<Gate> pools() {
        return roster.trafficPools();
    }

    /// The pools that only admin listeners use; they end with them.
    public List<Gate> adminPools() {
        return roster.adminPools();
    }
}
