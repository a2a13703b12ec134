package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.RecordingSink;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEncodeTest {

    private static final Instant NOW = Instant.parse("2026-03-01T04:05:06.789Z");
    private static final String DATE = "Date: Sun, 01 Mar 2026 04:05:06 GMT\r\n";
    private static final HttpResponse HI = HttpResponse.text(200, "hi");
    private static final String HI_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n";

    private final HttpProtocol protocol = new HttpProtocol(() -> NOW);

    @ParameterizedTest
    @CsvSource({
        "GET, 1.1, '', false, '', KEEP_OPEN", "GET, 1.1, '', true, close, CLOSE", "GET, 1.1, close, false, close, CLOSE",
        "GET, 1.0, '', false, close, CLOSE", "GET, 1.0, keep-alive, false, keep-alive, KEEP_OPEN",
        "GET, 1.0, keep-alive, true, close, CLOSE",
        "HEAD, 1.1, '', false, '', KEEP_OPEN", "HEAD, 1.1, '', true, close, CLOSE"
    })
    void saysWhatBecomesOfTheConnection(String method, String version, String asked, boolean last, String answered, Ending ending) {
        RecordingSink out = new RecordingSink();
        assertEquals(ending, protocol.encode(request(method, version, asked), HI, last, out));
        String connection = answered.isEmpty() ? "" : "Connection: " + answered + "\r\n";
        assertEquals(HI_HEAD + connection + DATE + "\r\n" + (method.equals("HEAD") ? "" : "hi"), out.text());
    }

    static Stream<Arguments> responses() {
        return Stream.of(
                Arguments.of(HttpResponse.of(200), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + DATE + "\r\n"),
                Arguments.of(HttpResponse.of(204), "HTTP/1.1 204 No Content\r\n" + DATE + "\r\n"),
                Arguments.of(HI.withHeader("X", "\u00E4"), HI_HEAD.replace("Content-L", "X: \u00E4\r\nContent-L") + DATE + "\r\nhi"),
                Arguments.of(HttpResponse.of(304).withHeader("ETag", "\"1\""), "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n" + DATE
                        + "\r\n"),
                Arguments.of(HttpResponse.text(304, "dropped"),
                        "HTTP/1.1 304 Not Modified\r\nContent-Type: text/plain; charset=utf-8\r\n" + DATE + "\r\n"),
                Arguments.of(HttpResponse.text(205, "dropped"),
                        "HTTP/1.1 205 Reset Content\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n" + DATE + "\r\n"),
                Arguments.of(HI.withHeader("Content-Length", "2"), HI_HEAD + DATE + "\r\nhi"),
                Arguments.of(HttpResponse.of(299), "HTTP/1.1 299 \r\nContent-Length: 0\r\n" + DATE + "\r\n"),
                Arguments.of(HttpResponse.of(200).withHeader("Date", "mine"),
                "HTTP/1.1 200 OK\r\nDate: mine\r\nContent-Length: 0\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void writesResponses(HttpResponse response, String bytes) {
        assertEquals(bytes, written(request("GET", "1.1", ""), response, Ending.KEEP_OPEN));
        assertEquals(bytes, written(request("GET", "1.1", ""), response, Ending.KEEP_OPEN));
    }

    @Test
    void closesWhenTheHandlerAsks() {
        String bytes = written(request("GET", "1.1", ""), HI.withHeader("connection", "Close"), Ending.CLOSE);
        assertEquals(HI_HEAD + "Connection: close\r\n" + DATE + "\r\nhi", bytes);
    }

    @Test
    void sendsARegionOfAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "0123456789");
        FileChannel channel = FileChannel.open(file);
        HttpResponse response = HttpResponse.file(206, "a/b", channel, 2, 5);
        String bytes = written(request("GET", "1.1", ""), response, Ending.KEEP_OPEN);
        assertEquals("HTTP/1.1 206 Partial Content\r\nContent-Type: a/b\r\nContent-Length: 5\r\n" + DATE + "\r\n23456", bytes);
        assertFalse(channel.isOpen());
    }

    @Test
    void closesTheFileOfAResponseToHead(@TempDir Path folder) throws Exception {
        FileChannel channel = FileChannel.open(Files.writeString(folder.resolve("a"), "0123456789"));
        String bytes = written(request("HEAD", "1.1", ""), HttpResponse.file(200, "a/b", channel, 0, 10), Ending.KEEP_OPEN);
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 10\r\n" + DATE + "\r\n", bytes);
        assertFalse(channel.isOpen());
    }

    @Test
    void sendsASourceInChunks() {
        TextSource source = new TextSource("hello world", 6);
        String bytes = written(request("GET", "1.1", ""), HttpResponse.source(200, "a/b", source), Ending.KEEP_OPEN);
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n" + DATE
                + "\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n", bytes);
        assertEquals(1, source.closed());
    }

    @Test
    void endsASourceForAnOldClientByClosing() {
        TextSource source = new TextSource("hello world", 6);
        String bytes = written(request("GET", "1.0", "keep-alive"), HttpResponse.source(200, "a/b", source), Ending.CLOSE);
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nConnection: close\r\n" + DATE + "\r\nhello world", bytes);
        assertEquals(1, source.closed());
    }

    @ParameterizedTest
    @CsvSource({"1.0, false", "1.1, false", "1.0, true", "1.1, true"})
    void sendsASourceOfKnownLengthAsItIs(String version, boolean declared) {
        TextSource source = new TextSource("hello world", 6);
        HttpResponse response = declared ? HttpResponse.source(200, "a/b", source).withHeader("content-length", "11")
                : HttpResponse.source(200, "a/b", source, 11);
        String connection = version.equals("1.0") ? "Connection: keep-alive\r\n" : "";
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 11\r\n" + connection + DATE + "\r\nhello world",
                written(request("GET", version, "keep-alive"), response, Ending.KEEP_OPEN));
        assertEquals(1, source.closed());
    }

    @ParameterizedTest
    @CsvSource({"0, 'declared to be 0 bytes long, but goes on'", "10, 'declared to be 10 bytes long, but goes on'",
        "12, 'declared to be 12 bytes long, but ends 1 bytes before'", "99, 'declared to be 99 bytes long, but ends 88 bytes before'"})
    void failsWhenASourceHasAnotherLengthThanDeclared(long length, String why) {
        for (int room : new int[] {1, 6, 100}) {
            TextSource inner = new TextSource("hello world", 6);
            ByteBuffer sent = ByteBuffer.allocate(200);
            SizedSource source = new SizedSource(inner, length);
            IllegalStateException failed = assertThrows(IllegalStateException.class, () -> {
                ByteBuffer into = ByteBuffer.allocate(room);
                while (source.pull(into, () -> {}) >= 0) {
                    sent.put(into.flip());
                    into.clear();
                }
            });
            assertEquals("the body was " + why, failed.getMessage());
            assertEquals("hello world".substring(0, (int) Math.min(length, 11)), new String(sent.array(), 0, sent.position(),
                    StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aSourceOfKnownLengthWaitsAndDrainsAndIsClosed() throws Exception {
        TextSource inner = new TextSource("abcd", 2);
        inner.pauseOnce();
        SizedSource source = new SizedSource(inner, 2);
        ByteBuffer into = ByteBuffer.allocate(100);
        assertEquals(0, source.pull(into, () -> {}));
        assertEquals(2, source.pull(into, () -> {}));
        inner.pauseOnce();
        assertEquals(0, source.pull(into, () -> {}));
        source.drainBegan();
        assertEquals(-1, source.pull(into, () -> {}));
        assertEquals(2, into.position());
        source.close();
        assertEquals(1, inner.closed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1"})
    void closesTheSourceOfAResponseToHead(String version) {
        TextSource source = new TextSource("hello", 5);
        HttpRequest head = request("HEAD", version, "keep-alive");
        String connection = version.equals("1.0") ? "Connection: keep-alive\r\n" : "";
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n" + connection + DATE + "\r\n",
                written(head, HttpResponse.source(200, "a/b", source), Ending.KEEP_OPEN));
        assertEquals(1, source.closed());
    }

    static Stream<Arguments> refusals() {
        String later = "Retry-After: 1\r\n";
        return Stream.of(
                Arguments.of(new Refusal.Malformed(431, "why"), "431 Request Header Fields Too Large", "why", ""),
                Arguments.of(new Refusal.Malformed(0, "why"), "400 Bad Request", "why", ""),
                Arguments.of(new Refusal.TimedOut(Stage.HEAD), "408 Request Timeout", "the request took too long to arrive", ""),
                Arguments.of(new Refusal.TimedOut(Stage.BODY), "408 Request Timeout", "the request took too long to arrive", ""),
                Arguments.of(new Refusal.Overloaded(), "503 Service Unavailable", "the server is busy", later),
                Arguments.of(new Refusal.TooManyConnections(), "503 Service Unavailable", "the server has too many connections", later),
                Arguments.of(new Refusal.Draining(), "503 Service Unavailable", "the server is draining", later),
                Arguments.of(new Refusal.HandlerFailed(), "500 Internal Server Error", "the request could not be answered", ""),
                Arguments.of(new Refusal.HandlerTimedOut(), "503 Service Unavailable", "the request took too long to answer", later),
                Arguments.of(new Refusal.Kicked(), "503 Service Unavailable", "the connection was ended by an operator", later));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesInWords(Refusal why, String status, String detail, String fields) {
        String body = status + ": " + detail + "\n";
        String head = "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; charset=utf-8\r\n" + fields + "Content-Length: " + body.length()
                + "\r\nConnection: close\r\n" + DATE + "\r\n";
        assertEquals(head + body, refused(request("GET", "1.0", "keep-alive"), why));
        assertEquals(head, refused(request("HEAD", "1.1", ""), why));
        if (!(why instanceof Refusal.Kicked)) {
            assertEquals(head + body, refused(null, why));
        }
    }

    @Test
    void keepsSilentWhereNothingWasAsked() {
        assertEquals("", refused(null, new Refusal.Kicked()));
        assertEquals("", refused(null, new Refusal.TimedOut(Stage.BETWEEN)));
    }

    @Test
    void takesTheClockOfItsServerUnlessItWasGivenOne() {
        Instant servers = NOW.plusSeconds(60);
        assertEquals("Date: Sun, 01 Mar 2026 04:06:06 GMT", dateBy(new HttpProtocol().withClock(() -> servers)));
        assertEquals("Date: Sun, 01 Mar 2026 04:05:06 GMT", dateBy(protocol.withClock(() -> servers)));
    }

    private static String dateBy(Protocol<HttpRequest, HttpResponse> clocked) {
        RecordingSink out = new RecordingSink();
        clocked.encode(request("GET", "1.1", ""), HttpResponse.of(200), false, out);
        return out.text().lines().filter(line -> line.startsWith("Date")).findFirst().orElse("");
    }

    @Test
    void makesTheDateOnceASecond() {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        DateLine date = new DateLine(now::get);
        byte[] first = date.withHeadEnd();
        now.set(NOW.plusMillis(200));
        assertSame(first, date.withHeadEnd());
        now.set(Instant.parse("2026-12-31T23:59:59Z"));
        assertEquals("Date: Thu, 31 Dec 2026 23:59:59 GMT\r\n\r\n", new String(date.withHeadEnd(), StandardCharsets.US_ASCII));
        now.set(NOW);
        assertEquals(DATE + "\r\n", new String(date.withHeadEnd(), StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({"200, SUCCESS", "304, SUCCESS", "404, CLIENT_ERROR", "500, SERVER_ERROR"})
    void countsByStatus(int status, Outcome outcome) {
        assertEquals(outcome, protocol.outcome(HttpResponse.of(status)));
    }

    @Test
    void describesARequest() {
        StringBuilder into = new StringBuilder();
        protocol.describe(HttpRequest.of("GET", "/a?b"), into);
        assertEquals("GET /a?b", into.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "a\nb", "a\rb", "a\0", "\u0007", "\u007F", "\u0100", "\uD83D\uDE00"})
    void refusesValuesThatCouldForgeAField(String value) {
        assertThrows(IllegalArgumentException.class, () -> HI.withHeader("X", value));
        assertThrows(IllegalArgumentException.class, () -> HttpResponse.of(200, value, new byte[0]));
    }

    @ParameterizedTest
    @CsvSource({"content-length, 1", "content-length, +2", "Content-Length, ''",
        "Content-Length, 9223372036854775808", "Transfer-Encoding, chunked", "te, trailers", "Trailer, X", "Upgrade, h2c", "KEEP-ALIVE, a",
        "Proxy-Connection, close", "Connection, keep-alive", "'', x", "a b, x", "a:, x", "\u00E4, x"})
    void refusesFieldsThatAreNotTheHandlers(String name, String value) {
        assertThrows(IllegalArgumentException.class, () -> HI.withHeader(name, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-type", "Location", "ETag", "Last-Modified", "Date", "Retry-After", "Content-Range", "Expires", "Age"})
    void replacesAFieldOfWhichThereCanBeOne(String name) {
        HttpResponse response = HI.withHeader("X-Before", "1").withHeader(name, "old").withHeader("X-After", "2").withHeader(name, "new");
        assertEquals(List.of("new"), response.headers().all(name));
        assertEquals(List.of("1", "2"), List.of(response.headers().value(1), response.headers().value(response.headers().size() - 1)));
        assertFalse(written(request("GET", "1.1", ""), response, Ending.KEEP_OPEN).contains("old"));
        assertEquals("text/plain; charset=utf-8", HI.headers().first("Content-Type"), "what it was made of is as it was");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Set-Cookie", "Vary", "Cache-Control", "Link", "WWW-Authenticate", "Allow", "X-Own"})
    void addsToAFieldOfWhichThereCanBeSeveral(String name) {
        assertEquals(List.of("a", "b"), HI.withHeader(name, "a").withHeader(name, "b").headers().all(name));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 100, 199, 600})
    void refusesStatusesThatAreNoFinalAnswer(int status) {
        assertThrows(IllegalArgumentException.class, () -> HttpResponse.of(status));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 63, 64, 65, 300, 5000})
    void chunksFitAnyRoom(int room) throws Exception {
        String text = "0123456789abcdef".repeat(40);
        for (int step : new int[] {1, 15, 16, 17, 255, 256, 257, 1000}) {
            RecordingSink out = new RecordingSink();
            try (ChunkedSource source = new ChunkedSource(new TextSource(text, step))) {
                ByteBuffer into = ByteBuffer.allocate(room);
                while (source.pull(into, () -> {}) > 0) {
                    out.put(into.flip());
                    into.clear();
                }
            }
            String body = Shown.request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + out.text()).bodyText();
            assertEquals(text, body);
        }
    }

    @Test
    void chunksWaitWithTheirSource() throws Exception {
        TextSource inner = new TextSource("ab", 1);
        inner.pauseOnce();
        ChunkedSource source = new ChunkedSource(inner);
        ByteBuffer into = ByteBuffer.allocate(100);
        assertEquals(0, source.pull(into, () -> {}));
        assertEquals(0, into.position());
        assertEquals(6, source.pull(into, () -> {}));
        source.drainBegan();
        assertEquals(5, source.pull(into, () -> {}));
        assertEquals(-1, source.pull(into, () -> {}));
        source.close();
        assertEquals(1, inner.closed());
    }

    private String written(HttpRequest request, HttpResponse response, Ending expected) {
        RecordingSink out = new RecordingSink();
        assertEquals(expected, protocol.encode(request, response, false, out));
        return out.text();
    }

    private String refused(HttpRequest request, Refusal why) {
        RecordingSink out = new RecordingSink();
        assertEquals(Ending.CLOSE, protocol.refuse(request, why, out));
        return out.text();
    }

    private static HttpRequest request(String method, String version, String connection) {
        HttpVersion spoken = version.equals("1.0") ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        Headers headers = connection.isEmpty() ? Headers.EMPTY : Headers.of("Connection", connection);
        return HttpRequest.of(method, "/", spoken, headers, new byte[0]);
    }
}
