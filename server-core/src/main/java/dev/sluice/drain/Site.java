package dev.sluice.drain;

import dev.sluice.engine.ConnectionRegistry;
import dev.sluice.engine.Events;
import dev.sluice.engine.Listener;
import dev.sluice.engine.Reaper;
import dev.sluice.pool.Gate;
import dev.sluice.transport.Closer;
import java.util.List;

/// What a drain brings to its end: every part of a server that holds a thread or a socket.
///
/// @param traffic       listeners that serve clients
/// @param admin         listeners that answer until RELEASE
/// @param pools         of traffic
/// @param adminPools    that admin listeners use; they end with them
/// @param clients       the connections of traffic
/// @param adminClients  the connections of admin listeners
/// @param closer        lingers for all
/// @param reaper        ends what is late
/// @param events        are told
public record Site(
        List<Listener> traffic,
        List<Listener> admin,
        List<Gate> pools,
        List<Gate> adminPools,
        ConnectionRegistry clients,
        ConnectionRegistry adminClients,
        Closer closer,
        Reaper reaper,
        Events events) {}
