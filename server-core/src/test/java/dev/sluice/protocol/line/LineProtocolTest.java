package dev.sluice.protocol.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Feeding;
import dev.sluice.protocol.RecordingSink;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineProtocolTest {

    private static final RequestLimits LIMITS = new RequestLimits(10, 10, 10, 100);
    private static final String TOO_LONG = "! line longer than 10 bytes";
    private static final String NOT_UTF_8 = "! line is not UTF-8";

    private final LineProtocol protocol = new LineProtocol();

    static Stream<Arguments> streams() {
        return Stream.of(
                Arguments.of("", List.of()), Arguments.of("\n", List.of("")), Arguments.of("\r\n", List.of("")),
                Arguments.of("a\nb\r\nc", List.of("a", "b", "c")), Arguments.of("a\r", List.of("a")),
                Arguments.of("a\rb\n", List.of("a\rb")),
                Arguments.of("a\r\r\n", List.of("a\r")),
                Arguments.of("0123456789\n0123456789\r\n0123456789", List.of("0123456789", "0123456789", "0123456789")),
                Arguments.of("01234567890\n", List.of(TOO_LONG)), Arguments.of("01234567890\r\n", List.of(TOO_LONG)),
                Arguments.of("01234567890", List.of(TOO_LONG)), Arguments.of("a\n" + "0".repeat(1000), List.of("a", TOO_LONG)),
                Arguments.of("\u00C3\u00A4\n", List.of("\u00E4")), Arguments.of("\u00EF\u00BF\u00BD\n", List.of("\uFFFD")),
                Arguments.of("a\n\u00E4\nb\n", List.of("a", NOT_UTF_8)), Arguments.of("\u00C3", List.of(NOT_UTF_8)),
                Arguments.of("\u00ED\u00A0\u0080\n", List.of(NOT_UTF_8)), Arguments.of("a\0b\n", List.of("a\0b")));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void takesLinesHoweverTheBytesAreCut(String latin1, List<String> expected) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        for (int piece : new int[] {1, 2, 7, 10_000}) {
            assertEquals(expected, shown(Feeding.feed(protocol.newDecoder(), bytes, piece, LIMITS)));
        }
        for (int offset = 0; offset <= bytes.length; offset++) {
            assertEquals(expected, shown(Feeding.split(protocol.newDecoder(), bytes, offset, LIMITS)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123\n", "012\r\n", "0123"})
    void aLineIsBoundedAsARequestTooWithItsEnd(String most) {
        RequestLimits limits = new RequestLimits(10, 10, 10, 5);
        for (int piece : new int[] {1, 2, 100}) {
            assertEquals(List.of(most.strip()), shown(Feeding.feed(protocol.newDecoder(), most.getBytes(StandardCharsets.UTF_8), piece, limits)));
            assertEquals(List.of("! line longer than 5 bytes, its end included"),
                    shown(Feeding.feed(protocol.newDecoder(), ("x" + most).getBytes(StandardCharsets.UTF_8), piece, limits)));
        }
    }

    private static List<String> shown(List<Decoded<String>> found) {
        return found.stream().map(one -> switch (one) {
            case Decoded.Complete<String>(String line) -> line;
            case Decoded.Malformed<String>(_, _, String detail) -> "! " + detail;
            case Decoded.Incomplete<String> _, Decoded.Interim<String> _, Decoded.Spool<String> _ -> "more";
        }).toList();
    }

    @Test
    void tellsWhetherALineHasBegun() {
        Decoder<String> decoder = protocol.newDecoder();
        assertEquals(Decoded.incomplete(Stage.BETWEEN), decoder.decode(ByteBuffer.allocate(0), LIMITS));
        assertEquals(Decoded.incomplete(Stage.HEAD), decoder.decode(ByteBuffer.wrap(new byte[] {'a'}), LIMITS));
    }

    @Test
    void looksAtNoByteTwice() {
        Decoder<String> decoder = protocol.newDecoder();
        byte[] bytes = {'a', 'b', 'c', '\n'};
        decoder.decode(ByteBuffer.wrap(bytes, 0, 3), LIMITS);
        Arrays.fill(bytes, 0, 3, (byte) '\n'); // would end the line if it was searched again
        assertEquals(Decoded.complete("\n\n\n"), decoder.decode(ByteBuffer.wrap(bytes), LIMITS));
    }

    @Test
    void speaksOtherCharsetsAndLineEnds() {
        LineProtocol latin1 = new LineProtocol(StandardCharsets.ISO_8859_1, "\r\n");
        assertEquals(Decoded.complete("\u00E4"), latin1.newDecoder().decode(ByteBuffer.wrap(new byte[] {(byte) 0xE4, '\n'}), LIMITS));
        RecordingSink out = new RecordingSink();
        assertEquals(Ending.KEEP_OPEN, latin1.encode("a", "\u00E4", true, out));
        assertEquals("\u00E4\r\n", out.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32", "IBM037"})
    void refusesCharsetsWhoseLinesEndElsewhere(String charset) {
        assertThrows(IllegalArgumentException.class, () -> new LineProtocol(Charset.forName(charset), "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r", "\n\n"})
    void refusesOtherLineEnds(String lineEnd) {
        assertThrows(IllegalArgumentException.class, () -> new LineProtocol(StandardCharsets.UTF_8, lineEnd));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(new Refusal.Malformed(0, "line longer than 8192 bytes"), "error: line longer than 8192 bytes\n", Ending.CLOSE),
                Arguments.of(new Refusal.TimedOut(Stage.BETWEEN), "", Ending.CLOSE),
                Arguments.of(new Refusal.TimedOut(Stage.HEAD), "error: timed out\n", Ending.CLOSE),
                Arguments.of(new Refusal.Overloaded(), "error: busy\n", Ending.KEEP_OPEN),
                Arguments.of(new Refusal.TooManyConnections(), "error: too many connections\n", Ending.CLOSE),
                Arguments.of(new Refusal.Draining(), "error: server is draining\n", Ending.CLOSE),
                Arguments.of(new Refusal.HandlerFailed(), "error: request failed\n", Ending.KEEP_OPEN),
                Arguments.of(new Refusal.HandlerTimedOut(), "error: request took too long\n", Ending.KEEP_OPEN),
                Arguments.of(new Refusal.Kicked(), "error: disconnected by an operator\n", Ending.CLOSE));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesInWords(Refusal why, String words, Ending ending) {
        RecordingSink out = new RecordingSink();
        assertEquals(ending, protocol.refuse(null, why, out));
        assertEquals(words, out.text());
    }
}
