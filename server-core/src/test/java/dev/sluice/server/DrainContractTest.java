package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CancelReport;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.ServerState;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.FieldSource;

/// The drain, on every model and in every protocol: a small server for each place.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrainContractTest {

    static final List<Place> PLACES = Cell.everywhere().toList();
    /// Where a client can ask before it is accepted: over TLS it cannot.
    static final List<Place> CLEAR = PLACES.stream().filter(place -> !place.tls()).toList();
    static final List<Place> POOLED = Cell.pooled().toList();
    private static final DrainConfig PATIENT = House.QUICK;
    private static final DrainConfig HASTY = PATIENT.withGrace(Duration.ofMillis(150));

    private final ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor();

    @AfterAll
    void close() {
        operators.close();
    }

    private static House house(Place place) throws IOException {
        return House.Plan.of(place).pool(8, 100, WhenFull.REFUSE)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0))).open();
    }

    private CompletableFuture<DrainReport> drain(House house, DrainConfig policy) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return house.server.drain(policy);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }, operators);
    }

    private static void awaitPhase(House house, DrainPhase phase) {
        await("phase " + phase).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> {
            DrainPhase now = house.server.drainProgress().phase();
            return now != null && now.compareTo(phase) >= 0;
        });
    }

    private static DrainReport get(CompletableFuture<DrainReport> draining) throws Exception {
        return draining.get(30, TimeUnit.SECONDS);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsIdleClientsInOrderAndServesAgainOnTheSamePortAfterItIsCancelled(Place place) throws Exception {
        try (House house = house(place)) {
            var address = house.address(place);
            try (Client client = house.client(place)) {
                client.ask("hello").expect("1:hello");
                house.awaitState(place, ConnectionState.IDLE, 1);
                CompletableFuture<DrainReport> draining = drain(house, PATIENT);
                client.expectEnd();
                client.finish();
                assertEquals(DrainReport.Result.CLEAN, get(draining).result());
            }
            house.awaitEnd(place, CloseReason.DRAINED);
            assertEquals(ServerState.DRAINED, house.server.state());
            assertThrows(SocketException.class, () -> house.client(place).leave());

            CancelReport cancelled = house.server.cancelDrain();
            assertEquals(List.of(place.name()), cancelled.listening(), cancelled::toString);
            assertEquals(address, house.address(place));
            house.assertServes(place);
            house.assertSettled(place);
            assertEquals(ServerState.RUNNING, house.server.state());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void letsABusyClientHaveItsAnswerAndSaysThatItIsTheLast(Place place) throws Exception {
        try (House house = house(place); Client client = house.client(place)) {
            client.ask("stop busy");
            house.deeds.stop("busy").awaitArrival();
            CompletableFuture<DrainReport> draining = drain(house, PATIENT);
            awaitPhase(house, DrainPhase.ACTIVE);
            house.deeds.stop("busy").open.countDown();
            Speech.Answer answer = client.answer();
            assertEquals("1:went on", answer.text());
            assertEquals(place.speech() == Speech.HTTP, answer.last());
            client.expectEnd();
            client.finish();
            assertEquals(DrainReport.Result.CLEAN, get(draining).result());
            house.awaitEnd(place, CloseReason.DRAINED);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void answersAllThatWasPipelinedBeforeItBegan(Place place) throws Exception {
        try (House house = house(place); Client client = house.client(place)) {
            client.ask("stop busy").ask("b").ask("c");
            house.deeds.stop("busy").awaitArrival();
            CompletableFuture<DrainReport> draining = drain(house, PATIENT);
            awaitPhase(house, DrainPhase.IDLE);
            house.deeds.stop("busy").open.countDown();
            client.expect("1:went on");
            client.expect("2:b");
            client.expect("3:c");
            client.expectEnd();
            client.finish();
            assertEquals(DrainReport.Result.CLEAN, get(draining).result());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void waitsForARequestThatHasBegunToArrive(Place place) throws Exception {
        byte[] request = place.speech().ask("begun");
        try (House house = house(place); Client client = house.client(place)) {
            client.send(Arrays.copyOf(request, request.length - 4));
            house.awaitState(place, ConnectionState.READING, 1);
            CompletableFuture<DrainReport> draining = drain(house, PATIENT);
            awaitPhase(house, DrainPhase.ACTIVE);
            client.send(Arrays.copyOfRange(request, request.length - 4, request.length)).expect("1:begun");
            client.expectEnd();
            client.finish();
            assertEquals(DrainReport.Result.CLEAN, get(draining).result());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void staysWhereItIsWhenAHandlerIsStuckAndIsCancelledFromThere(Place place) throws Exception {
        try (House house = house(place)) {
            try (Client client = house.client(place)) {
                client.ask("deaf stuck");
                house.deeds.stop("stuck").awaitArrival();
                DrainReport report = get(drain(house, HASTY));
                assertEquals(DrainReport.Result.INCOMPLETE, report.result(), report::toString);
                house.server.cancelDrain();
                house.deeds.stop("stuck").open.countDown();
                client.expect("1:went on");
                client.ask("again").expect("2:again");
            }
            house.assertSettled(place);
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void isCancelledWhileItWaitsForARequest(Place place) throws Exception {
        try (House house = house(place)) {
            try (Client client = house.client(place)) {
                client.ask("stop busy");
                house.deeds.stop("busy").awaitArrival();
                CompletableFuture<DrainReport> draining = drain(house, PATIENT);
                awaitPhase(house, DrainPhase.ACTIVE);
                assertTrue(house.server.cancelDrain().cancelled());
                assertEquals(DrainReport.Result.CANCELLED, get(draining).result());
                house.deeds.stop("busy").open.countDown();
                client.expect("1:went on");
                client.ask("again").expect("2:again");
            }
            house.assertServes(place);
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("POOLED")
    void runsRefusesOrClosesWhatIsQueued(Place place) throws Exception {
        for (DrainConfig.Queued policy : DrainConfig.Queued.values()) {
            try (House house = House.Plan.of(place).pool(1, 10, WhenFull.REFUSE).open(); Client first = house.client(place)) {
                first.ask("stop first");
                house.deeds.stop("first").awaitArrival();
                try (Client second = house.client(place)) {
                    second.ask("second");
                    await("that one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 1);
                    CompletableFuture<DrainReport> draining = drain(house, PATIENT.withQueued(policy));
                    switch (policy) {
                        case RUN -> awaitPhase(house, DrainPhase.QUEUED);
                        case REFUSE -> assertTrue(second.expectRefusal().text().contains("draining"));
                        case CLOSE -> second.awaitEnd();
                    }
                    house.deeds.stop("first").open.countDown();
                    first.expect("1:went on");
                    first.leave();
                    if (policy == DrainConfig.Queued.RUN) {
                        second.expect("1:second");
                    }
                    second.awaitEnd();
                    second.leave();
                    assertEquals(DrainReport.Result.CLEAN, get(draining).result(), policy.name());
                }
                house.assertSettled(place);
            }
        }
    }

    /// What connected before the listener closed is served, though nobody had accepted it yet.
    @SideBySide
    @FieldSource("CLEAR")
    void servesWhatWaitsInTheBacklog(Place place) throws Exception {
        try (House house = house(place)) {
            house.server.pause(place.name());
            try (Client first = house.client(place).ask("first"); Client second = house.client(place).ask("second")) {
                CompletableFuture<DrainReport> draining = drain(house, PATIENT);
                first.expect("1:first");
                first.expectEnd();
                first.finish();
                second.expect("1:second");
                second.expectEnd();
                second.finish();
                assertEquals(DrainReport.Result.CLEAN, get(draining).result());
            }
            assertEquals(2, house.server.stats().admitted());
            house.assertSettled(place);
        }
    }
}
