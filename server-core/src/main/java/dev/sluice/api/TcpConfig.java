package dev.sluice.api;

/// Socket options. What is live holds for connections that are accepted from then on; the others are given to the kernel when an address is
/// bound, and can only change with the address.
///
/// @param backlog   connections the kernel may hold until they are accepted; it cuts this to its own `net.core.somaxconn`. Changes only
///                  with the address
/// @param noDelay   TCP_NODELAY: send small responses at once
/// @param keepAlive SO_KEEPALIVE: find peers that vanished, by the kernel's own clock
/// @param reusePort SO_REUSEPORT: let other processes of the same user listen on the same address too, and the kernel share connections out
///                  among them. Changes only with the address
public record TcpConfig(@Rebind int backlog, @Live boolean noDelay, @Live boolean keepAlive, @Rebind boolean reusePort) {

    public static final TcpConfig DEFAULT = new TcpConfig(1_024, true, true, false);

    public TcpConfig {
        Check.range("backlog", backlog, 1, 1_000_000);
    }

    public TcpConfig withBacklog(int next) {
        return new TcpConfig(next, noDelay, keepAlive, reusePort);
    }

    public TcpConfig withReusePort(boolean next) {
        return new TcpConfig(backlog, noDelay, keepAlive, next);
    }
}
