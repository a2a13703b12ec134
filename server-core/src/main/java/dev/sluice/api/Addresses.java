package dev.sluice.api;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Socket addresses as text.
public final class Addresses {

    private Addresses() {}

    /// Reads `host:port`, `[ipv6]:port` or `:port`, which means every address of this machine.
    ///
    /// @throws IllegalArgumentException saying what was found and what is allowed; a host that is not known gives an unresolved address instead
    public static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (colon < 0 || (host.indexOf(':') >= 0 && !bracketed)) {
            throw new IllegalArgumentException(
                    "address is \"" + text + "\", but must be host:port, [ipv6]:port or :port");
        }
        int port = port(text, text.substring(colon + 1));
        if (host.isEmpty()) {
            return new InetSocketAddress(port);
        }
        return new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
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

    /// Writes an address as `parse` reads it, without asking a name service.
    public static String text(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        String name = host.getHostAddress();
        return (host instanceof Inet4Address ? name : "[" + name + "]") + ":" + address.getPort();
    }
}
