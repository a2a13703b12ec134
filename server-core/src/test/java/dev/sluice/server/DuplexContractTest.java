package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.server.Cell.Place;
import java.io.ByteArrayOutputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.FieldSource;

/// What two threads and a pool for each connection must not lose sight of between them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DuplexContractTest {

    static final List<Place> PLACES = Stream.of(IoModel.Duplex.Threads.values())
            .map(threads -> new Cell(new IoModel.Duplex(threads), new PoolType.Fixed()))
            .flatMap(cell -> Stream.of(new Place(cell, Speech.LINE), new Place(cell, Speech.HTTP))).toList();
    static final List<Place> WITH_BODIES = PLACES.stream().filter(place -> place.speech() == Speech.HTTP).toList();
    static final List<Place> LINES = PLACES.stream().filter(place -> place.speech() == Speech.LINE).toList();
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "");
    private static final int MEBIBYTE = 1 << 20;

    private Account.Before before;
    private Errors errors;

    @BeforeAll
    void open() {
        before = Account.Before.now();
        errors = Errors.watch();
    }

    @AfterAll
    void close() {
        before.assertNothingLeft();
        errors.assertNone();
    }

    /// The receiver is still busy with the second request when the first is answered: that answer is not the last.
    @SideBySide
    @FieldSource("PLACES")
    void answersInADrainWhatItsDecoderHasNotYetFound(Place place) throws Exception {
        CountDownLatch decoding = new CountDownLatch(1);
        CountDownLatch decoded = new CountDownLatch(1);
        try (House house = House.Plan.of(place).open(); Client client = house.client(place)) {
            house.deeds.whenDecoded("b", () -> {
                decoding.countDown();
                Draining.await(decoded);
            });
            client.send(requests(place, "stop first", "b", "c"));
            house.deeds.stop("first").awaitArrival();
            Draining.await(decoding);
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK);
            Draining.awaitPhase(house.server, DrainPhase.ACTIVE);
            house.deeds.stop("first").open.countDown();
            Speech.Answer first = client.answer();
            decoded.countDown();
            assertEquals("1:went on", first.text());
            assertFalse(first.last());
            client.expect("2:b");
            client.expect("3:c");
            client.finish().expectEnd();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
        }
    }

    /// The receiver has handed the request over, and has not come back to its read when the answer is sent: it is the last all the same.
    @SideBySide
    @FieldSource("PLACES")
    void saysInADrainThatAnAnswerIsTheLastBeforeItsReceiverReadsAgain(Place place) throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        PoolType keeping = new PoolType.Custom("keeping", () -> new Keeping(letGo), true);
        try (House house = House.Plan.of(place).whole(config -> withType(config, place, keeping)).open(); Client client = house.client(place)) {
            house.awaitState(place, ConnectionState.IDLE, 1);
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK.withIdleGrace(Duration.ofSeconds(20)));
            Draining.awaitPhase(house.server, DrainPhase.IDLE);
            try {
                Speech.Answer answer = client.ask("a").answer();
                assertEquals("1:a", answer.text());
                assertEquals(place.speech() == Speech.HTTP, answer.last());
                client.expectEnd();
            } finally {
                letGo.countDown();
            }
            client.finish();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
        }
    }

    private static ServerConfig withType(ServerConfig config, Place place, PoolType type) {
        return config.withPool(place.pool(), PoolConfig.of(type, 8));
    }

    /// Runs each task on the thread that brings it, and keeps that thread.
    private static final class Keeping extends ThreadPoolExecutor {

        private final CountDownLatch letGo;

        Keeping(CountDownLatch letGo) {
            super(0, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>());
            this.letGo = letGo;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
            Draining.await(letGo);
        }
    }

    private static byte[] requests(Place place, String... words) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String each : words) {
            all.writeBytes(place.speech().ask(each));
        }
        return all.toByteArray();
    }

    /// However their receivers and their senders take turns in setting the deadline.
    @SideBySide
    @FieldSource("LINES")
    void endsEveryClientThatNeitherReadsNorSends(Place place) throws Exception {
        int count = 40;
        Queue<Streams.Counted> sources = new ConcurrentLinkedQueue<>();
        try (House house = House.Plan.of(place).listener(listener -> endless(listener, sources)).open()) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                clients.add(new Client(house.address(place), place.speech(), 4 << 10).ask("a").ask("b").ask("c"));
            }
            await("the ends").atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5))
                    .until(() -> house.server.stats().closed().get(CloseReason.WRITE_STALL) == count);
            for (Client client : clients) {
                client.leave();
            }
            house.assertSettled(place);
            // By the sender, which may leave after the connection has ended.
            await("the end of the sources").until(() -> sources.stream().allMatch(source -> source.given.get() == 0 || source.closed.get() > 0));
            sources.stream().filter(source -> source.given.get() > 0).forEach(source -> assertEquals(1, source.closed.get()));
        }
    }

    private static ListenerConfig endless(ListenerConfig listener, Queue<Streams.Counted> sources) {
        return ListenerConfig.at("127.0.0.1:0", Streams.endpoint(request -> {
            Streams.Counted source = new Streams.Counted(Long.MAX_VALUE);
            sources.add(source);
            return new Streams.Made(source);
        })).on(listener.io(), listener.pool()).withTimeouts(listener.timeouts().withWrite(Duration.ofMillis(150)));
    }

    @SideBySide
    @FieldSource("WITH_BODIES")
    void readsNoFurtherThanAFewBodiesWhileAHandlerIsBusy(Place place) throws Exception {
        try (House house = House.Plan.of(place).open(); Client client = house.client(place)) {
            client.ask("stop busy");
            house.deeds.stop("busy").awaitArrival();
            assertReads(MEBIBYTE, 4 * MEBIBYTE, house, client, place);
            house.deeds.stop("busy").open.countDown();
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("WITH_BODIES")
    void readsNoFurtherThanAFewBodiesForAClientThatDoesNotRead(Place place) throws Exception {
        try (House house = House.Plan.of(place).open(); Client client = new Client(house.address(place), place.speech(), 4 << 10)) {
            assertReads(4 * MEBIBYTE, 24 * MEBIBYTE, house, client, place);
            house.assertSettled(place);
        }
    }

    /// Of sixty-four bodies of a mebibyte, each of which is answered with as much; then it is kicked.
    private static void assertReads(long atLeast, long atMost, House house, Client client, Place place) throws Exception {
        byte[] request = place.speech().ask("x".repeat(MEBIBYTE - 200));
        CompletableFuture<Boolean> sending = Draining.apart(() -> {
            for (int i = 0; i < 64; i++) {
                client.send(request);
            }
            return true;
        });
        Draining.awaitStill("what is read", () -> house.server.stats().bytesIn() < atLeast ? 0 : house.server.stats().bytesIn());
        assertTrue(house.server.stats().bytesIn() < atMost, () -> house.server.stats().bytesIn() + " bytes were read");
        assertFalse(sending.isDone(), "all was sent");
        house.server.kick(connection -> true, NOW);
        assertEquals(SocketException.class, Draining.get(sending.handle((sent, failure) -> failure.getClass())));
    }
}
