package dev.sluice.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Reads the header of the PROXY protocol, version 1 or 2, with which a balancer says who is behind a connection (HAProxy's
/// `proxy-protocol.txt`, section 2).
///
/// It takes byte by byte what belongs to the header and never one that follows, so however the bytes are split, the answer is the same and
/// what comes next stays where it is. What cannot begin a header is known at the first byte that is wrong. It holds at most 16 bytes and
/// [#LONGEST].
///
/// ```
///  ┬─ "PROXY " ──────── … CR LF, within 107 bytes ─────────► Proxied, Unknown
///  └─ signature ─ version, command, family, length ─ length bytes ─► Proxied, Unknown        anything else: Malformed
/// ```
///
/// Of version 2, what follows the addresses is skipped; UDP and Unix domain sockets, whose addresses mean nothing here, are `Unknown`, as the
/// protocol asks of a receiver that has no use for them. Confined to the thread that reads the connection; not to be used after it has
/// given an answer other than [Preface.Incomplete].
public final class PrefaceDecoder {

    /// What a header of version 2 may say of its length. Addresses take up to 216 bytes; the rest is what a balancer adds of the client's TLS, or names.
    static final int LONGEST = 4 << 10;

    private static final Preface INCOMPLETE = new Preface.Incomplete();
    private static final byte[] TEXT = "PROXY ".getBytes(ISO_8859_1);
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final int LONGEST_LINE = 107;
    private static final int FIXED = 16;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int TCP_4 = 0x11;
    private static final int TCP_6 = 0x21;
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,4}");
    private static final Pattern IP_4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
    private static final Pattern IP_6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private byte[] taken = new byte[LONGEST_LINE];
    private int count;

    /// Takes of `in` what belongs to the header.
    public Preface decode(ByteBuffer in) {
        Preface preface = INCOMPLETE;
        while (in.hasRemaining() && preface instanceof Preface.Incomplete) {
            taken[count++] = in.get();
            preface = taken[0] == TEXT[0] ? line() : block();
        }
        return preface;
    }

    // ---- version 1: a line ----

    private Preface line() {
        if (count <= TEXT.length) {
            return startsLike(TEXT);
        }
        if (taken[count - 1] == '\n') {
            return taken[count - 2] == '\r' ? parsed(new String(taken, TEXT.length, count - TEXT.length - 2, ISO_8859_1))
                    : malformed("its line ends in LF alone");
        }
        return count == LONGEST_LINE ? malformed("its line is longer than " + LONGEST_LINE + " bytes") : INCOMPLETE;
    }

    private Preface startsLike(byte[] start) {
        return taken[count - 1] == start[count - 1] ? INCOMPLETE : malformed("it does not begin as one");
    }

    /// @param line what is between the first space and CR
    private static Preface parsed(String line) {
        if (line.equals("UNKNOWN") || line.startsWith("UNKNOWN ")) {
            return new Preface.Unknown();
        }
        String[] words = line.split(" ", -1);
        Pattern form = switch (words[0]) {
            case "TCP4" -> IP_4;
            case "TCP6" -> IP_6;
            default -> null;
        };
        if (form == null) {
            return malformed("its family is " + quoted(words[0]) + ", but must be TCP4, TCP6 or UNKNOWN");
        }
        if (words.length != 5) {
            return malformed(quoted(line) + " has " + words.length + " words, but must have a family, two addresses and two ports");
        }
        try {
            return new Preface.Proxied(address(words[1], form, words[3]), address(words[2], form, words[4]));
        } catch (IllegalArgumentException wrong) {
            return malformed(quoted(line) + " has an address or a port that is none");
        }
    }

    /// An IPv6 address that stands for an IPv4 one becomes that.
    private static InetSocketAddress address(String host, Pattern form, String port) {
        if (!form.matcher(host).matches()) {
            throw new IllegalArgumentException("the address is not of its family");
        }
        if (!NUMBER.matcher(port).matches() || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("the port is none");
        }
        return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(port));
    }

    /// A text of the sender's, fit for logs and terminals.
    private static String quoted(String text) {
        return '"' + text.replaceAll("[^ -~]", "?") + '"';
    }

    // ---- version 2: a block ----

    private Preface block() {
        if (count <= SIGNATURE.length) {
            return startsLike(SIGNATURE);
        }
        if (count < FIXED) {
            return INCOMPLETE;
        }
        if (count == FIXED) {
            return begun();
        }
        return count == taken.length ? whole() : INCOMPLETE;
    }

    /// Judges what is fixed, before anything is kept of what is not.
    private Preface begun() {
        int version = taken[12] >> 4 & 0xf;
        int family = taken[13] >> 4 & 0xf;
        int transport = taken[13] & 0xf;
        int length = length();
        if (version != 2) {
            return malformed("its version is " + version + ", but must be 1 or 2");
        }
        if (command() != LOCAL && command() != PROXY) {
            return malformed("its command is " + command() + ", but must be 0 or 1");
        }
        if (command() == PROXY && (family > 3 || transport > 2)) {
            return malformed("it has no such family and transport as " + HexFormat.of().toHexDigits(taken[13]));
        }
        if (length > LONGEST) {
            return malformed("its length is " + length + ", but must be at most " + LONGEST);
        }
        if (length < addresses()) {
            return malformed("its length is " + length + ", but its addresses have " + addresses());
        }
        taken = Arrays.copyOf(taken, FIXED + length);
        return length == 0 ? whole() : INCOMPLETE;
    }

    private int command() {
        return taken[12] & 0xf;
    }

    private int length() {
        return (taken[14] & 0xff) << 8 | taken[15] & 0xff;
    }

    /// How many bytes those addresses have that are looked at.
    private int addresses() {
        if (command() == LOCAL) {
            return 0;
        }
        return switch (taken[13]) {
            case TCP_4 -> 12;
            case TCP_6 -> 36;
            default -> 0;
        };
    }

    private Preface whole() {
        int size = addresses() / 2 - 2;
        if (size <= 0) {
            return new Preface.Unknown();
        }
        ByteBuffer block = ByteBuffer.wrap(taken, FIXED, addresses());
        InetAddress source = address(block, size);
        InetAddress destination = address(block, size);
        return new Preface.Proxied(new InetSocketAddress(source, block.getShort() & 0xffff), new InetSocketAddress(destination, block.getShort() & 0xffff));
    }

    private static InetAddress address(ByteBuffer block, int size) {
        byte[] bytes = new byte[size];
        block.get(bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(size + " bytes are an address", impossible);
        }
    }

    private static Preface malformed(String reason) {
        return new Preface.Malformed(reason);
    }
}
