package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerState;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.FieldSource;

/// What a source or a file does, or a client that does not take it, where it could hold up the server; on each way to write.
@LeavesNothing
class StreamFaultsTest {

    static final List<Place> PLACES = places(
            new Cell(new IoModel.Blocking(), null),
            new Cell(new IoModel.Blocking(), new PoolType.Fixed()), new Cell(new IoModel.Blocking(), new PoolType.Virtual()),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new PoolType.Fixed()),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM), new PoolType.Fixed()),
            new Cell(new IoModel.EventLoop(1), null), new Cell(new IoModel.EventLoop(1), new PoolType.Fixed()));
    private static final DrainConfig HASTY = new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ZERO, Duration.ZERO,
            Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofSeconds(5));
    private static final int MUCH = 6 << 20;

    @TempDir
    static Path folder;

    private static List<Place> places(Cell... cells) {
        return List.of(cells).stream().map(cell -> new Place(cell, Speech.LINE)).toList();
    }

    private static House house(Place place, Function<String, Streams.Part> answers) throws IOException {
        Endpoint<?, ?> endpoint = Streams.endpoint(answers);
        return House.Plan.of(place).listener(listener -> ListenerConfig.at("127.0.0.1:0", endpoint).on(listener.io(), listener.pool())
                .withKeepAlive(listener.keepAlive().withMaxRequests(0))).open();
    }

    private static void assertClosedOnce(Streams.Counted source) {
        await("that the source is closed").pollDelay(Duration.ZERO).until(() -> source.closed.get() > 0);
        assertEquals(1, source.closed.get());
        assertEquals(0, source.pulledAfterClose.get());
    }

    @SideBySide
    @FieldSource("PLACES")
    void forcesAClientWhoseSourceHasNothingToGive(Place place) throws Exception {
        Streams.Paused source = new Streams.Paused(10);
        House house = house(place, request -> new Streams.Made(source));
        try (Client client = house.client(place)) {
            client.ask("paused");
            await().pollDelay(Duration.ZERO).until(source::waits);
            DrainReport report = house.server.shutdown(HASTY);
            assertEquals(1, report.victims().size(), report::toString);
            assertEquals(List.of(), report.threads(), "threads that still wait for the source");
            client.awaitEnd();
        }
        assertClosedOnce(source);
        assertEquals(1, house.server.stats().closed().get(CloseReason.FORCED));
        Account.check(house.server);
    }

    /// The drain is neither held up by it nor blind meanwhile.
    @SideBySide
    @FieldSource("PLACES")
    void drainsThoughASourceDoesNotReturnWhenItIsTold(Place place) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Streams.Paused source = new Streams.Paused(10) {
            @Override
            public void drainBegan() {
                super.drainBegan();
                entered.countDown();
                Draining.await(open);
            }
        };
        House house = house(place, request -> new Streams.Made(source));
        try (Client client = house.client(place)) {
            client.ask("paused");
            await().pollDelay(Duration.ZERO).until(source::waits);
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK);
            Draining.await(entered);
            Draining.awaitPhase(house.server, DrainPhase.ACTIVE);
            assertEquals(1, house.server.drainProgress().blockers().size());
            house.server.forceDrain();
            DrainReport report = house.server.shutdown(HASTY);
            assertEquals(1, report.victims().size(), report::toString);
            assertEquals(List.of(), report.threads());
            assertNotNull(Draining.get(draining));
            assertEquals(ServerState.STOPPED, house.server.state());
            client.awaitEnd();
        } finally {
            open.countDown();
        }
        assertEquals(1, source.told.get());
        assertClosedOnce(source);
    }

    @SideBySide
    @FieldSource("PLACES")
    void tellsASourceOfTheDrainInWhichItIsMade(Place place) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Streams.Counted endless = new Streams.Counted(1 << 28); // to its end if nobody tells it
        try (House house = house(place, request -> {
            arrived.countDown();
            Draining.await(open);
            return new Streams.Made(endless);
        }); Client client = house.client(place)) {
            client.ask("endless");
            Draining.await(arrived);
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK);
            Draining.awaitPhase(house.server, DrainPhase.ACTIVE);
            open.countDown();
            client.awaitEnd();
            client.finish();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
            assertEquals(1, endless.told.get());
            assertTrue(endless.given.get() < endless.length);
            assertClosedOnce(endless);
        }
    }

    /// Whoever sends it waits in the kernel, and does not try again and again; and what is sent afterwards goes on where it stopped.
    @SideBySide
    @FieldSource("PLACES")
    void doesNotSpinWhileAClientDoesNotTakeAFile(Place place) throws Exception {
        byte[] bytes = new byte[MUCH];
        for (int i = 0; i < MUCH; i++) {
            bytes[i] = (byte) ('a' + (i * 31 + (i >> 10)) % 26);
        }
        Path path = Files.write(folder.resolve(place.name()), bytes);
        CountingFile file = new CountingFile(FileChannel.open(path, StandardOpenOption.READ));
        try (House house = house(place, request -> request.equals("file") ? new Streams.Region(file, 0, MUCH) : new Streams.Words(request));
                Client client = new Client(house.address(place), Speech.LINE, 4 << 10)) {
            client.ask("first").expect("<first>");
            house.awaitState(place, ConnectionState.IDLE, 1); // waits in a read, for which a virtual thread has its socket not block
            client.ask("file").ask("last");
            Draining.awaitStill("how often the file is asked", file.asked::get);
            assertTrue(file.asked.get() < 10_000, () -> "asked " + file.asked + " times");
            assertTrue(house.server.stats().bytesOut() < MUCH, "the client's kernel took all of it");
            assertTrue(client.answer().text().equals("<" + new String(bytes, StandardCharsets.US_ASCII) + ">"), "another file");
            client.expect("<last>");
            client.finish().expectEnd();
            house.assertSettled(place);
            assertEquals(1, file.closed.get());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void answersWhatIsPipelinedAroundEmptyRegions(Place place) throws Exception {
        Path path = Files.writeString(folder.resolve("ten of " + place), "0123456789");
        try (House house = house(place, request -> request.startsWith("at ") ? empty(path, request) : new Streams.Words(request));
                Client client = house.client(place)) {
            client.send("a\nat 0\nat 5\nb\nat 10\nat 11\nc\n".getBytes(StandardCharsets.US_ASCII));
            for (String expected : List.of("<a>", "<>", "<>", "<b>", "<>", "<>", "<c>")) {
                client.expect(expected);
            }
            client.ask("d").expect("<d>");
        }
    }

    private static Streams.Part empty(Path path, String request) {
        try {
            return new Streams.Region(FileChannel.open(path, StandardOpenOption.READ), Long.parseLong(request.substring(3)), 0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
