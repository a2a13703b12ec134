package dev.sluice.api;

import dev.sluice.protocol.Handler;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// A listener: where it listens, what it serves, and on which threads.
///
/// @param role      traffic or admin
/// @param bind      the addresses, one or many; port 0 lets the kernel choose. Of type [InetSocketAddress] or [UnixDomainSocketAddress]
/// @param endpoint  protocol and service
/// @param io        which threads read and write
/// @param pool      the pool that runs handlers, or `inline`: the threads that read and write run them too; duplex has none to spare
/// @param limits    what one listener may hold
/// @param timeouts  deadlines
/// @param keepAlive when a connection ends at a message boundary
/// @param tcp       socket options
/// @param unix      the file of a Unix domain socket
/// @param proxyProtocol from which balancers it learns who its clients are
/// @param accessLog whether its requests are written down
/// @param tls       what is spoken is encrypted; empty when it is not
public record ListenerConfig(
        Role role,
        @Rebind List<SocketAddress> bind,
        @Rebind Endpoint<?, ?> endpoint,
        @Rebind IoModel io,
        @Rebind String pool,
        ListenerLimits limits,
        Timeouts timeouts,
        KeepAlive keepAlive,
        TcpConfig tcp,
        UnixConfig unix,
        ProxyProtocol proxyProtocol,
        @Live AccessLog accessLog,
        Optional<TlsConfig> tls) {

    /// What Java puts into the kernel's address of a Unix domain socket, in bytes; see unix(7), which has room for one more.
    private static final int LONGEST_PATH = 106;

    public ListenerConfig {
        bind = List.copyOf(bind);
        if (io instanceof IoModel.Duplex && pool.equals(ServerConfig.INLINE)) {
            throw new IllegalArgumentException(
                    "io is duplex and pool is inline, but duplex handlers need threads of their own: name a pool");
        }
        if (bind.isEmpty()) {
            throw new IllegalArgumentException("bind is empty, but a listener needs at least one address");
        }
        bind.forEach(ListenerConfig::check);
        List<SocketAddress> fixed = bind.stream().filter(address -> !Addresses.leavesPortOpen(address)).toList();
        if (new HashSet<>(fixed).size() < fixed.size()) {
            throw new IllegalArgumentException("bind is " + Rendered.text(bind) + ", but names an address twice");
        }
    }

    private static void check(SocketAddress address) {
        switch (address) {
            case InetSocketAddress tcp when tcp.isUnresolved() ->
                throw new IllegalArgumentException("bind is " + Addresses.text(tcp) + ", but that host is not known");
            case InetSocketAddress known -> {}
            case UnixDomainSocketAddress unix -> {
                int length = unix.getPath().toString().getBytes(StandardCharsets.UTF_8).length;
                if (length > LONGEST_PATH) {
                    throw new IllegalArgumentException("bind is " + Addresses.text(unix) + ", but its path has " + length
                            + " bytes, and the system allows " + LONGEST_PATH);
                }
            }
            default -> throw new IllegalArgumentException("bind is " + address + ", but must be a TCP or a Unix domain socket address");
        }
    }

    /// A traffic listener with default limits and timeouts, on one event loop per two processors, inline.
    ///
    /// @param bind as [Addresses#parse] reads it
    public static ListenerConfig at(String bind, Endpoint<?, ?> endpoint) {
        return new ListenerConfig(Role.TRAFFIC, List.of(Addresses.parse(bind)), endpoint, IoModel.eventLoop(), ServerConfig.INLINE,
                ListenerLimits.DEFAULT, Timeouts.DEFAULT, KeepAlive.DEFAULT, TcpConfig.DEFAULT, UnixConfig.DEFAULT,
                ProxyProtocol.OFF, AccessLog.OFF, Optional.empty());
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
        return new ListenerConfig(role, bind, endpoint, nextIo, nextPool, limits, timeouts, keepAlive, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withRole(Role next) {
        return new ListenerConfig(next, bind, endpoint, io, pool, limits, timeouts, keepAlive, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withBind(List<? extends SocketAddress> next) {
        return new ListenerConfig(role, List.copyOf(next), endpoint, io, pool, limits, timeouts, keepAlive, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withEndpoint(Endpoint<?, ?> next) {
        return new ListenerConfig(role, bind, next, io, pool, limits, timeouts, keepAlive, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withLimits(ListenerLimits next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, next, timeouts, keepAlive, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withTimeouts(Timeouts next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, next, keepAlive, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withKeepAlive(KeepAlive next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, next, tcp, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withTcp(TcpConfig next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, keepAlive, next, unix, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withUnix(UnixConfig next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, keepAlive, tcp, next, proxyProtocol, accessLog, tls);
    }

    public ListenerConfig withProxyProtocol(ProxyProtocol next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, keepAlive, tcp, unix, next, accessLog, tls);
    }

    public ListenerConfig withAccessLog(AccessLog next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, keepAlive, tcp, unix, proxyProtocol, next, tls);
    }

    public ListenerConfig withTls(TlsConfig next) {
        return withTls(Optional.of(next));
    }

    public ListenerConfig withTls(Optional<TlsConfig> next) {
        return new ListenerConfig(role, bind, endpoint, io, pool, limits, timeouts, keepAlive, tcp, unix, proxyProtocol, accessLog, next);
    }

    /// How many requests one connection may make, 0 for no limit: as configured, else 1 for blocking × inline, where an idle client
    /// would hold the only thread, and no limit elsewhere.
    public int maxRequests() {
        boolean iterative = io instanceof IoModel.Blocking && pool.equals(ServerConfig.INLINE);
        return keepAlive.maxRequests().orElse(iterative ? 1 : 0);
    }
}
