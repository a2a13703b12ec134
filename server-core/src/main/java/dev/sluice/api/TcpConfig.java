package dev.sluice.api;

/// Socket options.
///
/// @param backlog   connections the kernel may hold until they are accepted; it cuts this to its own `net.core.somaxconn`
/// @param noDelay   TCP_NODELAY: send small responses at once
/// @param keepAlive SO_KEEPALIVE: find peers that vanished, by the kernel's own clock
public record TcpConfig(int backlog, boolean noDelay, boolean keepAlive) {

    public static final TcpConfig DEFAULT = new TcpConfig(1_024, true, true);

    public TcpConfig {
        Check.range("backlog", backlog, 1, 1_000_000);
    }
}
