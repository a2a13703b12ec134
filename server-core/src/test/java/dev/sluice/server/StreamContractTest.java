package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.FieldSource;

/// Files and sources as answers, on every model: each is closed exactly once, whatever happens.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamContractTest {

    static final List<Cell> CELLS = Cell.ALL;
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "");

    private Server server;
    private final Map<String, Streams.Part> parts = new ConcurrentHashMap<>();

    @TempDir
    static Path folder;

    @BeforeAll
    void open() throws IOException {
        server = Server.start(config(CELLS));
    }

    private ServerConfig config(List<Cell> cells) {
        ServerConfig config = ServerConfig.named("streams").withDrain(House.QUICK);
        for (Cell cell : cells) {
            ListenerConfig listener = furnished(ListenerConfig.at("127.0.0.1:0", Streams.endpoint(this::part)));
            if (cell.pool() != null) {
                config = config.withPool(cell.name(), new PoolConfig(cell.pool(), 16, 100, PoolConfig.WhenFull.REFUSE));
            }
            config = config.withListener(cell.name(), listener.withKeepAlive(listener.keepAlive().withMaxRequests(0))
                    .on(cell.io(), cell.inline() ? ServerConfig.INLINE : cell.name()));
        }
        return config;
    }

    private Streams.Part part(String request) {
        return parts.getOrDefault(request, new Streams.Words(request));
    }

    @AfterAll
    void close() throws InterruptedException {
        DrainReport report = server.shutdown(House.QUICK);
        assertEquals(DrainReport.Result.CLEAN, report.result(), report::toString);
        Account.check(server);
    }

    private Client client(Cell cell) throws IOException {
        return client(server, cell);
    }

    private Client client(Server server, Cell cell) throws IOException {
        return connected(server.listeners().stream().filter(listener -> listener.name().equals(cell.name())).findFirst().orElseThrow().address());
    }

    /// A listener of this contract.
    ListenerConfig furnished(ListenerConfig plain) {
        return plain;
    }

    Client connected(InetSocketAddress address) throws IOException {
        return new Client(address, Speech.LINE);
    }

    /// The same port of a client's may be used towards several listeners.
    private static Predicate<ConnectionInfo> is(Cell cell, Client client) {
        return connection -> connection.listener().equals(cell.name()) && connection.address().endsWith(":" + client.port());
    }

    private void awaitGone(Cell cell, Client client) {
        await("the end of the connection").pollDelay(Duration.ZERO).until(() -> server.connections().stream()
                .noneMatch(is(cell, client)));
        await("permits").pollDelay(Duration.ZERO).until(() -> server.pools().stream()
                .filter(pool -> pool.name().equals(cell.name())).allMatch(pool -> pool.active() == 0));
        Account.check(server);
    }

    private static void assertClosedOnce(Streams.Counted source) {
        await("that the source is closed").pollDelay(Duration.ZERO).until(() -> source.closed.get() > 0);
        assertEquals(1, source.closed.get());
        assertEquals(0, source.pulledAfterClose.get());
    }

    private static FileChannel file(String name, int length) {
        try {
            Path path = folder.resolve(name);
            Files.writeString(path, "y".repeat(length));
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void sendsSourcesAndRegionsInOrderWithWhatIsAroundThem(Cell cell) throws IOException {
        Streams.Counted source = new Streams.Counted(700_000);
        FileChannel file = file(cell.name(), 600_000);
        parts.put("source " + cell, new Streams.Made(source));
        parts.put("file " + cell, new Streams.Region(file, 100_000, 300_000));
        try (Client client = client(cell)) {
            client.ask("a").ask("source " + cell).ask("b").ask("file " + cell).ask("c");
            client.expect("<a>");
            client.expect("<" + "x".repeat(700_000) + ">");
            client.expect("<b>");
            client.expect("<" + "y".repeat(300_000) + ">");
            client.expect("<c>");
        }
        assertClosedOnce(source);
        assertFalse(file.isOpen());
    }

    @SideBySide
    @FieldSource("CELLS")
    void sendsAnEmptyRegionAndAnEmptySource(Cell cell) throws IOException {
        Streams.Counted source = new Streams.Counted(0);
        FileChannel file = file("empty " + cell.name(), 0);
        parts.put("no source " + cell, new Streams.Made(source));
        parts.put("no file " + cell, new Streams.Region(file, 0, 0));
        try (Client client = client(cell)) {
            client.ask("no source " + cell).expect("<>");
            client.ask("no file " + cell).expect("<>");
            client.ask("a").expect("<a>");
        }
        assertClosedOnce(source);
        assertFalse(file.isOpen());
    }

    @SideBySide
    @FieldSource("CELLS")
    void goesOnWhenASourceDoes(Cell cell) throws IOException {
        Streams.Paused source = new Streams.Paused(50_000);
        parts.put("paused " + cell, new Streams.Made(source));
        try (Client client = client(cell)) {
            client.ask("paused " + cell).ask("a");
            await().pollDelay(Duration.ZERO).until(source::waits);
            source.goOn();
            client.expect("<" + "x".repeat(50_000) + ">");
            client.expect("<a>");
        }
        assertClosedOnce(source);
    }

    @SideBySide
    @FieldSource("CELLS")
    void endsAKickedClientWhoseSourceHasNothingToGive(Cell cell) throws IOException {
        Streams.Paused source = new Streams.Paused(50_000);
        parts.put("kicked " + cell, new Streams.Made(source));
        try (Client client = client(cell)) {
            client.ask("kicked " + cell);
            await().pollDelay(Duration.ZERO).until(source::waits);
            server.kick(is(cell, client), NOW);
            client.awaitEnd();
            awaitGone(cell, client);
        }
        assertClosedOnce(source);
    }

    @SideBySide
    @FieldSource("CELLS")
    void showsTheTruncationWhenASourceOrAFileFails(Cell cell) throws IOException {
        Streams.Counted broken = new Streams.Counted(50_000) {
            @Override
            public int pull(ByteBuffer into, Runnable resume) throws IOException {
                if (given.get() > 0) {
                    throw new IOException("asked to fail");
                }
                return super.pull(into, resume);
            }
        };
        Streams.Counted mad = new Streams.Counted(50_000) {
            @Override
            public int pull(ByteBuffer into, Runnable resume) {
                throw new IllegalStateException("asked to throw");
            }
        };
        FileChannel file = file("short " + cell.name(), 1_000);
        parts.put("broken " + cell, new Streams.Made(broken));
        parts.put("mad " + cell, new Streams.Made(mad));
        parts.put("short " + cell, new Streams.Region(file, 0, 2_000));
        for (String words : List.of("broken ", "mad ", "short ")) {
            try (Client client = client(cell)) {
                client.ask(words + cell).awaitEnd();
                awaitGone(cell, client);
            }
        }
        assertClosedOnce(broken);
        assertClosedOnce(mad);
        assertFalse(file.isOpen());
    }

    @SideBySide
    @FieldSource("CELLS")
    void letsGoOfEverythingThoughASourceFailsToClose(Cell cell) throws IOException {
        for (boolean kicked : List.of(false, true)) {
            Streams.Paused source = new Streams.Paused(10) {
                @Override
                public void close() {
                    super.close();
                    throw new IllegalStateException("asked to fail to close");
                }
            };
            Streams.Paused behind = new Streams.Paused(10);
            parts.put("unclosable " + kicked + cell, new Streams.Made(source));
            parts.put("behind " + kicked + cell, new Streams.Made(behind));
            try (Client client = client(cell)) {
                client.ask("unclosable " + kicked + cell);
                await().pollDelay(Duration.ZERO).until(source::waits);
                if (kicked) {
                    server.kick(is(cell, client), NOW);
                    client.awaitEnd();
                } else {
                    source.goOn();
                    client.expect("<xxxxxxxxxx>");
                    client.ask("a").expect("<a>");
                    client.finish().expectEnd();
                }
                awaitGone(cell, client);
            }
            assertClosedOnce(source);
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void closesWhatAnEncoderThatFailsHadOrHadNotGivenToTheSink(Cell cell) throws IOException {
        Streams.Counted source = new Streams.Counted(10);
        FileChannel file = file("given " + cell.name(), 10);
        Streams.Counted kept = new Streams.Counted(10);
        parts.put("fail-early source " + cell, new Streams.Made(kept));
        parts.put("fail-encode source " + cell, new Streams.Made(source));
        parts.put("fail-encode file " + cell, new Streams.Region(file, 0, 10));
        try (Client client = client(cell)) {
            client.ask("fail-early source " + cell).expectRefusal();
            client.ask("fail-encode source " + cell).expectRefusal();
            client.ask("fail-encode file " + cell).expectRefusal();
            client.ask("a").expect("<a>");
        }
        assertClosedOnce(kept);
        assertClosedOnce(source);
        assertFalse(file.isOpen());
    }

    /// Both while it gives without end, and while it pauses; although another one fails when it is told.
    @SideBySide
    @FieldSource("CELLS")
    void tellsEndlessSourcesOfADrain(Cell cell) throws Exception {
        try (Server own = Server.start(config(List.of(cell)))) {
            Streams.Counted endless = new Streams.Counted(Long.MAX_VALUE);
            Streams.Paused failing = new Streams.Paused(10) {
                @Override
                public void drainBegan() {
                    super.drainBegan();
                    goOn();
                    throw new StackOverflowError("asked to fail");
                }
            };
            parts.put("failing " + cell, new Streams.Made(failing));
            parts.put("endless " + cell, new Streams.Made(endless));
            try (Client first = cell.iterative() ? null : client(own, cell); Client second = client(own, cell)) {
                if (first != null) {
                    first.ask("failing " + cell);
                    await().pollDelay(Duration.ZERO).until(failing::waits);
                }
                second.ask("endless " + cell);
                await().pollDelay(Duration.ZERO).until(() -> endless.given.get() > 0);
                Thread drainer = Thread.ofVirtual().start(() -> {
                    try {
                        own.drain(House.QUICK);
                    } catch (InterruptedException impossible) {
                        throw new AssertionError(impossible);
                    }
                });
                second.awaitEnd();
                if (first != null) {
                    first.awaitEnd();
                    assertClosedOnce(failing);
                    assertEquals(1, failing.told.get());
                }
                second.finish();
                drainer.join();
                assertClosedOnce(endless);
                assertEquals(1, endless.told.get());
                assertEquals(0, own.stats().closed().get(CloseReason.FORCED));
            }
        }
    }
}
