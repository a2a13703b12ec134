package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport;
import static org.junit.jupiter.api.Assertions.assertFalse;
import dev.sluice.api.ServerConfig;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// A pool changes its type under clients that never disconnect, and others that come and go: on every engine and in every protocol.
@LeavesNothing
class PoolTypeContractTest {

    static final List<Place> PLACES = Stream.of(new IoModel.Blocking(), new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new IoModel.EventLoop(1))
            .map(io -> new Cell(io, new PoolType.Fixed()))
            .flatMap(cell -> Stream.of(new Place(cell, Speech.LINE), new Place(cell, Speech.HTTP), new Place(cell, Speech.LINE, true))).toList();
    /// From fixed, where the pool begins, through all others and back, in two orders.
    private static final List<PoolType> SEQUENCE = Stream.concat(
            Stream.concat(Cell.POOLS.stream().skip(1), Cell.POOLS.stream()), Cell.POOLS.reversed().stream().skip(1)).toList();
    private static final int LOYAL = 64;
    private static final int DRIVERS = 4;

    @ParameterizedTest
    @FieldSource("PLACES")
    @Effect("pools.*.type")
    void bothExecutorsServeDuringTheChangeAndNobodyIsLost(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(LOYAL + 64, 1_000, WhenFull.REFUSE).open();
                Crowd crowd = new Crowd(house, place)) {
            for (PoolType type : SEQUENCE) {
                changes(house, place, type);
            }
            crowd.leave();
            assertEquals(LOYAL, house.connections(place).size());
            assertTrue(house.ends(place).stream().allMatch(CloseReason.PEER::equals), () -> house.ends(place).toString());
            assertTrue(house.server.stats().refused().values().stream().allMatch(count -> count == 0));
            assertEquals(0, house.pool(place).refused());
            assertEquals(0, house.server.stats().failed());
            crowd.assertServed();
        }
    }

    /// One handler is held on the old executor, and others run on the new.
    private static void changes(House house, Place place, PoolType type) throws Exception {
        String name = place + " before " + type.name() + house.server.stats().generation();
        Deeds.Stop stop = house.deeds.stop(name);
        try (Client holder = house.client(place)) {
            holder.ask("stop " + name);
            stop.awaitArrival();
            String old = Crowd.threadOf(house, place, holder, name);
            Set<Thread> oldThreads = Crowd.platformThreads(place);
            house.change(place, type);
            try (Client arriving = house.client(place)) {
                arriving.ask("thread");
                assertNotEquals("1:" + old, arriving.answer().text());
                assertTrue(house.pool(place).retiring() >= 1);
                arriving.ask("again").expect("2:again");
            }
            assertEquals(old, Crowd.threadOf(house, place, holder, name));
            stop.open.countDown();
            holder.expect("1:went on");
            holder.ask("here").expect("2:here");
            house.awaitRetired(place);
            await("the end of the old threads").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                    .until(() -> oldThreads.stream().noneMatch(Thread::isAlive));
        } finally {
            stop.open.countDown();
        }
    }

    /// Clients that stay, each of which asks again and again, and others that come, ask twice and go.
    private static final class Crowd implements AutoCloseable {
        private final House house;
        private final Place place;
        private final List<Client> loyal = new ArrayList<>();
        private final List<CompletableFuture<Integer>> drivers = new ArrayList<>();
        private final AtomicBoolean enough = new AtomicBoolean();
        private final AtomicInteger rounds = new AtomicInteger();

        Crowd(House house, Place place) throws IOException {
            this.house = house;
            this.place = place;
            for (int i = 0; i < LOYAL; i++) {
                loyal.add(house.client(place));
            }
            for (int i = 0; i < DRIVERS; i++) {
                List<Client> mine = loyal.subList(i * LOYAL / DRIVERS, (i + 1) * LOYAL / DRIVERS);
                drive(() -> askAll(mine));
            }
            drive(this::comeAndGo);
        }

        private void drive(Callable<Integer> deed) {
            drivers.add(Draining.busily(deed));
        }

        /// Every second request comes together with another.
        private int askAll(List<Client> mine) throws IOException {
            int asked = 0;
            while (!enough.get()) {
                for (Client client : mine) {
                    client.ask("a" + asked);
                    client.send(join(place.speech().ask("b" + asked), place.speech().ask("c" + asked)));
                }
                for (Client client : mine) {
                    client.expect((asked + 1) + ":a" + asked);
                    client.expect((asked + 2) + ":b" + asked);
                    client.expect((asked + 3) + ":c" + asked);
                }
                asked += 3;
            }
            return asked;
        }

        private static byte[] join(byte[] first, byte[] second) {
            byte[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
        }

        private int comeAndGo() throws IOException {
            while (!enough.get()) {
                try (Client client = house.client(place)) {
                    client.ask("hello").expect("1:hello");
                    client.ask("bye").expect("2:bye");
                    client.finish().expectEnd();
                }
                rounds.incrementAndGet();
            }
            return rounds.get();
        }

        void leave() throws Exception {
            enough.set(true);
            for (CompletableFuture<Integer> driver : drivers) {
                assertTrue(Draining.get(driver) > 0);
            }
            await("that only those are left that stay").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                    .until(() -> house.connections(place).size() == LOYAL);
        }

        /// Each once more, and on the pool's own threads.
        void assertServed() throws IOException {
            for (Client client : loyal) {
                client.ask("thread");
                assertTrue(client.answer().ok());
            }
            assertEquals(0, house.pool(place).retiring());
        }

        /// A client has no address of its own over a Unix domain socket; there the line it sent tells it from others.
        static String threadOf(House house, Place place, Client client, String name) {
            return house.connections(place).stream()
                    .filter(connection -> place.unix() ? connection.op().contains(name) : connection.address().endsWith(":" + client.port()))
                    .filter(connection -> connection.state() == ConnectionState.HANDLING)
                    .findFirst().orElseThrow().thread();
        }

        static Set<Thread> platformThreads(Place place) {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("sluice-" + place.name() + "-") || thread.getName().startsWith("of-the-user-"))
                    .filter(thread -> !thread.getName().contains("receiver") && !thread.getName().contains("sender"))
                    .collect(Collectors.toSet());
        }

        @Override
        public void close() throws IOException {
            enough.set(true);
            for (Client client : loyal) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("PLACES")
    void aDrainWaitsForWhatIsRetiring(Place place) throws Exception {
        try (House house = House.Plan.of(place).open(); Client client = house.client(place)) {
            Deeds.Stop stop = house.deeds.stop("retiring");
            client.ask("stop retiring");
            stop.awaitArrival();
            house.change(place, new PoolType.WorkStealing());
            CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK);
            Draining.awaitPhase(house.server, DrainPhase.ACTIVE);
            assertEquals(1, house.pool(place).retiring());
            stop.open.countDown();
            client.expect("1:went on");
            client.expectEnd();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
            house.awaitRetired(place);
        }
    }

    /// The configuration is all or nothing, and so are its executors.
    @ParameterizedTest
    @FieldSource("PLACES")
    void anExecutorThatCannotBeHadChangesNothing(Place place) throws Exception {
        try (House house = House.Plan.of(place).whole(config -> config.withPool("another", config.pools().get(place.name()))).open()) {
            List<ExecutorService> opened = new ArrayList<>();
            PoolType good = new PoolType.Custom("good", () -> {
                opened.add(Executors.newCachedThreadPool());
                return opened.getLast();
            }, true);
            PoolType bad = new PoolType.Custom("bad", () -> {
                throw new IllegalStateException("planned by a test");
            }, true);
            ServerConfig config = house.server.config();
            PoolConfig pool = Objects.requireNonNull(config.pools().get(place.name()));
            ServerConfig next = config
                    .withPool(place.name(), new PoolConfig(good, 3, 3, WhenFull.WAIT))
                    .withPool("another", new PoolConfig(bad, 3, 3, WhenFull.WAIT));
            ReloadReport report = house.server.apply(next);
            assertFalse(report.applied());
            ReloadReport.Change refused = report.changes().stream().filter(one -> one.verdict() == ReloadReport.Verdict.REFUSED).findFirst().orElseThrow();
            assertEquals("pools.another.type", refused.key());
            assertTrue(refused.detail().contains("bad") && refused.detail().contains("planned by a test"), refused::toString);
            assertEquals(config, house.server.config());
            assertEquals(pool.size(), house.pool(place).size());
            assertEquals("fixed", house.pool(place).type());
            assertTrue(opened.stream().allMatch(ExecutorService::isShutdown));
            assertEquals(1, opened.size());
            house.assertServes(place);
            house.change(place, good);
            house.assertServes(place);
        }
    }
}
