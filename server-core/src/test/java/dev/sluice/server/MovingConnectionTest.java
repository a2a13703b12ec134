package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.server.Cell.Place;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.FieldSource;

/// A connection of blocking I/O holds its thread for its life, but not beyond that of its executor: what happens to it before, while and
/// after it moves.
@LeavesNothing
class MovingConnectionTest {

    static final List<Place> PLACES = Stream.of(Speech.LINE, Speech.HTTP)
            .map(speech -> new Place(new Cell(new IoModel.Blocking(), new PoolType.Fixed()), speech)).toList();
    private static final Kick AFTER = new Kick(Kick.Mode.AFTER_REQUEST, "test", "");
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "");

    private static House.Plan plan(Place place) {
        return House.Plan.of(place).pool(64, 100, WhenFull.REFUSE);
    }

    private static byte[] together(Place place, String... requests) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String request : requests) {
            all.writeBytes(place.speech().ask(request));
        }
        return all.toByteArray();
    }

    private static void eventually(Callable<Boolean> holds) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(holds);
    }

    private static String thread(Client client) throws IOException {
        return client.ask("thread").answer().text().replaceFirst("\\d+:", "");
    }

    private static ConnectionInfo only(House house, Place place) {
        assertEquals(1, house.connections(place).size());
        return house.connections(place).getFirst();
    }

    /// A client whose connection has left its thread for an executor that keeps it waiting.
    private static Client suspended(House house, Place place, Reluctant executor) throws IOException {
        Client client = house.client(place);
        client.ask("first").expect("1:first");
        house.awaitState(place, ConnectionState.IDLE, 1);
        house.change(place, executor.owned());
        client.ask("second").expect("2:second");
        eventually(() -> executor.kept.size() == 1);
        assertEquals(0, house.pool(place).retiring());
        assertEquals(1, house.pool(place).active());
        assertEquals(ConnectionState.IDLE, only(house, place).state());
        assertEquals("", only(house, place).thread());
        return client;
    }

    @SideBySide
    @FieldSource("PLACES")
    void clientsThatAreIdleStayOnTheOldExecutorUntilTheirNextAnswer(Place place) throws Exception {
        List<Client> clients = new ArrayList<>();
        try (House house = plan(place).open()) {
            List<String> old = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(house.client(place));
                old.add(thread(clients.getLast()));
            }
            house.awaitState(place, ConnectionState.IDLE, 20);
            house.change(place, new PoolType.Virtual());
            for (int i = 0; i < 20; i++) {
                assertEquals(20 - i, house.pool(place).retiring());
                assertEquals(old.get(i), thread(clients.get(i)), "the next is still answered where it is");
                int left = 19 - i;
                eventually(() -> house.pool(place).retiring() == left);
            }
            assertEquals(20, house.pool(place).active());
            for (Client client : clients) {
                assertTrue(thread(client).startsWith("sluice-" + place.name() + "-v"));
            }
            eventually(() -> house.server.threads().stream().noneMatch(thread -> old.contains(thread.name())));
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void whatWasReadAheadIsAnsweredByTheNextThreadInOrder(Place place) throws Exception {
        try (House house = plan(place).open(); Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("here");
            byte[] all = together(place, "thread", "stop here", "thread", "thread");
            byte[] unfinished = together(place, "unfinished");
            client.send(all).send(Arrays.copyOf(unfinished, 3));
            stop.awaitArrival();
            house.change(place, new PoolType.Virtual());
            stop.open.countDown();
            String old = client.answer().text();
            client.expect("2:went on");
            assertTrue(client.answer().text().startsWith("3:sluice-" + place.name() + "-v"));
            assertTrue(client.answer().text().startsWith("4:sluice-" + place.name() + "-v"));
            client.send(Arrays.copyOfRange(unfinished, 3, unfinished.length)).expect("5:unfinished");
            assertFalse(old.contains("-v"), old);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void aClientThatEndsWithPipelinedRequestsIsAnsweredToTheLast(Place place) throws Exception {
        try (House house = plan(place).open(); Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("here");
            client.send(together(place, "stop here", "a", "b")).finish();
            stop.awaitArrival();
            house.change(place, new PoolType.Cached());
            stop.open.countDown();
            client.expect("1:went on");
            client.expect("2:a");
            client.expect("3:b");
            client.expectEnd();
            house.awaitEnd(place, CloseReason.PEER);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void whatComesBetweenTwoThreadsIsAnsweredByTheNext(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client client = suspended(house, place, executor)) {
            client.send(together(place, "a", "b"));
            executor.relent();
            client.expect("3:a");
            client.expect("4:b");
            assertTrue(thread(client).startsWith("of-the-user-reluctant-"));
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatWaitsForItsThreadIsKickedAtOnceAndItsThreadFindsNothing(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client client = suspended(house, place, executor)) {
            assertEquals(1, house.server.kick(one -> true, NOW).closed());
            client.awaitEnd();
            assertEquals(List.of(), house.connections(place));
            Runnable late = executor.kept.remove();
            assertEquals(0, house.pool(place).active());
            house.deeds.assertAllClosed();
            late.run();
            executor.relent();
            house.awaitEnd(place, CloseReason.KICKED);
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatWaitsForItsThreadIsEndedInOrderEvenIfItNeverComes(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client client = suspended(house, place, executor)) {
            assertEquals(1, house.server.kick(one -> true, AFTER).closed());
            client.expectEnd();
            house.awaitEnd(place, CloseReason.KICKED);
            house.assertSettled(place);
            house.deeds.assertAllClosed();
        }
    }

    /// What it asks after our FIN cannot be answered.
    @SideBySide
    @FieldSource("PLACES")
    void oneThatWasEndedWhileItWaitedForItsThreadIsNotServedAnyMore(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client client = suspended(house, place, executor)) {
            endIdle(house, place, Duration.ofSeconds(10));
            client.expectEnd();
            client.ask("stop too late").finish();
            executor.relent();
            house.awaitEnd(place, CloseReason.IDLE_TIMEOUT);
            house.assertSettled(place);
            assertEquals(1, house.deeds.stop("too late").arrived.getCount(), "no handler has come");
        }
    }

    /// From now on clients are idle soon.
    private static void endIdle(House house, Place place, Duration linger) {
        ServerConfig config = house.server.config();
        ListenerConfig listener = Objects.requireNonNull(config.listeners().get(place.name()));
        Timeouts usual = listener.timeouts();
        Timeouts brief = new Timeouts(Duration.ofMillis(50), usual.head(), usual.body(), usual.handler(), usual.write(), linger);
        assertTrue(house.server.apply(config.withListener(place.name(), listener.withTimeouts(brief))).applied());
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatWaitsForItsThreadWithWhatWasReadAheadIsAskedForOneMoreAnswer(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("here");
            client.send(together(place, "stop here", "last", "too many"));
            stop.awaitArrival();
            house.change(place, executor.owned());
            stop.open.countDown();
            client.expect("1:went on");
            eventually(() -> executor.kept.size() == 1);
            assertEquals(1, house.server.kick(one -> true, AFTER).asked());
            executor.relent();
            client.expect("2:last");
            client.expectEnd();
            house.awaitEnd(place, CloseReason.KICKED);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatWaitsForItsThreadTooLongIsIdle(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client client = suspended(house, place, executor)) {
            endIdle(house, place, Duration.ofMillis(500));
            client.expectEnd();
            executor.relent(); // it comes at last, perhaps while the client still may end
            house.awaitEnd(place, CloseReason.IDLE_TIMEOUT);
            house.assertSettled(place);
        }
    }

    /// What has begun is not turned away with what is queued, though it waits for a thread as that does.
    @SideBySide
    @FieldSource("PLACES")
    void aDrainThatRefusesWhatIsQueuedAnswersWhatWasReadAhead(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        DrainConfig refusing = new DrainConfig(Duration.ZERO, DrainConfig.Queued.REFUSE, Duration.ofMillis(50), Duration.ZERO,
                Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(5));
        try (House house = plan(place).open(); Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("here");
            client.send(together(place, "stop here", "read ahead"));
            stop.awaitArrival();
            house.change(place, executor.owned());
            stop.open.countDown();
            client.expect("1:went on");
            eventually(() -> executor.kept.size() == 1);
            assertEquals(ConnectionState.READING, only(house, place).state());
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, refusing);
            Draining.awaitPhase(house.server, DrainPhase.ACTIVE);
            executor.relent();
            client.expect("2:read ahead");
            client.expectEnd();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void aDrainEndsWhatIsIdleOnOldAndNewExecutorsAndWhatIsBetweenThem(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        try (House house = plan(place).open(); Client old = house.client(place); Client between = house.client(place)) {
            old.ask("hello").expect("1:hello");
            between.ask("hello").expect("1:hello");
            house.awaitState(place, ConnectionState.IDLE, 2);
            house.change(place, executor.owned());
            between.ask("again").expect("2:again");
            eventually(() -> executor.kept.size() == 1);
            house.awaitState(place, ConnectionState.IDLE, 2);
            assertEquals(1, house.pool(place).retiring());
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK);
            old.expectEnd();
            between.expectEnd();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void aDrainForcesWhatIsBetweenTwoExecutors(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.KEEPS);
        House house = plan(place).open();
        try (Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("here");
            client.send(together(place, "stop here", "read ahead"));
            stop.awaitArrival();
            house.change(place, executor.owned());
            stop.open.countDown();
            client.expect("1:went on");
            eventually(() -> executor.kept.size() == 1);
            CompletableFuture<DrainReport> ending = Draining.apart(() -> house.shutdown(House.QUICK.withGrace(Duration.ofMillis(100))));
            client.awaitEnd();
            DrainReport report = Draining.get(ending);
            assertEquals(1, report.victims().size());
            assertEquals(List.of(), report.threads());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void anExecutorThatRefusesAConnectionEndsItAfterItsAnswer(Place place) throws Exception {
        Reluctant executor = new Reluctant(Reluctant.Mood.REFUSES);
        try (House house = plan(place).open(); Client client = house.client(place)) {
            client.ask("first").expect("1:first");
            house.awaitState(place, ConnectionState.IDLE, 1);
            house.change(place, executor.owned());
            client.ask("second").expect("2:second");
            client.expectEnd();
            house.awaitEnd(place, CloseReason.ERROR);
            house.assertSettled(place);
            house.deeds.assertAllClosed();
            executor.relent();
            house.assertServes(place);
            assertEquals(0, house.pool(place).retiring());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatIsIdleOnTheOldExecutorIsKickedThereAndTheExecutorEnds(Place place) throws Exception {
        for (Kick kick : List.of(AFTER, NOW)) {
            try (House house = plan(place).open(); Client client = house.client(place)) {
                String old = thread(client);
                house.awaitState(place, ConnectionState.IDLE, 1);
                house.change(place, new PoolType.Virtual());
                assertEquals(1, house.server.kick(one -> true, kick).closed());
                client.awaitEnd();
                house.awaitRetired(place);
                house.awaitEnd(place, CloseReason.KICKED);
                house.assertSettled(place);
                eventually(() -> house.server.threads().stream().noneMatch(thread -> thread.name().equals(old)));
            }
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatWasAskedForItsLastAnswerDoesNotMove(Place place) throws Exception {
        try (House house = plan(place).open(); Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("here");
            client.ask("stop here");
            stop.awaitArrival();
            house.change(place, new PoolType.Virtual());
            assertEquals(1, house.server.kick(one -> true, AFTER).asked());
            stop.open.countDown();
            client.expect("1:went on");
            client.expectEnd();
            house.awaitEnd(place, CloseReason.KICKED);
            house.awaitRetired(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void oneThatWasAskedWhileItsLastAnswerWasOnItsWayDoesNotMoveEither(Place place) throws Exception {
        int length = 5_500_000;
        try (House house = plan(place).open(); Client client = new Client(house.address(place), place.speech(), 4 << 10)) {
            client.ask("big " + length);
            house.awaitState(place, ConnectionState.WRITING, 1);
            Draining.awaitStill("what is sent", () -> house.server.stats().bytesOut());
            house.change(place, new PoolType.Virtual());
            assertEquals(1, house.server.kick(one -> true, AFTER).asked());
            assertEquals(length, client.answer().text().length());
            client.expectEnd();
            house.awaitEnd(place, CloseReason.KICKED);
            house.awaitRetired(place);
        }
    }

    /// Kicks find connections on old threads, on new ones, and between them.
    @SideBySide
    @FieldSource("PLACES")
    void nothingIsLostOrLeftWhenTheTypeChangesAllTheTimeAndClientsAreKicked(Place place) throws Exception {
        int count = 16;
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong kicked = new AtomicLong();
        try (House house = plan(place).open()) {
            List<CompletableFuture<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                clients.add(Draining.busily(() -> chat(house, place, enough)));
            }
            for (int i = 1; i < 300; i++) {
                house.change(place, Cell.POOLS.get(i % Cell.POOLS.size()));
                if (i % 5 == 0) {
                    long spared = i % 3;
                    kicked.addAndGet(house.server.kick(one -> one.id() % 3 == spared, i % 2 == 0 ? NOW : AFTER).matched());
                }
                Account.check(house.server);
            }
            enough.set(true);
            for (CompletableFuture<Integer> client : clients) {
                assertTrue(Draining.get(client) > 0);
            }
            assertTrue(kicked.get() > 0);
            house.assertSettled(place);
            house.awaitRetired(place);
            house.deeds.assertAllClosed();
            house.assertServes(place);
        }
    }

    /// Asks, two at a time, and when it is ended connects again. What it is answered is in order.
    private static int chat(House house, Place place, AtomicBoolean enough) throws IOException {
        int answers = 0;
        while (!enough.get()) {
            try (Client client = house.client(place)) {
                for (int i = 1; !enough.get(); i += 2) {
                    client.send(together(place, "a", "b"));
                    client.expect(i + ":a");
                    client.expect(i + 1 + ":b");
                    answers += 2;
                }
            } catch (SocketException | EOFException kicked) {
                // it comes again
            }
        }
        return answers;
    }
}
