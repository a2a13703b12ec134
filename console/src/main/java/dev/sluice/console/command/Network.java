package dev.sluice.console.command;

import java.net.InetAddress;

/// A block of addresses, `10.0.0.0/8`, or a single one. No name service is asked.
///
/// @param prefix the first address of it, 4 or 16 bytes
/// @param bits   how many of them count
record Network(byte[] prefix, int bits) {

    /// @throws CommandException when it is none
    static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        try {
            byte[] address = InetAddress.ofLiteral(unbracketed(host)).getAddress();
            int all = address.length * 8;
            int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= all) {
                return new Network(address, bits);
            }
        } catch (IllegalArgumentException noAddress) {
            // falls through to the same refusal
        }
        throw CommandException.usage("addr is \"" + text
                + "\", but must be an address, an address with its port, a block as 10.0.0.0/8, or unix:USER");
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /// Whether an address, as `host:port` or `[ipv6]:port`, is in it.
    boolean contains(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        try {
            byte[] address = InetAddress.ofLiteral(unbracketed(colon < 0 ? endpoint : endpoint.substring(0, colon))).getAddress();
            return address.length == prefix.length && samePrefix(address);
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private boolean samePrefix(byte[] address) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
