package dev.sluice.transport.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.TlsConfig;
import dev.sluice.protocol.PeerTls;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tlschannel.ClientTlsChannel;
import tlschannel.TlsChannel;
import tlschannel.TlsChannelFlowControlException;

/// Over streams that split everywhere, in both directions, and have room for little.
@Timeout(60)
class TlsStreamTest {

    private static final Authority AUTHORITY = new Authority("test authority");

    @TempDir
    static Path folder;

    private static TlsConfig config = TlsConfig.of(Path.of("none"), Path.of("none"));

    @BeforeAll
    static void issue() {
        Authority.Issued issued = AUTHORITY.issue(folder, "localhost", "localhost");
        config = TlsConfig.of(issued.certificate(), issued.key());
    }

    static Stream<Arguments> versionsAndPieces() {
        return TlsConfig.VERSIONS.stream().flatMap(version -> Stream.of(
                Arguments.of(version, 7, 40), Arguments.of(version, 1_000, 5_000), Arguments.of(version, 100_000, 200_000)));
    }

    static Stream<Arguments> alsoEachByte() {
        return Stream.concat(versionsAndPieces(), Stream.of(Arguments.of("TLSv1.3", 1, 7)));
    }

    /// Both ends, driven by one thread in turns.
    private static final class Pair {
        final Pipe pipe;
        final TlsStream server;
        final TlsChannel client;

        Pair(String version, int piece, int room) throws Exception {
            this(version, piece, room, List.of());
        }

        Pair(String version, int piece, int room, List<String> applicationProtocols) throws Exception {
            pipe = new Pipe(piece, room);
            server = new TlsStream(TlsIdentity.load(config, applicationProtocols, Instant.now()), pipe.server(), ByteBuffer.allocate(0));
            client = ClientTlsChannel.newBuilder(pipe.client(), engine(version)).build();
        }

        private static SSLEngine engine(String version) throws Exception {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", AUTHORITY.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            SSLEngine engine = context.createSSLEngine("localhost", 443);
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setServerNames(List.of(new SNIHostName("localhost")));
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            engine.setSSLParameters(parameters);
            return engine;
        }

        PeerTls shake() throws IOException {
            PeerTls agreed = null;
            boolean clientDone = false;
            while (agreed == null || !clientDone) {
                if (clientDone) {
                    attempt(() -> client.read(ByteBuffer.allocate(10))); // the tickets that the server sends at the end
                } else {
                    clientDone = attempt(client::handshake);
                }
                if (agreed == null) {
                    switch (server.handshake()) {
                        case TlsStream.Step.Done(PeerTls peer) -> agreed = peer;
                        case TlsStream.Step.Work(Runnable task) -> task.run();
                        case TlsStream.Step.Bytes bytes -> {}
                        case TlsStream.Step.Room room -> {}
                    }
                }
            }
            return agreed;
        }

        /// @return false when it could not go on
        static boolean attempt(Step step) throws IOException {
            try {
                step.run();
                return true;
            } catch (TlsChannelFlowControlException notNow) {
                return false;
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    @ParameterizedTest
    @MethodSource("alsoEachByte")
    void carriesBytesBothWaysHoweverTheyAreSplit(String version, int piece, int room) throws Exception {
        Pair pair = new Pair(version, piece, room);
        assertEquals(version, pair.shake().version());
        byte[] sent = new byte[piece < 10 ? 3_000 : 40_000];
        new Random(1).nextBytes(sent);
        ByteBuffer out = ByteBuffer.wrap(sent);
        ByteBuffer in = ByteBuffer.allocate(sent.length);
        ByteBuffer part = ByteBuffer.allocate(5_000);
        while (in.hasRemaining()) {
            if (out.hasRemaining()) {
                Pair.attempt(() -> pair.client.write(out));
            } else {
                Pair.attempt(() -> pair.client.write(ByteBuffer.allocate(0)));
            }
            if (pair.server.read(part.clear().limit(Math.min(5_000, in.remaining()))) > 0) {
                in.put(part.flip());
            }
        }
        assertArrayEquals(sent, in.array());
        ByteBuffer reply = ByteBuffer.wrap(sent);
        in.clear();
        while (in.hasRemaining()) {
            pair.server.write(reply);
            pair.server.flush();
            Pair.attempt(() -> pair.client.read(in));
        }
        assertArrayEquals(sent, in.array());
        assertTrue(pair.server.flushed());
    }

    @ParameterizedTest
    @MethodSource("versionsAndPieces")
    void holdsNextToNothingWhileItIsIdle(String version, int piece, int room) throws Exception {
        Pair pair = new Pair(version, piece, room);
        pair.shake();
        ByteBuffer in = ByteBuffer.allocate(100);
        for (int i = 0; i < 50; i++) {
            assertEquals(0, pair.server.read(in));
        }
        assertEquals(256, buffered(pair.server));
    }

    /// How many bytes the buffers take that are to be reached from there, through classes of ours and of the TLS channel.
    private static int buffered(Object from) throws IllegalAccessException {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> next = new ArrayDeque<>(List.of(from));
        int bytes = 0;
        while (!next.isEmpty()) {
            Object one = next.pop();
            if (!seen.add(one)) {
                continue;
            }
            if (one instanceof ByteBuffer buffer) {
                bytes += buffer.capacity();
            } else if (one.getClass().getName().startsWith("dev.sluice.") || one.getClass().getName().startsWith("tlschannel.")) {
                fields(one).forEach(next::push);
            }
        }
        return bytes;
    }

    private static List<Object> fields(Object of) throws IllegalAccessException {
        List<Object> values = new ArrayList<>();
        for (Class<?> type = of.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    Object value = field.get(of);
                    if (value != null) {
                        values.add(value);
                    }
                }
            }
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("versionsAndPieces")
    void tellsTheClientsEndFromATruncation(String version, int piece, int room) throws Exception {
        Pair cut = new Pair(version, piece, room);
        cut.shake();
        cut.pipe.end();
        assertEquals(-1, end(cut));
        assertTrue(cut.server.truncated());

        Pair ended = new Pair(version, piece, room);
        ended.shake();
        ByteBuffer words = ByteBuffer.allocate(20_000);
        ended.client.getSslEngine().closeOutbound();
        ended.client.getSslEngine().wrap(ByteBuffer.allocate(0), words);
        words.flip();
        ByteChannel socket = ended.pipe.client();
        int count = 0;
        while (count == 0) {
            socket.write(words);
            count = ended.server.read(ByteBuffer.allocate(10));
        }
        assertEquals(-1, count);
        assertFalse(ended.server.truncated());
    }

    private static int end(Pair pair) throws IOException {
        int count = 0;
        while (count == 0) {
            count = pair.server.read(ByteBuffer.allocate(10));
        }
        return count;
    }

    @ParameterizedTest
    @MethodSource("versionsAndPieces")
    void saysThatItEnds(String version, int piece, int room) throws Exception {
        Pair pair = new Pair(version, piece, room);
        pair.shake();
        ByteBuffer words = pair.server.farewell();
        assertTrue(words.hasRemaining() && words.remaining() < 64, words::toString);
        ByteChannel socket = pair.pipe.server();
        ByteBuffer in = ByteBuffer.allocate(10);
        int[] count = {0};
        while (count[0] == 0) {
            socket.write(words);
            Pair.attempt(() -> count[0] = pair.client.read(in));
        }
        assertEquals(-1, count[0]);
        assertTrue(pair.client.shutdownReceived());
        assertFalse(pair.server.farewell().hasRemaining(), "said twice");
    }

    @Test
    void agreesOnTheNameAndTheProtocolThatTheClientAsksFor() throws Exception {
        PeerTls agreed = new Pair("TLSv1.3", 1_000, 10_000, List.of("http/1.1")).shake();
        assertEquals("localhost", agreed.serverName());
        assertEquals("http/1.1", agreed.applicationProtocol());
        assertEquals("", agreed.clientName());
        assertEquals("", new Pair("TLSv1.3", 1_000, 10_000).shake().applicationProtocol());
    }

    private static TlsStream over(byte[] sent) throws IOException {
        Pipe pipe = new Pipe(1_000, 1_000_000);
        TlsStream stream = new TlsStream(TlsIdentity.load(config, List.of(), Instant.now()), pipe.server(), ByteBuffer.wrap(sent));
        pipe.end();
        return stream;
    }

    private static IOException failure(TlsStream stream) {
        return assertThrows(IOException.class, () -> {
            while (true) {
                if (stream.handshake() instanceof TlsStream.Step.Work(Runnable task)) {
                    task.run();
                }
            }
        });
    }

    @Test
    void knowsARequestInTheClear() throws IOException {
        assertEquals(NotTls.class, failure(over("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII))).getClass());
    }

    @Test
    void failsAtARecordThatIsTooLarge() throws IOException {
        for (int length : new int[] {17_409, 18_433, 30_000, 65_535}) {
            byte[] record = new byte[40_000];
            record[0] = 22;
            record[1] = 3;
            record[2] = 1;
            record[3] = (byte) (length >> 8);
            record[4] = (byte) length;
            assertEquals(SSLException.class, Stream.of(failure(over(record))).map(one -> one instanceof SSLException ? SSLException.class : one.getClass())
                    .findFirst().orElseThrow(), "a record of " + length);
        }
    }

    @Test
    void failsAtGarbageAndHasAnAlertForIt() throws IOException {
        byte[] garbage = new byte[1_000];
        new Random(7).nextBytes(garbage);
        garbage[0] = (byte) 0x80;
        TlsStream stream = over(garbage);
        assertTrue(failure(stream) instanceof SSLException);
        assertTrue(stream.farewell().remaining() < 64);
    }

    /// Such as one with a server name of 64 KiB.
    @Test
    void refusesAGreetingThatIsTooLongWithAnAlert() throws IOException {
        byte[] greeting = new byte[6 * 16_389];
        for (int record = 0; record < greeting.length; record += 16_389) {
            System.arraycopy(new byte[] {22, 3, 1, 0x40, 0}, 0, greeting, record, 5);
        }
        System.arraycopy(new byte[] {1, 1, 0x11, 0x70, 3, 3}, 0, greeting, 5, 6);
        TlsStream stream = over(greeting);
        assertTrue(failure(stream) instanceof SSLException);
        assertEquals(7, stream.farewell().remaining(), "an alert in the clear");
    }

    /// Such as key updates without end.
    @Test
    void endsWhoSendsWithoutSayingAnything() throws IOException {
        Pipe pipe = new Pipe(20_000, 1_000_000);
        byte[] first = {22};
        Encrypted encrypted = new Encrypted(pipe.server(), ByteBuffer.wrap(first));
        encrypted.read(ByteBuffer.allocate(1));
        encrypted.handshakeDone();
        ByteChannel client = pipe.client();
        assertThrows(SSLException.class, () -> {
            for (int sent = 0; sent < 1_000_000; sent++) {
                client.write(ByteBuffer.allocate(27));
                encrypted.read(ByteBuffer.allocate(17_408));
            }
        });
    }
}
