package dev.sluice.api;

import dev.sluice.protocol.Handler;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import java.net.InetSocketAddress;

/// A listener: where it listens, what it serves, and on which threads.
///
/// @param role      traffic or admin
/// @param bind      the address; port 0 lets the kernel choose
/// @param endpoint  protocol and service
/// @param io        which threads read and write
/// @param pool      the pool that runs handlers, or `inline`
/// @param limits    what one listener may hold
/// @param timeouts  deadlines
/// @param keepAlive when a connection ends at a message boundary
/// @param tcp       socket options
public record ListenerConfig(
        Role role,
        InetSocketAddress bind,
        Endpoint<?, ?> endpoint,
        IoModel io,
        String pool,
        ListenerLimits limits,
        Timeouts timeouts,
        KeepAlive keepAlive,
        TcpConfig tcp) {

    public ListenerConfig {
        if (io instanceof IoModel.Duplex && pool.equals(ServerConfig.INLINE)) {
            throw new IllegalArgumentException(
                    "io is duplex and pool is inline, but duplex handlers need threads of their own: name a pool");
        }
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException("bind is " + bind + ", but that host is not known");
        }
    }

    /// A traffic listener with default limits and timeouts, on one event loop per two processors, inline.
    ///
    /// @param bind `host:port`, `[ipv6]:port` or `:port`
    public static ListenerConfig at(String bind, Endpoint<?, ?> endpoint) {
        return new ListenerConfig(Role.TRAFFIC, Addresses.parse(bind), endpoint, IoModel.eventLoop(), ServerConfig.INLINE,
                ListenerLimits.DEFAULT, Timeouts.DEFAULT, KeepAlive.DEFAULT, TcpConfig.DEFAULT);
    }

    /// The same, from protocol and handlers.
    public static <Q, R> ListenerConfig at(String bind, Protocol<Q, R> protocol, HandlerFactory<Q, R> handlers) {
        return at(bind, new Endpoint<>(protocol, "custom", handlers));
    }

    /// The same, with one stateless handler for all connections.
    public static <Q, R> ListenerConfig at(String bind, Protocol<Q, R> protocol, Handler<Q, R> handler) {
        return at(bind, protocol, HandlerFactory.of(handler));
    }

    /// On these threads.
    public ListenerConfig on(IoModel nextIo, String nextPool) {
        return new ListenerConfig(role, bind, endpoint, nextIo, nextPool, limits, timeouts, keepAlive, tcp);
    }

    public ListenerConfig withRole(Role next) {
        return new ListenerConfig(next, bind, endpoint, io, pool, limits, timeouts, keepAlive, tcp);
    }

    public ListenerConfig withLimits(ListenerLimits next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, next, timeouts, keepAlive, tcp);
    }

    public ListenerConfig withTimeouts(Timeouts next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, next, keepAlive, tcp);
    }

    public ListenerConfig withKeepAlive(KeepAlive next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, next, tcp);
    }

    public ListenerConfig withTcp(TcpConfig next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, keepAlive, next);
    }

    /// How many requests one connection may make, 0 for no limit: as configured, else 1 for blocking × inline, where an idle client
    /// would hold the only thread, and no limit elsewhere.
    public int maxRequests() {
        boolean iterative = io instanceof IoModel.Blocking && pool.equals(ServerConfig.INLINE);
        return keepAlive.maxRequests().orElse(iterative ? 1 : 0);
    }
}
