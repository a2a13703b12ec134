package dev.sluice.protocol.http;

/// The syntax of `Host` and of the authority of a target: a registered name, an IPv4 address or an IPv6 address in brackets, and a
/// port (RFC 3986, 3.2; RFC 9112, 3.2). Stricter than the RFC where nothing real is lost: no empty labels but the root's, no label
/// that begins or ends with a hyphen, neither `*` nor a comma, and no escape of a character that could not stand there as it is, since a
/// host that no name service can hold is an attack or a mistake.
final class Host {

    private Host() {}

    /// Whether this is a host with or without a port. Empty is valid: a client with no authority sends it (RFC 9110, 7.2).
    static boolean valid(String host) {
        if (host.isEmpty()) {
            return true;
        }
        int end = host.charAt(0) == '[' ? literalEnd(host) : nameEnd(host);
        return end > 0 && (end == host.length() || validPort(host, end));
    }

    /// Whether this is a host and a port, as CONNECT wants it.
    static boolean validWithPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > 0 && colon < authority.length() - 1 && authority.indexOf(']', colon) < 0 && valid(authority);
    }

    /// A colon and up to five digits, or none at all.
    private static boolean validPort(String host, int colon) {
        int port = 0;
        for (int i = colon + 1; i < host.length(); i++) {
            if (host.charAt(i) > 0x7F || !Syntax.is(Syntax.DIGIT, host.charAt(i))) {
                return false;
            }
            port = Math.min(99_999, port * 10 + host.charAt(i) - '0');
        }
        return host.charAt(colon) == ':' && port <= 65_535;
    }

    /// Where the registered name ends, or −1.
    private static int nameEnd(String host) {
        int label = 0;
        int i = 0;
        for (; i < host.length() && host.charAt(i) != ':'; i++) {
            char c = host.charAt(i);
            if (c == '.') {
                if (i == label || host.charAt(i - 1) == '-') {
                    return -1;
                }
                label = i + 1;
            } else if (c == '%' ? !escape(host, i) : c > 0x7F || c == '*' || !Syntax.is(Syntax.NAME, c) || c == '-' && i == label) {
                return -1;
            }
        }
        return i == 0 || host.charAt(i - 1) == '-' ? -1 : i;
    }

    /// Of a byte that is no ASCII, or of a character that needs none.
    private static boolean escape(String host, int percent) {
        if (percent + 2 >= host.length() || host.charAt(percent + 1) > 0x7F || host.charAt(percent + 2) > 0x7F) {
            return false;
        }
        int octet = Syntax.hex(host.charAt(percent + 1)) << 4 | Syntax.hex(host.charAt(percent + 2));
        return octet > 0x7F || octet >= 0 && octet != '*' && Syntax.is(Syntax.NAME, octet);
    }

    /// Where the bracketed IPv6 address ends, behind its bracket, or −1.
    private static int literalEnd(String host) {
        int close = host.indexOf(']');
        return close > 0 && validIpv6(host, 1, close) ? close + 1 : -1;
    }

    /// Eight groups, fewer with one `::`; the last two may be an IPv4 address.
    private static boolean validIpv6(String text, int from, int to) {
        int groups = 0;
        boolean gap = false;
        int i = from;
        while (i < to) {
            if (text.startsWith("::", i) && i + 1 < to) {
                if (gap) {
                    return false;
                }
                gap = true;
                i += 2;
                continue;
            }
            if (i > from && text.charAt(i - 1) != ':') {
                if (text.charAt(i++) != ':' || i == to) {
                    return false;
                }
            }
            int end = groupEnd(text, i, to);
            if (end < to && text.charAt(end) == '.') {
                groups += 2;
                i = validIpv4(text, i, to) ? to : -1;
            } else {
                groups++;
                i = end > i && end - i <= 4 ? end : -1;
            }
            if (i < 0) {
                return false;
            }
        }
        return gap ? groups <= 7 : groups == 8;
    }

    private static int groupEnd(String text, int from, int to) {
        int end = from;
        while (end < to && text.charAt(end) <= 0x7F && Syntax.hex(text.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    /// Four numbers from 0 to 255 without leading zeros.
    private static boolean validIpv4(String text, int from, int to) {
        int numbers = 0;
        int i = from;
        while (i <= to && numbers < 4) {
            int start = i;
            int value = 0;
            while (i < to && i - start < 4 && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
                value = value * 10 + text.charAt(i++) - '0';
            }
            boolean leadingZero = i - start > 1 && text.charAt(start) == '0';
            if (i == start || value > 255 || leadingZero || i < to && text.charAt(i) != '.') {
                return false;
            }
            numbers++;
            i++;
        }
        return numbers == 4 && i == to + 1;
    }
}
