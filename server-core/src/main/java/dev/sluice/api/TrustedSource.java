package dev.sluice.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.HexFormat;

/// From where connections come that are trusted.
public sealed interface TrustedSource {

    /// Whether an address is meant.
    boolean covers(SocketAddress address);

    /// Whether that is every address of a kind.
    default boolean isEveryone() {
        return this instanceof Network(String prefix, int bits, String text) && bits == 0;
    }

    /// A block of addresses, or a single one.
    ///
    /// @param prefix its first address, in hexadecimal digits: 8 or 32
    /// @param bits   how many of them count
    /// @param text   as it was given
    record Network(String prefix, int bits, String text) implements TrustedSource {

        /// @throws IllegalArgumentException when the prefix is no address, or has fewer bits
        public Network {
            boolean address = (prefix.length() == 8 || prefix.length() == 32) && prefix.chars().allMatch(HexFormat::isHexDigit);
            if (!address || bits < 0 || bits > 4 * prefix.length()) {
                throw new IllegalArgumentException("network is " + bits + " bits of \"" + prefix
                        + "\", but must be from 0 to 32 of 8 hexadecimal digits, or from 0 to 128 of 32");
            }
        }

        @Override
        public boolean covers(SocketAddress address) {
            if (!(address instanceof InetSocketAddress tcp) || tcp.getAddress() == null) {
                return false;
            }
            byte[] one = tcp.getAddress().getAddress();
            byte[] first = HexFormat.of().parseHex(prefix);
            return one.length == first.length && samePrefix(one, first);
        }

        private boolean samePrefix(byte[] one, byte[] first) {
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((one[bit / 8] & mask) != (first[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// All clients of Unix domain sockets.
    record Unix() implements TrustedSource {

        @Override
        public boolean covers(SocketAddress address) {
            return address instanceof UnixDomainSocketAddress;
        }

        @Override
        public String toString() {
            return UNIX;
        }
    }

    /// What [Unix] is written as.
    String UNIX = "unix";

    /// Reads `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`, `::1` or `unix`. An address `::ffff:192.0.2.1` is the IPv4 address in it. No name service is asked.
    ///
    /// @throws IllegalArgumentException saying what was found and what is allowed
    static TrustedSource parse(String text) {
        if (text.equals(UNIX)) {
            return new Unix();
        }
        int slash = text.indexOf('/');
        try {
            byte[] address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
            int all = address.length * 8;
            int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= all) {
                return new Network(HexFormat.of().formatHex(address), bits, text);
            }
        } catch (IllegalArgumentException noAddress) {
            // falls through to the same refusal
        }
        throw new IllegalArgumentException("is \"" + text + "\", but must be an address, a block of addresses as 10.0.0.0/8, or unix; names are not looked up");
    }
}
