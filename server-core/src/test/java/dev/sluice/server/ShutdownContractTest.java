package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainReport;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.ServerState;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.FieldSource;

/// The end of a server with every kind of client attached at once, on every model and in every protocol.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShutdownContractTest {

    static final List<Place> PLACES = Cell.places().toList();
    private static final DrainConfig HASTY = new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ofMillis(30), Duration.ZERO,
            Duration.ofMillis(150), Duration.ofMillis(300), Duration.ofMillis(500));

    private final ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor();

    @AfterAll
    void close() {
        operators.close();
    }

    /// The clients of one house: what can be attached to its model at once.
    private static final class Crowd {
        final House house;
        final Place place;
        final List<Client> all = new ArrayList<>();

        Crowd(House house, Place place) throws Exception {
            this.house = house;
            this.place = place;
            if (!place.cell().iterative()) {
                idle();
                halfOpen();
            }
        }

        private Client joined() throws IOException {
            Client client = house.client(place);
            all.add(client);
            return client;
        }

        private void idle() throws IOException {
            joined().ask("hello").expect("1:hello");
        }

        private void halfOpen() throws IOException {
            byte[] request = place.speech().ask("unfinished");
            joined().send(Arrays.copyOf(request, request.length - 4));
            house.awaitState(place, ConnectionState.READING, 1);
        }

        /// A handler that hears an interrupt, or does not, and a client that has half-closed behind its request.
        void busy(String words, boolean halfClosed) throws Exception {
            Client client = joined().ask(words);
            if (halfClosed) {
                client.finish();
            }
            house.deeds.stop(words.split(" ", 2)[1]).awaitArrival();
        }

        /// One more than the pool and its queue of one have room for.
        void queuedAndRefused() throws IOException {
            joined().ask("queued");
            await("that one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 1);
            joined().ask("refused").expectRefusal();
        }

        void leave() throws IOException {
            for (Client client : all) {
                client.close();
            }
        }
    }

    /// Room for all but the last two: blocking permits are held by idle and partial clients too.
    private static House house(Place place) throws IOException {
        return House.Plan.of(place).pool(place.cell().blocking() ? 4 : 2, 1, WhenFull.REFUSE)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0).withPressureIdle(Duration.ofMinutes(1))))
                .open();
    }

    @SideBySide
    @FieldSource("PLACES")
    void namesWhoeverIsForcedAndLeavesNothing(Place place) throws Exception {
        House house = house(place);
        Crowd crowd = new Crowd(house, place);
        crowd.busy("deaf stuck", false);
        if (!place.cell().inline()) {
            crowd.busy("stop busy", true);
            crowd.queuedAndRefused();
        }
        DrainReport report = house.server.shutdown(HASTY);

        assertEquals(DrainReport.Result.FORCED, report.result());
        assertEquals(ServerState.STOPPED, house.server.state());
        long inside = report.victims().stream()
                .filter(victim -> victim.stack().stream().anyMatch(frame -> frame.contains("Deeds$Doer.stopped"))).count();
        assertEquals(place.cell().inline() ? 1 : 2, inside, () -> "victims that are inside a handler: " + report.victims());
        assertTrue(report.threads().size() >= 1, () -> "threads that did not end: " + report.threads());
        for (Client client : crowd.all) {
            client.awaitEnd();
        }
        assertEquals(List.of(), house.server.connections());
        Account.check(house.server);

        house.deeds.stop("stuck").open.countDown();
        await("the end of the last thread").until(() -> house.server.threads().isEmpty());
        crowd.leave();
        house.deeds.assertAllClosed();
        assertEquals(report, house.server.shutdown(HASTY), "a second shutdown reports the first");
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsCleanWhenEveryRequestComesToItsEnd(Place place) throws Exception {
        House house = house(place);
        Crowd crowd = new Crowd(house, place);
        crowd.busy("stop busy", false);
        if (!place.cell().inline()) {
            crowd.busy("stop other", true);
            crowd.queuedAndRefused();
        }
        CompletableFuture<DrainReport> ending = CompletableFuture.supplyAsync(() -> {
            try {
                return house.shutdown(House.QUICK);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }, operators);
        await("the draining").pollDelay(Duration.ZERO).until(() -> house.server.state() == ServerState.DRAINING);
        house.deeds.stop("busy").open.countDown();
        house.deeds.stop("other").open.countDown();
        if (!place.cell().iterative()) {
            byte[] request = place.speech().ask("unfinished");
            await("room in the queue").pollDelay(Duration.ZERO).until(() ->
                    house.server.pools().stream().allMatch(pool -> pool.queued() == 0));
            crowd.all.get(1).send(Arrays.copyOfRange(request, request.length - 4, request.length)).expect("1:unfinished");
        }
        DrainReport report = ending.get(30, TimeUnit.SECONDS);
        assertEquals(DrainReport.Result.CLEAN, report.result(), report::toString);
        assertEquals(List.of(), report.threads());
        for (Client client : crowd.all) {
            client.awaitEnd();
        }
        crowd.leave();
    }
}
