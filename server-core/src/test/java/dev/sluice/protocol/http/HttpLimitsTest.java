package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Feeding;
import dev.sluice.protocol.RequestLimits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpLimitsTest {

    private static final RequestLimits SMALL = new RequestLimits(30, 60, 20, 1000);
    private static final String START = "POST / HTTP/1.1\r\nHost: a\r\n";
    private static final String CHUNKED = START + "Transfer-Encoding: chunked\r\n\r\n";

    /// The request line is what is repeated and 14 bytes.
    @ParameterizedTest
    @CsvSource({"16, 200", "17, 414", "60000, 414"})
    void boundTheRequestLine(int repeated, int status) {
        assertStatus(status, "GET /" + "a".repeat(repeated) + " HTTP/1.1\r\nHost: a\r\n\r\n", SMALL);
    }

    @Test
    void boundLinesThatNeverEnd() {
        assertStatus(414, "a".repeat(32), SMALL);
        assertStatus(431, "GET / HTTP/1.1\r\n" + "a".repeat(60), SMALL);
        assertStatus(400, "GET / HTTP/1.1\r\n" + "a".repeat(59), SMALL);
    }

    /// The section is what is repeated and 14 bytes.
    @ParameterizedTest
    @CsvSource({"46, 200", "47, 431", "60000, 431"})
    void boundTheHeaderSection(int repeated, int status) {
        assertStatus(status, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(repeated) + "\r\n\r\n", SMALL);
    }

    @ParameterizedTest
    @CsvSource({"255, 200", "256, 431", "5000, 431"})
    void boundTheNumberOfFields(int more, int status) {
        assertStatus(status, "GET / HTTP/1.1\r\nHost: a\r\n" + "X:\r\n".repeat(more) + "\r\n", RequestLimits.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({"20, 200", "21, 413", "2147483648, 413", "9223372036854775807, 413", "9999999999999999999999, 413"})
    void boundTheDeclaredBodyBeforeItComes(String length, int status) {
        String head = START + "Content-Length: " + length + "\r\n\r\n";
        assertStatus(status, status == 200 ? head + "b".repeat(20) : head, SMALL);
    }

    @ParameterizedTest
    @CsvSource({"10, 200", "11, 413"})
    void boundTheChunksTogether(int second, int status) {
        assertStatus(status, CHUNKED + "a\r\n0123456789\r\n" + Integer.toHexString(second) + "\r\n" + "b".repeat(second)
                + "\r\n0\r\n\r\n", SMALL);
    }

    /// A line of 18 bytes is free; the trailers share what is left.
    @ParameterizedTest
    @CsvSource({"1, 1, 200", "1, 56, 200", "1, 57, 431", "55, 13, 200", "55, 14, 431", "72, 1, 431", "73, 1, 431", "9000, 1, 431"})
    void boundExtensionsAndTrailersTogether(int extension, int trailer, int status) {
        String bytes = CHUNKED + "1;e=" + "x".repeat(extension) + "\r\nb\r\n0\r\nT:" + "y".repeat(trailer) + "\r\n\r\n";
        assertStatus(status, bytes, SMALL);
    }

    @ParameterizedTest
    @CsvSource({"10, 200", "11, 413"})
    void boundTheWholeRequest(int length, int status) {
        // 15 + 9 + 20 bytes of head with their line ends
        String head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
        int taken = head.length() - 2;
        assertStatus(status, head + "b".repeat(length), new RequestLimits(100, 100, 100, taken + 10));
    }

    /// A request without a body is its line and its section.
    @ParameterizedTest
    @CsvSource({"33, 200", "32, 431", "25, 431", "16, 431", "15, 414", "1, 414"})
    void boundTheWholeHead(int most, int status) {
        assertStatus(status, "GET / HTTP/1.1\r\nHost: a\r\nX: aaa\r\n\r\n", new RequestLimits(100, 100, 100, most));
    }

    private static void assertStatus(int status, String bytes, RequestLimits limits) {
        List<Decoded<HttpRequest>> whole = Shown.decoded(bytes, limits);
        assertEquals(List.of(status), Shown.statuses(whole), () -> Shown.show(whole).toString());
        assertEquals(Shown.show(whole), Shown.show(Feeding.feed(Shown.decoder(), Shown.bytes(bytes), 1, limits)));
    }
}
