package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Feeding;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDecoderTest {

    private static final String BODY = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

    static Stream<Corpus.Case> corpus() {
        return Corpus.all();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void acceptsAndRefusesAsTheRfcAsks(Corpus.Case one) {
        List<Decoded<HttpRequest>> found = Shown.decoded(one.bytes());
        assertEquals(one.statuses(), Shown.statuses(found), () -> Shown.show(found).toString());
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void findsTheSameHoweverTheBytesAreCut(Corpus.Case one) {
        byte[] bytes = Shown.bytes(one.bytes());
        List<String> whole = Shown.show(Shown.decoded(one.bytes()));
        for (int piece : new int[] {1, 2, 7}) {
            assertEquals(whole, Shown.show(Feeding.feed(Shown.decoder(), bytes, piece, RequestLimits.DEFAULT)), () -> "in pieces of "
                    + piece);
        }
        for (int i = 0; i <= bytes.length; i++) {
            int offset = i;
            assertEquals(whole, Shown.show(Feeding.split(Shown.decoder(), bytes, i, RequestLimits.DEFAULT)), () -> "cut at " + offset);
        }
    }

    @Test
    void takesARequestApart() {
        HttpRequest request = Shown.request(
                "PUT /a%20b/./c/../%C3%A4?x=%20&y HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n"
                        + "accept:  text/html \r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc");
        assertEquals("PUT", request.method());
        assertEquals("/a%20b/./c/../%C3%A4?x=%20&y", request.target());
        assertEquals("/a b/\u00E4", request.path());
        assertEquals("x=%20&y", request.query());
        assertEquals(HttpVersion.HTTP_1_1, request.version());
        assertEquals("text/html", request.header("Accept"));
        assertEquals(List.of("1", "2"), request.headers().all("X-a"));
        assertEquals("X-A", request.headers().name(1));
        assertNull(request.header("X"));
        assertEquals("abc", request.bodyText());
    }

    @Test
    void putsChunksTogether() {
        HttpRequest request = Shown.request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;a=\"b\"\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nX-Sum: 9\r\n\r\n");
        assertEquals("hello 0123456789", request.bodyText());
        assertNull(request.header("X-Sum"));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "1.1, -, true", "1.1, close, false", "1.1, Keep-Alive, true", "1.1, 'x, CLOSE ,y', false", "1.1, 'close, keep-alive', false",
        "1.1, closed, true", "1.0, -, false", "1.0, keep-alive, true", "1.0, 'Keep-Alive, close', false", "1.0, close, false"
    })
    void keepsTheConnectionAsTheVersionAndTheClientSay(String version, String connection, boolean keep) {
        String field = connection == null ? "" : "Connection: " + connection + "\r\n";
        assertEquals(keep, Shown.request("GET / HTTP/" + version + "\r\nHost: a\r\n" + field + "\r\n").keepAlive());
    }

    @Test
    void tellsHowFarItIs() {
        Decoder<HttpRequest> decoder = Shown.decoder();
        String[] steps = {"", "\r", "\r\n", "\r\nG", "\r\nGET / HTTP/1.1\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r"};
        Stage[] stages = {Stage.BETWEEN, Stage.BETWEEN, Stage.BETWEEN, Stage.HEAD, Stage.HEAD, Stage.HEAD};
        byte[] all = Shown.bytes(steps[5] + "\n");
        ByteBuffer in = ByteBuffer.wrap(all).limit(0);
        for (int i = 0; i < steps.length; i++) {
            in.limit(steps[i].length());
            assertEquals(Decoded.incomplete(stages[i]), decoder.decode(in, RequestLimits.DEFAULT), steps[i]);
        }
        in.limit(all.length);
        assertEquals(Decoded.incomplete(Stage.BODY), decoder.decode(in, RequestLimits.DEFAULT));
    }

    @Test
    void takesOneRequestACall() {
        Decoder<HttpRequest> decoder = Shown.decoder();
        ByteBuffer in = ByteBuffer.wrap(Shown.bytes("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n"));
        var first = assertInstanceOf(Decoded.Complete.class, decoder.decode(in, RequestLimits.DEFAULT));
        assertEquals("GET /1", first.request().toString());
        assertEquals(19, in.remaining());
    }

    @Test
    void asksForABodyThatTheClientHoldsBack() {
        Decoder<HttpRequest> decoder = Shown.decoder();
        ByteBuffer head = ByteBuffer.wrap(Shown.bytes(BODY.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")));
        var interim = assertInstanceOf(Decoded.Interim.class, decoder.decode(head, RequestLimits.DEFAULT));
        byte[] bytes = new byte[interim.bytes().remaining()];
        interim.bytes().get(bytes);
        assertArrayEquals(Shown.bytes("HTTP/1.1 100 Continue\r\n\r\n"), bytes);
        assertEquals(Decoded.incomplete(Stage.BODY), decoder.decode(head, RequestLimits.DEFAULT));
        assertInstanceOf(Decoded.Complete.class, decoder.decode(ByteBuffer.wrap(Shown.bytes("hello")), RequestLimits.DEFAULT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", " , ,"})
    void asksForNoBodyWhenTheExpectationIsEmpty(String nothing) {
        byte[] bytes = Shown.bytes(BODY.replace("\r\n\r\n", "\r\nExpect: " + nothing + "\r\n\r\n"));
        assertEquals(Decoded.incomplete(Stage.BODY), Shown.decoder().decode(ByteBuffer.wrap(bytes), RequestLimits.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "/, a:80, a:80", "http://b/, a, b", "http://b:81?x, a, b:81", "http://[::1], '', [::1]", "/, '', ''", "/, -, -"
    })
    void takesTheHostOfTheTargetBeforeThatOfTheField(String target, String host, String authority) {
        String field = host == null ? "" : "Host: " + host + "\r\n";
        assertEquals(authority, Shown.request("GET " + target + " HTTP/1.0\r\n" + field + "\r\n").authority());
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1, 5, h", "HTTP/1.1, 0, ''", "HTTP/1.0, 5, ''"})
    void asksForNoBodyThatIsThereOrNoneOrOfAnOldClient(String version, int length, String sent) {
        byte[] bytes = Shown.bytes("PUT / " + version + "\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " + length + "\r\n\r\n"
                + sent);
        Decoded<HttpRequest> decoded = Shown.decoder().decode(ByteBuffer.wrap(bytes), RequestLimits.DEFAULT);
        assertFalse(decoded instanceof Decoded.Interim, () -> Shown.show(decoded));
    }

    @Test
    void knowsAHeadRequestThatItRefuses() {
        for (String bytes : List.of("HEAD / HTTP/1.1\r\n\r\n", "HEAD / HTTP/3.0\r\n\r\n", "HEAD /\r\n\r\n", "HEAD /" + "a".repeat(9000),
                "HEAD /\0")) {
            var refused = assertInstanceOf(Decoded.Malformed.class, Shown.decoded(bytes).getFirst());
            assertEquals("HEAD", assertInstanceOf(HttpRequest.class, refused.partial()).method());
        }
    }

    @Test
    void repeatsItsRefusal() {
        Decoder<HttpRequest> decoder = Shown.decoder();
        Decoded<HttpRequest> first = decoder.decode(ByteBuffer.wrap(Shown.bytes("\n")), RequestLimits.DEFAULT);
        assertEquals(first, decoder.decode(ByteBuffer.wrap(Shown.bytes("GET / HTTP/1.0\r\n\r\n")), RequestLimits.DEFAULT));
        assertEquals(first, decoder.decodeLast(ByteBuffer.allocate(0), RequestLimits.DEFAULT));
    }

    @Test
    void looksAtNoByteTwice() {
        LineScanner scanner = new LineScanner();
        byte[] bytes = Shown.bytes("GET / HTTP/1.1\r\n");
        ByteBuffer in = ByteBuffer.wrap(bytes).limit(10);
        assertEquals(LineScanner.UNFINISHED, scanner.find(in, 100));
        Arrays.fill(bytes, 0, 10, (byte) 0); // would be refused if it was read again
        assertEquals(16, scanner.find(in.limit(16), 100));
    }

    @Test
    void reservesNothingForABodyThatIsOnlyAnnounced() {
        RequestLimits generous = new RequestLimits(8192, 8192, Integer.MAX_VALUE, Long.MAX_VALUE);
        Decoder<HttpRequest>[] decoders = decoders(64);
        for (Decoder<HttpRequest> decoder : decoders) {
            ByteBuffer in = ByteBuffer.wrap(Shown.bytes(BODY.replace("5", "2000000000") + "x"));
            assertEquals(Decoded.incomplete(Stage.BODY), decoder.decode(in, generous));
            assertFalse(in.hasRemaining());
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static Decoder<HttpRequest>[] decoders(int count) {
        Decoder<HttpRequest>[] decoders = new Decoder[count];
        Arrays.setAll(decoders, i -> Shown.decoder());
        return decoders;
    }

    @Test
    void survivesAnyBytes() {
        Random random = new Random(20_260_101);
        List<Corpus.Case> corpus = Corpus.all().toList();
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = round % 4 == 0 ? new byte[random.nextInt(200)] : Shown.bytes(corpus.get(random.nextInt(corpus.size())).bytes());
            if (round % 4 == 0) {
                random.nextBytes(bytes);
            }
            for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            List<String> whole = Shown.show(Feeding.feed(Shown.decoder(), bytes, Integer.MAX_VALUE, RequestLimits.DEFAULT));
            int piece = 1 + random.nextInt(9);
            assertEquals(whole, Shown.show(Feeding.feed(Shown.decoder(), bytes, piece, RequestLimits.DEFAULT)));
            assertTrue(whole.size() <= bytes.length);
        }
    }
}
