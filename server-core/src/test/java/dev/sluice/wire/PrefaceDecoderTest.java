package dev.sluice.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefaceDecoderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final byte[] AFTER = "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1);

    /// One of each kind that is a header.
    static final List<byte[]> GOOD = List.of(
            line("TCP4 192.0.2.7 198.51.100.1 4711 80"), line("TCP4 255.255.255.255 255.255.255.255 65535 65535"), line("TCP4 0.0.0.0 0.0.0.0 0 0"),
            line("TCP6 2001:db8::7 ::1 4711 80"), line("TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"),
            line("TCP6 ::ffff:192.0.2.7 ::FFFF:c000:208 1 2"), line("UNKNOWN"), line("UNKNOWN " + "f".repeat(91)), line("UNKNOWN PROXY TCP4 \r 1"),
            block("20", "00", ""), block("20", "00", "00".repeat(12)), block("20", "ee", "ab".repeat(4096)), block("21", "00", ""), block("21", "00", "ffff"),
            block("21", "11", "c0000207c633640112670050"), block("21", "11", "c0000207c633640112670050" + "0400020000"),
            block("21", "11", "c0000207c633640112670050" + "ee".repeat(4084)), block("21", "12", "c0000207c633640112670050"),
            block("21", "21", "20010db8000000000000000000000007" + "00000000000000000000000000000001" + "12670050"),
            block("21", "31", "00".repeat(216)), block("21", "32", ""), block("21", "10", ""), block("21", "01", ""));

    /// With what is wrong in each.
    static final List<byte[]> BAD = Stream.concat(Stream.of(
            "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
            "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n", "PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 256.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP4 0x1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP4 localhost localhost 1 2\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP6 ::1%lo ::1 1 2\r\n", "PROXY TCP6 [::1] ::1 1 2\r\n", "PROXY TCP6 1::2::3 ::1 1 2\r\n", "PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n",
            "PROXY TCP6 12345:: ::1 1 2\r\n", "PROXY TCP6 : : 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 99999999999\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "PROXY UNKNOWN\n", "PROXY UNKNOWN 1\n2\r\n", "PROXY UNKNOWNS\r\n", "PROXY unknown\r\n", "proxy TCP4",
            "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4\t1.2.3.4 1.2.3.4 1 2\r\n", "PROXY \r\n", "PROXY UNKNOWN " + "f".repeat(92) + "\r\n", "PROXY " + "x".repeat(200))
            .map(text -> text.getBytes(ISO_8859_1)), Stream.of(
            block("11", "11", "c0000207c633640112670050"), block("31", "11", "c0000207c633640112670050"), block("22", "11", "c0000207c633640112670050"),
            block("2f", "00", ""), block("21", "41", "00".repeat(216)), block("21", "13", "00".repeat(216)), block("21", "11", "00".repeat(11)),
            block("21", "21", "00".repeat(35)), block("21", "11", ""), block("20", "00", "00".repeat(4097)), block("21", "11", "00".repeat(65535)),
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540b2100"), HexFormat.of().parseHex("160301020001"))).toList();

    private static byte[] line(String text) {
        return ("PROXY " + text + "\r\n").getBytes(ISO_8859_1);
    }

    private static byte[] block(String command, String family, String rest) {
        return HexFormat.of().parseHex(SIGNATURE + command + family + HexFormat.of().toHexDigits((short) (rest.length() / 2)) + rest);
    }

    /// Both followed by something else.
    private static ByteBuffer followed(byte[] header) {
        return ByteBuffer.allocate(header.length + AFTER.length).put(header).put(AFTER).flip();
    }

    private static Preface decode(byte[] header) {
        return new PrefaceDecoder().decode(followed(header));
    }

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    @Test
    void findsBothAddresses() {
        Preface four = new Preface.Proxied(at("192.0.2.7", 4711), at("198.51.100.1", 80));
        Preface six = new Preface.Proxied(at("2001:db8::7", 4711), at("::1", 80));
        assertEquals(four, decode(line("TCP4 192.0.2.7 198.51.100.1 4711 80")));
        assertEquals(four, decode(block("21", "11", "c0000207c633640112670050")));
        assertEquals(six, decode(line("TCP6 2001:DB8:0:0::0007 ::1 4711 80")));
        assertEquals(six, decode(block("21", "21", "20010db8000000000000000000000007" + "00000000000000000000000000000001" + "12670050")));
    }

    @Test
    void takesAnAddressThatStandsForAnotherAsThatOne() {
        Preface four = new Preface.Proxied(at("192.0.2.7", 4711), at("198.51.100.1", 65_535));
        assertEquals(four, decode(line("TCP6 ::ffff:192.0.2.7 ::ffff:c633:6401 4711 65535")));
        assertEquals(four, decode(block("21", "21", "00000000000000000000ffffc0000207" + "00000000000000000000ffffc6336401" + "1267ffff")));
    }

    @Test
    void knowsNobodyWhereABalancerSpeaksForItselfOrForNoTcpClient() {
        for (byte[] header : List.of(line("UNKNOWN"), line("UNKNOWN 1 2 3"), block("20", "11", "c0000207c633640112670050"), block("20", "99", "1234"),
                block("21", "00", "00"), block("21", "12", "c0000207c633640112670050"), block("21", "31", "00".repeat(216)))) {
            assertInstanceOf(Preface.Unknown.class, decode(header));
        }
    }

    @ParameterizedTest
    @FieldSource("GOOD")
    void takesTheHeaderAndNothingOfWhatFollowsHoweverTheBytesAreSplit(byte[] header) {
        Preface whole = decode(header);
        assertTrue(whole instanceof Preface.Proxied || whole instanceof Preface.Unknown, whole::toString);
        for (int split = 0; split <= header.length; split++) {
            PrefaceDecoder decoder = new PrefaceDecoder();
            if (split < header.length) {
                ByteBuffer first = ByteBuffer.wrap(header, 0, split);
                assertInstanceOf(Preface.Incomplete.class, decoder.decode(first));
                assertEquals(0, first.remaining());
            }
            ByteBuffer second = followed(header).position(split < header.length ? split : 0);
            assertEquals(whole, decoder.decode(second));
            assertEquals(AFTER.length, second.remaining(), "left of what follows");
        }
        assertEquals(whole, byteByByte(header));
    }

    private static Preface byteByByte(byte[] bytes) {
        PrefaceDecoder decoder = new PrefaceDecoder();
        Preface last = new Preface.Incomplete();
        for (int i = 0; i < bytes.length && last instanceof Preface.Incomplete; i++) {
            last = decoder.decode(ByteBuffer.wrap(bytes, i, 1));
        }
        return last;
    }

    @ParameterizedTest
    @FieldSource("BAD")
    void refusesWhatIsNoHeader(byte[] header) {
        Preface whole = decode(header);
        assertInstanceOf(Preface.Malformed.class, whole, () -> new String(header, ISO_8859_1));
        assertEquals(whole, byteByByte(header));
    }

    @ParameterizedTest
    @CsvSource({"G, 1", "PROXX, 5", "PROXY\t, 6", "'\r\n\r\nX', 5", "'PROXY TCP4 1\n', 13"})
    void knowsAtTheFirstWrongByte(String text, int position) {
        ByteBuffer in = ByteBuffer.wrap((text + "and more").getBytes(ISO_8859_1));
        assertInstanceOf(Preface.Malformed.class, new PrefaceDecoder().decode(in));
        assertEquals(position, in.position());
    }

    /// Before anything of it has come.
    @Test
    void refusesALengthThatNobodyNeeds() {
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(SIGNATURE + "2011" + "1001"));
        assertInstanceOf(Preface.Malformed.class, new PrefaceDecoder().decode(in));
    }

    @Test
    void saysNothingThatATerminalWouldObey() {
        Preface.Malformed malformed = assertInstanceOf(Preface.Malformed.class, decode(line("TCP4 \u001b]0;x\u0007 \u009b2J 1 2")));
        assertTrue(malformed.reason().chars().allMatch(one -> one >= ' ' && one <= '~'), malformed::reason);
    }

    /// However it is changed: it never throws, never reads past its input, answers the same in one piece and in many, and holds no more than it may.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void keepsItsPromisesForWhateverComes(long seed) {
        Random random = new Random(seed);
        List<byte[]> seeds = Stream.concat(GOOD.stream(), BAD.stream()).toList();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = changed(seeds.get(random.nextInt(seeds.size())), random);
            ByteBuffer framed = ByteBuffer.allocate(bytes.length + 2).put((byte) 'P').put(bytes).put((byte) '\n').flip();
            ByteBuffer in = framed.slice(1, bytes.length);
            Preface whole = new PrefaceDecoder().decode(in);
            assertTrue(in.position() <= 16 + PrefaceDecoder.LONGEST);
            assertTrue(!(whole instanceof Preface.Incomplete) || !in.hasRemaining(), "it wants more and leaves some");
            PrefaceDecoder split = new PrefaceDecoder();
            Preface last = new Preface.Incomplete();
            int taken = 0;
            while (taken < bytes.length && last instanceof Preface.Incomplete) {
                ByteBuffer piece = ByteBuffer.wrap(bytes, taken, Math.min(1 + random.nextInt(40), bytes.length - taken));
                last = split.decode(piece);
                taken = piece.position();
            }
            assertEquals(whole, last, () -> HexFormat.of().formatHex(bytes));
            assertEquals(in.position(), taken);
        }
    }

    private static byte[] changed(byte[] seed, Random random) {
        byte[] bytes = Arrays.copyOf(seed, Math.min(seed.length + random.nextInt(4), 600));
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = "\r\n .:019fP".getBytes(ISO_8859_1)[random.nextInt(10)];
                default -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
            }
        }
        return bytes;
    }
}
