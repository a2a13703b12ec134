package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// What balancers say before anything else: headers of the PROXY protocol.
final class Balancer {

    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

    private Balancer() {}

    static byte[] line(String text) {
        return (text + "\r\n").getBytes(ISO_8859_1);
    }

    /// Of version 1, from a client to port 80 of 198.51.100.1.
    static byte[] text(String client, int port) {
        return line("PROXY TCP4 " + client + " 198.51.100.1 " + port + " 80");
    }

    /// Of version 2, the same.
    static byte[] binary(String client, int port) {
        return binary(0x21, 0x11, addresses(client, "198.51.100.1", port, 80));
    }

    static byte[] binary(int command, int family, byte[] rest) {
        return ByteBuffer.allocate(SIGNATURE.length + 4 + rest.length)
                .put(SIGNATURE).put((byte) command).put((byte) family).putShort((short) rest.length).put(rest).array();
    }

    static byte[] addresses(String source, String destination, int sourcePort, int destinationPort) {
        byte[] from = InetAddress.ofLiteral(source).getAddress();
        byte[] to = InetAddress.ofLiteral(destination).getAddress();
        return ByteBuffer.allocate(from.length + to.length + 4).put(from).put(to).putShort((short) sourcePort).putShort((short) destinationPort).array();
    }

    static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
