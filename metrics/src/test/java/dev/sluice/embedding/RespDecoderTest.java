package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import dev.sluice.wire.RequestReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The decoder of the RESP cache finds the same requests wherever what comes is split.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RespDecoderTest {

    private static final byte[] STREAM = ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nline\r\n*1\r\n$1\r\n"
            + "PING\r\n\r\n*0\r\n*-1\r\n  SET  a b \n*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nget\r\n$0\r\n\r\nGET k\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final List<String> REQUESTS =
            List.of("[SET, k, line\r\n*1\r\n$1]", "[PING]", "[SET, a, b]", "[PING]", "[get, ]", "[GET, k]");

    private URLClassLoader loader;
    private Protocol<?, ?> protocol;

    @BeforeAll
    void load(@TempDir Path classes) throws Exception {
        Programs.compile(classes, List.of(Programs.FOLDER.resolve("RespCache.java")));
        loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
        Constructor<?> constructor = loader.loadClass("RespCache$Resp").getDeclaredConstructor();
        constructor.setAccessible(true);
        protocol = (Protocol<?, ?>) constructor.newInstance();
    }

    @AfterAll
    void close() throws Exception {
        loader.close();
    }

    @Test
    void splitInTwoAnywhere() throws Exception {
        for (int at = 0; at <= STREAM.length; at++) {
            assertEquals(REQUESTS, requests(at, STREAM.length - at), "split at " + at);
        }
    }

    @Test
    void splitInPiecesOfAnySize() throws Exception {
        for (int size = 1; size < STREAM.length; size++) {
            int[] pieces = new int[STREAM.length / size + 1];
            Arrays.fill(pieces, size);
            assertEquals(REQUESTS, requests(pieces), "pieces of " + size);
        }
    }

    @Test
    void saysHowFarItIs() {
        assertEquals(Stage.BETWEEN, stage(""));
        assertEquals(Stage.BETWEEN, stage("*1\r\n$4\r\nPING\r\n"));
        assertEquals(Stage.BETWEEN, stage("\r\n*0\r\n"));
        assertEquals(Stage.HEAD, stage("*"));
        assertEquals(Stage.HEAD, stage("*1\r"));
        assertEquals(Stage.HEAD, stage("PIN"));
        assertEquals(Stage.BODY, stage("*1\r\n"));
        assertEquals(Stage.BODY, stage("*1\r\n$4\r\nPING\r"));
    }

    @Test
    void refusesALineThatBecomesTooLongByALowerLimit() {
        RequestReader<?> reader = new RequestReader<>(protocol.newDecoder());
        ByteBuffer begun = StandardCharsets.US_ASCII.encode("x".repeat(100));
        assertEquals(Decoded.incomplete(Stage.HEAD), reader.next(begun, RequestLimits.DEFAULT));
        reader.hold(begun);
        RequestLimits lower = new RequestLimits(50, 32 << 10, 1 << 20, 2 << 20);
        assertEquals(Decoded.malformed(0, "too big inline request"), reader.next(StandardCharsets.US_ASCII.encode("x"), lower));
    }

    private Stage stage(String sent) {
        RequestReader<?> reader = new RequestReader<>(protocol.newDecoder());
        ByteBuffer fresh = StandardCharsets.US_ASCII.encode(sent);
        while (true) {
            Decoded<?> decoded = reader.next(fresh, RequestLimits.DEFAULT);
            if (decoded instanceof Decoded.Incomplete<?>(Stage stage)) {
                return stage;
            }
        }
    }

    /// What is found when the stream comes in pieces of these sizes.
    private List<String> requests(int... pieces) throws Exception {
        RequestReader<?> reader = new RequestReader<>(protocol.newDecoder());
        List<String> found = new ArrayList<>();
        int from = 0;
        for (int piece : pieces) {
            int to = Math.min(STREAM.length, from + piece);
            ByteBuffer fresh = ByteBuffer.allocateDirect(to - from).put(STREAM, from, to - from).flip();
            for (Decoded<?> next = reader.next(fresh, RequestLimits.DEFAULT); next instanceof Decoded.Complete<?>(Object request);
                    next = reader.next(fresh, RequestLimits.DEFAULT)) {
                found.add(words(request));
            }
            reader.hold(fresh);
            from = to;
        }
        return found;
    }

    private static String words(Object request) throws ReflectiveOperationException {
        Method words = request.getClass().getDeclaredMethod("words");
        words.setAccessible(true);
        return Arrays.stream((byte[][]) words.invoke(request)).map(word -> new String(word, StandardCharsets.US_ASCII)).toList().toString();
    }
}
