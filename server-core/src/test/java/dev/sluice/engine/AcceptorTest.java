package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerState;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptorTest {

    private final Flawed provider = new Flawed();
    private final Queue<ServerEvent> seen = new ConcurrentLinkedQueue<>();
    private final Events events = new Events(List.of(seen::add), InstantSource.system());
    private final ConnectionRegistry registry = new ConnectionRegistry(ServerLimits.DEFAULT, new AtomicLong());
    private Closer closer;
    private Listener listener;

    @BeforeEach
    void start() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        ListenerConfig config = ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (request, call) -> request)
                .on(IoModel.blocking(), ServerConfig.INLINE);
        listener = Listener.bind("flawed", config, registry, null, RequestProbe.NONE,
                new Listener.Shared(closer, events, provider, new SpoolFolder(Path.of("")), new Ticks(InstantSource.system(), System::nanoTime)));
        listener.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        listener.finish();
        await().until(listener::closed);
        listener.eachThread((kind, thread) -> {
            try {
                thread.join(10_000);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            assertTrue(!thread.isAlive(), "the acceptor has ended");
        });
        closer.close();
        closer.thread().join();
    }

    private void assertServes() throws IOException {
        try (Socket client = new Socket(listener.info().address().getAddress(), listener.info().address().getPort())) {
            client.setSoTimeout(20_000);
            client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("hello\n", new String(client.getInputStream().readNBytes(6), StandardCharsets.US_ASCII));
        }
    }

    private List<Duration> backOffs() {
        return seen.stream().filter(ServerEvent.AcceptFailed.class::isInstance).map(event -> ((ServerEvent.AcceptFailed) event).backOff()).toList();
    }

    private void fail(Throwable... failures) {
        provider.failures.addAll(List.of(failures));
    }

    @Test
    void survivesFailuresOfEveryKindAndTellsOfBurstsAtMostOnceASecond() throws IOException {
        long began = System.nanoTime();
        fail(new IOException("Too many open files"), new IllegalStateException("a bug"), new OutOfMemoryError("no buffer"), new IOException("again"));
        assertServes();
        assertEquals(4, listener.info().acceptErrors());
        assertEquals(List.of(Duration.ofMillis(5)), backOffs());

        fail(new IOException("Too many open files"));
        assertServes();
        assertEquals(5, listener.info().acceptErrors());
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertTrue(backOffs().size() <= 1 + seconds, () -> backOffs() + " in " + seconds + " s");
    }

    /// The client's connection waits in the kernel while the acceptor does; eight doublings of 5 ms are more than a second.
    @Test
    void backsOffLongerAndLongerInsteadOfSpinning() throws IOException {
        for (int i = 0; i < 7; i++) {
            fail(new IOException("Too many open files"));
        }
        long began = System.nanoTime();
        assertServes();
        long took = System.nanoTime() - began;
        assertTrue(took >= Duration.ofMillis(5 + 10 + 20 + 40 + 80 + 160 + 320).toNanos(), () -> "took " + Duration.ofNanos(took));
        assertEquals(7, listener.info().acceptErrors());
    }

    @Test
    void isPausedResumedAndFinishedWhileItBacksOff() throws IOException {
        fail(new IOException("Too many open files"));
        listener.pause();
        assertEquals(ListenerState.PAUSED, listener.state());
        listener.resume();
        assertServes();
        for (int i = 0; i < 20; i++) {
            fail(new IOException("Too many open files"));
        }
        try (Socket client = new Socket(listener.info().address().getAddress(), listener.info().address().getPort())) {
            await().until(() -> listener.info().acceptErrors() > 3);
            listener.finish();
            await().until(listener::closed);
            client.setSoTimeout(20_000);
        }
    }
}
