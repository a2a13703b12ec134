package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.ByteSource;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.params.provider.FieldSource;

/// Sources that wait for something, on each engine: nobody else on the loop waits with them, and a kick reaches them.
class BlockingSourceTest extends EffectContract {

    static final List<Cell> CELLS = Cell.ENGINES;
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "");

    private final Map<String, Streams.Part> parts = new ConcurrentHashMap<>();

    /// Waits in its first pull until it is let go.
    private static class Waiting extends Streams.Counted {
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final Queue<String> onLoops = new ConcurrentLinkedQueue<>();

        Waiting(long length) {
            super(length);
        }

        @Override
        public boolean mayBlock() {
            return true;
        }

        @Override
        public int pull(ByteBuffer into, Runnable resume) throws IOException {
            watch("pull");
            inside.countDown();
            try {
                open.await();
            } catch (InterruptedException ended) {
                interrupted.countDown();
                throw new InterruptedIOException();
            }
            return super.pull(into, resume);
        }

        @Override
        public void close() {
            watch("close");
            super.close();
        }

        private void watch(String what) {
            if (Thread.currentThread().getName().startsWith("sluice-loop-")) {
                onLoops.add(what);
            }
        }

        void awaitPull() throws InterruptedException {
            assertTrue(inside.await(20, TimeUnit.SECONDS), "not pulled");
        }

        void assertWellTreated() {
            await("that the source is closed").pollDelay(Duration.ZERO).until(() -> closed.get() > 0);
            assertEquals(1, closed.get());
            assertEquals(0, pulledAfterClose.get());
            assertEquals(List.of(), List.copyOf(onLoops));
        }
    }

    private Server start(Cell cell) throws IOException {
        return start(cell, ListenerConfig.at("127.0.0.1:0", Streams.endpoint(request -> parts.getOrDefault(request, new Streams.Words(request)))));
    }

    private static Server start(Cell cell, ListenerConfig listener) throws IOException {
        ServerConfig config = ServerConfig.named("sources").withDrain(House.QUICK);
        if (cell.pool() != null) {
            config = config.withPool("pool", new PoolConfig(cell.pool(), 16, 100, PoolConfig.WhenFull.REFUSE));
        }
        return Server.start(config.withListener("streams", listener.withTimeouts(PATIENT).on(cell.io(), cell.inline() ? ServerConfig.INLINE : "pool")));
    }

    private static Client client(Server server) throws IOException {
        return new Client(server.listeners().getFirst().address(), Speech.LINE);
    }

    @SideBySide
    @FieldSource("CELLS")
    void othersAreServedWhileASourceWaits(Cell cell) throws Exception {
        Waiting source = new Waiting(700_000);
        parts.put("waiting " + cell, new Streams.Made(source));
        try (Server server = start(cell); Client client = client(server); Client other = client(server)) {
            client.ask("waiting " + cell).ask("next");
            source.awaitPull();
            other.ask("quick").expect("<quick>");
            await("that no deadline runs").pollDelay(Duration.ZERO).until(() -> server.connections().stream()
                    .filter(one -> one.state() == ConnectionState.WRITING)
                    .anyMatch(one -> server.connection(one.id()).orElseThrow().deadline().isEmpty()));
            source.open.countDown();
            client.expect("<" + "x".repeat(700_000) + ">");
            client.expect("<next>");
        }
        source.assertWellTreated();
    }

    @SideBySide
    @FieldSource("CELLS")
    void anHttpBodyOfAnyFramingIsMadeOffTheLoop(Cell cell) throws Exception {
        List<Function<ByteSource, HttpResponse>> framings = List.of(
                source -> HttpResponse.source(200, "a/b", source),
                source -> HttpResponse.source(200, "a/b", source, 50_000),
                source -> HttpResponse.source(200, "a/b", source).withHeader("Content-Length", "50000"));
        for (Function<ByteSource, HttpResponse> framing : framings) {
            Waiting source = new Waiting(50_000);
            source.open.countDown();
            try (Server server = start(cell, ListenerConfig.at("127.0.0.1:0", new HttpProtocol(), (request, call) -> framing.apply(source)));
                    Socket socket = new Socket()) {
                socket.setSoTimeout(20_000);
                socket.connect(server.listeners().getFirst().address());
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String heard = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertEquals(50_000, heard.substring(heard.indexOf("\r\n\r\n")).chars().filter(c -> c == 'x').count());
            }
            source.assertWellTreated();
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aKickEndsAPullThatWaits(Cell cell) throws Exception {
        Waiting source = new Waiting(1);
        parts.put("kicked " + cell, new Streams.Made(source));
        try (Server server = start(cell); Client client = client(server)) {
            client.ask("kicked " + cell);
            source.awaitPull();
            server.kick(connection -> true, NOW);
            client.awaitEnd();
            assertTrue(source.interrupted.await(20, TimeUnit.SECONDS), "interrupted");
            source.assertWellTreated();
            assertEquals(CloseReason.KICKED, server.recent().closed().getFirst().reason());
        }
    }

    /// What it gives first is nothing; it goes on before, or after, that is known.
    @SideBySide
    @FieldSource("CELLS")
    void aSourceThatMayWaitMayAlsoHaveNothingForNow(Cell cell) throws Exception {
        for (boolean atOnce : new boolean[] {true, false}) {
            Waiting source = new Waiting(50_000) {
                private boolean paused;

                @Override
                public int pull(ByteBuffer into, Runnable resume) throws IOException {
                    if (paused) {
                        return super.pull(into, resume);
                    }
                    paused = true;
                    if (atOnce) {
                        resume.run();
                    } else {
                        Thread.ofVirtual().start(resume);
                    }
                    return 0;
                }
            };
            source.open.countDown();
            parts.put(atOnce + " " + cell, new Streams.Made(source));
            try (Server server = start(cell); Client client = client(server)) {
                client.ask(atOnce + " " + cell).expect("<" + "x".repeat(50_000) + ">");
            }
            source.assertWellTreated();
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aSourceThatFailsEndsItsConnection(Cell cell) throws Exception {
        Waiting source = new Waiting(1) {
            @Override
            public int pull(ByteBuffer into, Runnable resume) throws IOException {
                throw new IOException("asked to fail");
            }
        };
        parts.put("fails " + cell, new Streams.Made(source));
        try (Server server = start(cell); Client client = client(server)) {
            client.ask("fails " + cell);
            client.awaitEnd();
            source.assertWellTreated();
            try (Client other = client(server)) {
                other.ask("quick").expect("<quick>");
            }
        }
    }
}
