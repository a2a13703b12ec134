package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Feeding;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies that are too large for memory: what the decoder hands out, and what can be done with what comes of it.
class HttpSpoolTest {

    private static final int STEP = 64 << 10;
    private static final RequestLimits LIMITS = new RequestLimits(1000, 1000, 10 << 20, 1 << 20, 100);

    @TempDir
    Path folder;

    private final SpoolFile.Place place = new SpoolFile.Place() {
        @Override
        public Path create() throws IOException {
            return Files.createTempFile(folder, "", "");
        }

        @Override
        public void delete(Path file) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    };

    private static String announced(int length) {
        return "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /// Decodes as a driver does, and writes what is to be written.
    private HttpRequest decoded(String head, byte[] body, String end, int piece, RequestLimits limits) throws IOException {
        byte[] all = new byte[head.length() + body.length + end.length()];
        System.arraycopy(Shown.bytes(head), 0, all, 0, head.length());
        System.arraycopy(body, 0, all, head.length(), body.length);
        System.arraycopy(Shown.bytes(end), 0, all, head.length() + body.length, end.length());
        Decoder<HttpRequest> decoder = Shown.decoder();
        ByteBuffer in = ByteBuffer.wrap(all).limit(0);
        while (true) {
            switch (decoder.decode(in, limits)) {
                case Decoded.Complete<HttpRequest>(HttpRequest request) -> {
                    assertEquals(all.length, in.position());
                    return request;
                }
                case Decoded.Spool<HttpRequest>(SpoolFile file, ByteBuffer bytes) -> file.append(bytes, place);
                case Decoded.Incomplete<HttpRequest>(Stage stage) -> in.limit(Math.min(all.length, in.limit() + piece));
                case Decoded.Interim<HttpRequest> interim -> throw new AssertionError(interim);
                case Decoded.Malformed<HttpRequest> malformed -> throw new AssertionError(malformed);
            }
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private HttpBody body(int length) throws IOException {
        return decoded(announced(length), random(length), "", Integer.MAX_VALUE, LIMITS).body();
    }

    @ParameterizedTest
    @CsvSource({"100, 1", "101, 1", "101, 100000000", "65536, 1000", "65537, 65537", "300000, 4099", "300000, 100000000"})
    void aBodyIsTheSameHoweverItCame(int length, int piece) throws IOException {
        byte[] sent = random(length);
        HttpBody announced = decoded(announced(length), sent, "", piece, LIMITS).body();
        HttpBody chunked = decoded("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(length) + "\r\n",
                sent, "\r\n0\r\nTrailer: x\r\n\r\n", piece, LIMITS).body();
        for (HttpBody body : List.of(announced, chunked)) {
            assertEquals(length, body.length());
            assertEquals(length > 100, body.file() != null);
            assertArrayEquals(sent, body.bytes());
            try (InputStream in = body.stream()) {
                assertArrayEquals(sent, in.readAllBytes());
            }
            body.close();
        }
    }

    /// Small chunks, of which none alone would have to be in a file.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, Integer.MAX_VALUE})
    void theStepsDependOnTheBodyAloneAndNotOnHowItCame(int piece) {
        StringBuilder sent = new StringBuilder("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 3000; i++) {
            sent.append("32\r\n").append("x".repeat(0x32)).append("\r\n");
        }
        List<Decoded<HttpRequest>> found = Feeding.feed(Shown.decoder(), Shown.bytes(sent + "0\r\n\r\n"), piece, LIMITS);
        List<Integer> steps = found.stream().filter(one -> one instanceof Decoded.Spool)
                .map(one -> ((Decoded.Spool<HttpRequest>) one).bytes().remaining()).toList();
        assertEquals(List.of(STEP, STEP, 150_000 - 2 * STEP), steps);
        assertInstanceOf(Decoded.Complete.class, found.getLast());
        assertEquals(1, found.stream().filter(one -> one instanceof Decoded.Spool).map(one -> ((Decoded.Spool<HttpRequest>) one).file()).distinct().count());
    }

    @Test
    void whatGoesIntoAFileIsBoundedByTheLimitOfBodiesAlone() throws IOException {
        RequestLimits small = new RequestLimits(100, 100, 200_000, 400, 100);
        assertEquals(200_000, decoded(announced(200_000), random(200_000), "", 100, small).body().length());
        assertEquals(413, Shown.statuses(Shown.decoded(announced(200_001), small)).getFirst());
        RequestLimits noRoom = new RequestLimits(100, 100, 200_000, 60, 100);
        assertEquals(413, Shown.statuses(Shown.decoded(announced(200), noRoom)).getFirst(), "where less would not fit into memory");
    }

    @Test
    void aBodyOfMoreThanAGibibyteMayBeAnnounced() {
        RequestLimits large = new RequestLimits(100, 100, 1L << 40, 1000, 100);
        Decoder<HttpRequest> decoder = Shown.decoder();
        String head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + (1L << 40) + "\r\n\r\n";
        assertEquals(Decoded.incomplete(Stage.BODY), decoder.decode(ByteBuffer.wrap(Shown.bytes(head)), large));
        assertEquals(413, Shown.statuses(Shown.decoded(head.replace("1099511627776", "1099511627777"), large)).getFirst());
    }

    @Test
    void aBodyInAFileCanBeMovedAway() throws IOException {
        HttpBody body = body(1000);
        Path target = folder.resolve("kept");
        body.saveTo(target);
        assertArrayEquals(random(1000), Files.readAllBytes(target));
        body.close();
        assertThrows(NoSuchFileException.class, body::stream);
        assertArrayEquals(random(1000), Files.readAllBytes(target), "after the request");
    }

    @Test
    void aBodyInMemoryCanBeSavedToo() throws IOException {
        HttpBody body = body(10);
        assertNull(body.file());
        body.saveTo(folder.resolve("small"));
        assertArrayEquals(random(10), Files.readAllBytes(folder.resolve("small")));
    }

    @Test
    void aFileTooLargeForMemoryIsNotReadIntoIt() throws IOException {
        HttpBody body = body(1000);
        String refused = assertThrows(IllegalStateException.class, () -> body.bytes(999)).getMessage();
        assertTrue(refused.startsWith("the body has 1000 bytes, more than the 999 that are read into memory"), refused);
        assertEquals(1000, body.bytes(1000).length);
    }

    @Test
    void theFileIsGoneOnceItIsClosedAndSaysSo() throws IOException {
        HttpBody body = body(1000);
        Path file = body.file();
        body.close();
        body.close();
        Awaitility.await().pollDelay(Duration.ZERO).until(() -> !Files.exists(file));
        assertTrue(assertThrows(NoSuchFileException.class, body::stream).getMessage().contains("its body is gone"));
        assertThrows(UncheckedIOException.class, body::bytes);
    }

    @Test
    void nothingIsWrittenToAFileThatIsClosed() {
        SpoolFile file = new SpoolFile();
        file.close();
        assertThrows(IOException.class, () -> file.append(ByteBuffer.allocate(1), place));
        assertEquals(0, Arrays.stream(folder.toFile().list()).count());
    }
}
