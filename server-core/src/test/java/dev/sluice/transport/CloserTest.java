package dev.sluice.transport;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CloserTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private ServerSocketChannel listening;
    private Closer closer;

    @BeforeEach
    void open() throws IOException {
        listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_000);
        closer = new Closer("sluice-closer", SelectorProvider.provider());
    }

    @AfterEach
    void close() throws Exception {
        closer.close();
        closer.thread().join();
        listening.close();
    }

    private record Pair(SocketChannel server, SocketChannel client) {}

    private Pair pair() throws IOException {
        SocketChannel client = SocketChannel.open(listening.getLocalAddress());
        return new Pair(listening.accept(), client);
    }

    private static ByteBuffer words(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String readAll(SocketChannel client) throws IOException {
        return new String(client.socket().getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    /// A close with unread bytes would reset the connection, and take the words back.
    @Test
    void saysTheLastWordsToAClientThatGoesOnSending() throws IOException {
        Pair pair = pair();
        try (SocketChannel client = pair.client()) {
            client.write(words("unread".repeat(1_000)));
            closer.linger(pair.server(), words("farewell"), LONG);
            client.write(words("more".repeat(1_000)));
            assertEquals("farewell", readAll(client));
            assertTrue(pair.server().isOpen(), "waits for the client's end");
            client.shutdownOutput();
            await().until(() -> !pair.server().isOpen());
        }
        await().until(() -> closer.lingering() == 0);
    }

    @Test
    void saysManyWordsToASlowReader() throws IOException {
        Pair pair = pair();
        String all = "word ".repeat(2_000_000);
        try (SocketChannel client = pair.client()) {
            closer.linger(pair.server(), words(all), LONG);
            assertEquals(all.length(), readAll(client).length());
        }
        await().until(() -> !pair.server().isOpen());
    }

    @Test
    void waitsForNoLongerThanItIsTold() throws IOException {
        Pair pair = pair();
        try (SocketChannel client = pair.client()) {
            closer.linger(pair.server(), words(""), Duration.ofMillis(100));
            assertEquals("", readAll(client));
            await().until(() -> !pair.server().isOpen());
        }
    }

    /// Long after the closer has had its first look at the socket.
    @Test
    void waitsForAPeerThatEndsLate() throws IOException {
        Pair pair = pair();
        try (SocketChannel client = pair.client()) {
            closer.linger(pair.server(), words(""), LONG);
            assertEquals("", readAll(client));
            await().during(Duration.ofMillis(50)).until(() -> pair.server().isOpen());
            client.write(words("late"));
        }
        await().until(() -> closer.lingering() == 0);
        assertFalse(pair.server().isOpen());
    }

    @Test
    void letsGoOfPeersThatHaveEndedBefore() throws IOException {
        for (int i = 0; i < 100; i++) {
            Pair pair = pair();
            pair.client().close();
            closer.linger(pair.server(), words(""), LONG);
            if (i % 10 == 0) { // it has gone to sleep meanwhile
                await().until(() -> closer.lingering() == 0);
            }
        }
        await().until(() -> closer.lingering() == 0);
    }

    @Test
    void dropsNoMoreThanAQuarterOfAMebibyte() throws IOException {
        Pair pair = pair();
        try (SocketChannel client = pair.client()) {
            closer.linger(pair.server(), words(""), LONG);
            ByteBuffer much = ByteBuffer.allocate(64 << 10);
            await().until(() -> {
                try {
                    client.write(much.clear());
                } catch (IOException reset) {
                    return true;
                }
                return !pair.server().isOpen();
            });
        }
        await().until(() -> !pair.server().isOpen());
    }

    @Test
    void dropsTheOldestWhenThereAreTooMany() throws IOException {
        List<Pair> pairs = new ArrayList<>();
        try {
            for (int i = 0; i < 1_030; i++) {
                pairs.add(pair());
                closer.linger(pairs.getLast().server(), words(""), LONG);
            }
            await().until(() -> pairs.subList(0, 6).stream().noneMatch(pair -> pair.server().isOpen()));
            assertTrue(pairs.subList(6, 1_030).stream().allMatch(pair -> pair.server().isOpen()));
            assertEquals(1_024, closer.lingering());
        } finally {
            for (Pair pair : pairs) {
                pair.client().close();
            }
        }
        await().until(() -> closer.lingering() == 0);
    }

    /// A drain ends the closer as soon as nobody lingers: the count must never be short of one that has just come.
    @Test
    void countsEveryOneFromTheMomentItComes() throws Exception {
        AtomicBoolean missed = new AtomicBoolean();
        for (int i = 0; i < 300 && !missed.get(); i++) {
            Pair pair = pair();
            closer.linger(pair.server(), words(""), LONG);
            long until = System.nanoTime() + 300_000;
            while (System.nanoTime() < until) {
                if (closer.lingering() == 0) {
                    missed.set(true);
                }
            }
            pair.client().close();
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> !pair.server().isOpen());
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> closer.lingering() == 0);
        }
        assertFalse(missed.get());
    }

    @Test
    void closesWhatComesBeforeWhileAndAfterItEnds() throws Exception {
        for (int i = 0; i < 200; i++) {
            Closer ending = new Closer("sluice-closer", SelectorProvider.provider());
            Pair early = pair();
            Pair late = pair();
            ending.linger(early.server(), words(""), LONG);
            Thread ender = Thread.ofVirtual().start(ending::close);
            ending.linger(late.server(), words(""), LONG);
            ender.join();
            ending.thread().join();
            assertFalse(early.server().isOpen());
            assertFalse(late.server().isOpen());
            Pair last = pair();
            ending.linger(last.server(), words(""), LONG);
            assertFalse(last.server().isOpen());
            for (Pair pair : List.of(early, late, last)) {
                pair.client().close();
            }
        }
    }
}
