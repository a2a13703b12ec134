package dev.sluice.api;

import dev.sluice.protocol.Peer;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;

/// Socket addresses as text.
public final class Addresses {

    private static final String UNIX = "unix:";
    private static final String FORMS = "host:port, [ipv6]:port, :port or unix:path";

    private Addresses() {}

    /// Reads `host:port`, `[ipv6]:port`, `:port`, which means every address of this machine, IPv6 and IPv4, or `unix:path`. An IPv6 address
    /// that stands for an IPv4 one, `::ffff:192.0.2.1`, is that IPv4 address.
    ///
    /// @throws IllegalArgumentException saying what was found and what is allowed; a host that is not known gives an unresolved address instead
    public static SocketAddress parse(String text) {
        if (text.startsWith(UNIX)) {
            return unix(text);
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (colon < 0 || (host.indexOf(':') >= 0 && !bracketed)) {
            throw new IllegalArgumentException("address is \"" + text + "\", but must be " + FORMS);
        }
        int port = port(text, text.substring(colon + 1));
        if (host.isEmpty()) {
            return new InetSocketAddress(everywhere(), port);
        }
        return new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    private static SocketAddress unix(String text) {
        String path = text.substring(UNIX.length());
        try {
            if (!path.isEmpty()) {
                return UnixDomainSocketAddress.of(path);
            }
        } catch (InvalidPathException notOne) {
            // falls through to the same refusal
        }
        throw new IllegalArgumentException("address is \"" + text + "\", but after unix: there must be the path of a file");
    }

    /// `::`, which takes IPv4 connections too.
    private static InetAddress everywhere() {
        try {
            return InetAddress.getByAddress(new byte[16]);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("sixteen bytes are an address", impossible);
        }
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // falls through to the same refusal
        }
        throw new IllegalArgumentException("address is \"" + text + "\", but its port must be a number from 0 to 65535");
    }

    /// Whether the kernel is to choose the port.
    public static boolean leavesPortOpen(SocketAddress address) {
        return address instanceof InetSocketAddress tcp && tcp.getPort() == 0;
    }

    /// Writes an address as `parse` reads it, without asking a name service. One without a name, as the client of a Unix domain socket has,
    /// is `unix:`.
    public static String text(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress tcp -> text(tcp);
            case UnixDomainSocketAddress unix -> UNIX + unix.getPath();
            default -> address.toString();
        };
    }

    /// Writes a client's address as it is listed and filtered by: over a Unix domain socket, where clients have no address of their own,
    /// `unix:` and the user.
    public static String text(Peer client) {
        if (client.remote() instanceof UnixDomainSocketAddress) {
            int group = client.user().indexOf(':');
            return UNIX + (group < 0 ? client.user() : client.user().substring(0, group));
        }
        return text(client.remote());
    }

    private static String text(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        return switch (host) {
            case Inet6Address six -> "[" + six.getHostAddress() + "]:" + address.getPort();
            case Inet4Address four -> four.getHostAddress() + ":" + address.getPort();
            default -> host.getHostAddress() + ":" + address.getPort();
        };
    }
}
