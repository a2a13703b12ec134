package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Timeouts;
import dev.sluice.protocol.Outcome;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.FieldSource;

/// Every deadline, on every model and in every protocol.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimeoutContractTest {

    static final List<Place> PLACES = Cell.everywhere().toList();
    static final List<Place> WITH_BODIES = PLACES.stream().filter(place -> place.speech() == Speech.HTTP).toList();
    private static final Duration DEADLINE = Duration.ofMillis(400);
    /// So long that a busy machine makes no handler late that is not meant to be.
    private static final Duration HANDLER = Duration.ofSeconds(1);

    private House house;

    @BeforeAll
    void open() throws IOException {
        Timeouts allShort = new Timeouts(DEADLINE, DEADLINE, DEADLINE, HANDLER, DEADLINE, DEADLINE);
        house = House.Plan.of(PLACES)
                .listener(listener -> listener.withTimeouts(allShort).withKeepAlive(listener.keepAlive().withMaxRequests(0)))
                .open();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatIsIdle(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("hello").expect("1:hello");
            long asked = System.nanoTime();
            client.expectEnd();
            assertTrue(System.nanoTime() - asked >= DEADLINE.toNanos() * 4 / 5, "ended too early");
        }
        house.awaitEnd(place, CloseReason.IDLE_TIMEOUT);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatNeverSaysAnything(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.expectEnd();
        }
        house.awaitEnd(place, CloseReason.IDLE_TIMEOUT);
    }

    /// A byte now and then does not prolong the deadline.
    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatDripsTheHeadOfARequest(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("hello").expect("1:hello");
            long sent = client.drip(("GET /" + "a".repeat(2_000)).getBytes(StandardCharsets.ISO_8859_1));
            client.expectRefusal();
            client.expectEnd();
            assertTrue(sent < 1_000, "took " + sent + " bytes");
        }
        house.awaitEnd(place, CloseReason.SLOW_HEAD);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("WITH_BODIES")
    void endsAClientThatDripsTheBodyOfARequest(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            client.drip("b".repeat(2_000).getBytes(StandardCharsets.ISO_8859_1));
            assertTrue(client.expectRefusal().last());
            client.expectEnd();
        }
        house.awaitEnd(place, CloseReason.SLOW_BODY);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void interruptsAHandlerThatHangsAndTellsItsClient(Place place) throws Exception {
        Deeds.Stop stop = house.deeds.stop("hangs " + place);
        try (Client client = house.client(place)) {
            client.ask("stop hangs " + place);
            client.expectRefusal();
            client.expectEnd();
        }
        assertTrue(stop.interrupted.await(20, TimeUnit.SECONDS), "interrupted");
        house.awaitEnd(place, CloseReason.HANDLER_TIMEOUT);
        house.assertServes(place);
        assertTrue(house.outcomes(place, Outcome.TIMED_OUT) > 0);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsTheConnectionOfAHandlerThatDoesNotHear(Place place) throws Exception {
        Deeds.Stop stop = house.deeds.stop("hears nothing " + place);
        try (Client client = house.client(place)) {
            client.ask("deaf hears nothing " + place).awaitEnd();
            house.awaitEnd(place, CloseReason.HANDLER_TIMEOUT);
            if (!place.cell().inline()) {
                house.assertServes(place);
                assertEquals(1, stop.inside.get());
            }
        } finally {
            stop.open.countDown();
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatDoesNotRead(Place place) throws Exception {
        try (Client client = house.client(place, 4 << 10)) {
            client.ask("big 9000000");
            house.awaitEnd(place, CloseReason.WRITE_STALL);
        }
        house.assertServes(place);
    }
}
