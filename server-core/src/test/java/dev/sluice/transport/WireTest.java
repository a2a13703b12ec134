package dev.sluice.transport;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// One contract for either kind of socket, on threads of either kind.
class WireTest {

    private static final long LONG = Duration.ofSeconds(20).toNanos();
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    enum Kind { TCP, UNIX }

    private SocketChannel server;
    private SocketChannel client;
    private Wire wire;
    private final ByteBuffer buffer = ByteBuffer.allocate(64);

    static Stream<Arguments> kindsAndThreads() {
        return Stream.of(Kind.values()).flatMap(kind -> Stream.of(true, false).map(virtual -> Arguments.of(kind, virtual)));
    }

    private void open(Kind kind) throws IOException {
        Path folder = Files.createTempDirectory("wire");
        Path path = folder.resolve("s");
        boolean unix = kind == Kind.UNIX;
        SocketAddress at = unix ? UnixDomainSocketAddress.of(path) : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listening = ServerSocketChannel.open(unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET)) {
            listening.bind(at);
            client = SocketChannel.open(listening.getLocalAddress());
            server = listening.accept();
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
        wire = Wire.over(server, server.getRemoteAddress());
    }

    @AfterEach
    void close() throws IOException {
        wire.release();
        server.close();
        client.close();
    }

    private void say(String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private String heard(int count) {
        assertTrue(count >= 0, () -> "count is " + count);
        assertEquals(count, buffer.position());
        String text = StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
        buffer.clear();
        return text;
    }

    /// Something that may wait, on a thread of its own.
    private static <T> CompletableFuture<T> waiting(boolean virtual, Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                result.complete(body.call());
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        };
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
        return result;
    }

    private static <T> T get(CompletableFuture<T> result) throws Exception {
        return result.get(20, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletableFuture<?> result) {
        try {
            throw new AssertionError("answered " + get(result));
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (Exception other) {
            throw new AssertionError(other);
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndThreads")
    void readsWhatIsThereAndWhatComes(Kind kind, boolean virtual) throws Exception {
        open(kind);
        say("there");
        assertEquals("there", heard(get(waiting(virtual, () -> wire.read(buffer)))));
        CompletableFuture<Integer> next = waiting(virtual, () -> wire.read(buffer));
        say("comes");
        assertEquals("comes", heard(get(next)));
        CompletableFuture<Integer> inTime = waiting(virtual, () -> wire.read(buffer, LONG));
        say("in time");
        assertEquals("in time", heard(get(inTime)));
        client.shutdownOutput();
        assertEquals(-1, get(waiting(virtual, () -> wire.read(buffer))));
        assertEquals(-1, get(waiting(virtual, () -> wire.read(buffer, LONG))));
    }

    @ParameterizedTest
    @MethodSource("kindsAndThreads")
    void losesNothingWhenItsTimeIsOver(Kind kind, boolean virtual) throws Exception {
        open(kind);
        assertEquals(Wire.TIMED_OUT, get(waiting(virtual, () -> wire.read(buffer, Duration.ofMillis(20).toNanos()))));
        assertEquals(0, buffer.position());
        say("late");
        assertEquals("late", heard(get(waiting(virtual, () -> wire.read(buffer, LONG)))));
        server.write(ByteBuffer.wrap(new byte[] {'x'}));
        assertEquals(1, client.read(ByteBuffer.allocate(8)), "nor is anything taken from the client");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void knowsOfBytesThatNobodyHasReadAndTakesNone(Kind kind) throws Exception {
        open(kind);
        assertFalse(wire.unread());
        say("there");
        await().until(wire::unread);
        assertTrue(wire.unread());
        assertEquals("there", heard(wire.read(buffer)));
        assertFalse(wire.unread());
        server.close();
        assertFalse(wire.unread(), "what is gone has none");
    }

    /// The look comes from another thread than the one that waits, which is how connections are ended from outside.
    @ParameterizedTest
    @MethodSource("kindsAndThreads")
    void isLookedAtWhileItsThreadWaits(Kind kind, boolean virtual) throws Exception {
        open(kind);
        CompletableFuture<Integer> reading = waiting(virtual, () -> wire.read(buffer));
        for (int i = 0; i < 100; i++) {
            assertFalse(wire.unread());
        }
        say("more");
        assertEquals("more", heard(get(reading)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndThreads")
    void wakesWhoeverReadsWhenTheChannelIsClosed(Kind kind, boolean virtual) throws Exception {
        for (boolean timed : List.of(true, false)) {
            for (boolean before : List.of(true, false)) {
                open(kind);
                if (before) {
                    server.close();
                }
                CompletableFuture<Integer> reading = waiting(virtual, () -> timed ? wire.read(buffer, LONG) : wire.read(buffer));
                server.close();
                wire.hungUp();
                assertInstanceOf(IOException.class, failure(reading));
                wire.release();
                assertEquals(-1, client.read(ByteBuffer.allocate(8)));
                client.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndThreads")
    void wakesWhoeverWritesWhenTheChannelIsClosed(Kind kind, boolean virtual) throws Exception {
        open(kind);
        CompletableFuture<Integer> writing = waiting(virtual, () -> {
            ByteBuffer much = ByteBuffer.allocate(64 << 10);
            for (long sent = 0; sent < 1 << 30; much.clear()) {
                sent += server.write(much);
                wire.awaitRoom();
            }
            return 0;
        });
        server.close();
        wire.hungUp();
        assertInstanceOf(IOException.class, failure(writing));
    }

    /// A thread that is just about to wait, or has just waited, is not missed, and the kernel lets go of the socket: the client sees the
    /// end. The FIN before the close is what connections send too.
    @ParameterizedTest
    @MethodSource("kindsAndThreads")
    void missesNobodyWhereAllHappensAtOnce(Kind kind, boolean virtual) throws Exception {
        for (int i = 0; i < 500; i++) {
            open(kind);
            CompletableFuture<Boolean> woken = new CompletableFuture<>();
            CompletableFuture<Integer> reading = waiting(virtual, () -> {
                wire.read(buffer.clear());
                woken.complete(true);
                return wire.read(buffer.clear());
            });
            say("one");
            if (i % 2 == 0) {
                get(woken);
            }
            server.shutdownOutput();
            server.close();
            wire.hungUp();
            assertInstanceOf(IOException.class, failure(reading));
            wire.release();
            assertEquals(-1, ended());
            client.close();
        }
        buffer.clear();
    }

    /// Closing with unread bytes resets.
    private int ended() {
        try {
            return client.read(ByteBuffer.allocate(8));
        } catch (IOException reset) {
            return -1;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void closesTheChannelOfAThreadThatIsInterrupted(Kind kind) throws Exception {
        open(kind);
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread reading = Thread.ofPlatform().start(() -> {
            try {
                result.complete(wire.read(buffer));
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        });
        reading.interrupt();
        assertInstanceOf(IOException.class, failure(result));
        assertFalse(server.isOpen());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void givesBackWhatItTookAtOnceWhereNobodyWaits(Kind kind) throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "the system does not tell");
        open(kind);
        server.close();
        client.close();
        long before = files();
        open(kind);
        say("one");
        assertEquals(Wire.TIMED_OUT, readTwice());
        wire.awaitRoom();
        server.close();
        wire.hungUp();
        client.close();
        assertEquals(before, files());
    }

    private int readTwice() throws IOException {
        heard(wire.read(buffer));
        return wire.read(buffer, Duration.ofMillis(5).toNanos());
    }

    /// Sockets and selectors.
    private static long files() throws IOException {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.map(WireTest::target).filter(Objects::nonNull)
                    .filter(target -> target.startsWith("socket:") || target.contains("event")).count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return null;
        }
    }
}
