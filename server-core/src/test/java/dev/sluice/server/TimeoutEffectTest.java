package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Timeouts;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.provider.FieldSource;

/// Every deadline, made short while a client is connected for which it was long. That each ends what it is for, whatever the client does, see
/// [TimeoutContractTest].
class TimeoutEffectTest extends EffectContract {

    static final List<Place> EVERYWHERE = Stream.concat(PLACES.stream(), Cell.ENGINES.stream().map(cell -> new Place(cell, Speech.HTTP, true))).toList();

    private static void shorten(House house, Place place, String key, UnaryOperator<Timeouts> change) {
        house.live(place, "timeouts." + key, listener -> listener.withTimeouts(change.apply(listener.timeouts())));
    }

    /// A client that has had an answer, so that it is there before anything changes.
    private static Client known(House house, Place place) throws IOException {
        Client client = house.client(place);
        client.ask("known").expect("1:known");
        return client;
    }

    private static void assertRefusedAndEnded(House house, Place place, Client client, CloseReason reason) throws IOException {
        client.expectRefusal();
        client.expectEnd();
        house.awaitEnd(place, reason);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.idle")
    void aNewIdleTimeHoldsForThoseThatAreIdleAlready(Place place) throws IOException {
        try (House house = patient(place).open(); Client client = known(house, place)) {
            house.awaitState(place, ConnectionState.IDLE, 1);
            shorten(house, place, "idle", timeouts -> timeouts.withIdle(SHORT));
            client.expectEnd();
            house.awaitEnd(place, CloseReason.IDLE_TIMEOUT);
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.head")
    void aNewHeadTimeHoldsForTheNextHead(Place place) throws IOException {
        try (House house = patient(place).open(); Client client = known(house, place)) {
            shorten(house, place, "head", timeouts -> timeouts.withHead(SHORT));
            client.send("POST /ask HTTP/1.1\r\nHost:".getBytes(ISO_8859_1));
            assertRefusedAndEnded(house, place, client, CloseReason.SLOW_HEAD);
        }
    }

    /// The head has come by then, in time.
    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.body")
    void aNewBodyTimeHoldsForTheNextBody(Place place) throws IOException {
        try (House house = patient(place).open(); Client client = known(house, place)) {
            client.send("POST /ask HTTP/1.1\r\nHost:".getBytes(ISO_8859_1));
            house.awaitState(place, ConnectionState.READING, 1);
            shorten(house, place, "body", timeouts -> timeouts.withBody(SHORT));
            client.send(" test\r\nContent-Length: 20\r\n\r\nnot all".getBytes(ISO_8859_1));
            assertRefusedAndEnded(house, place, client, CloseReason.SLOW_BODY);
        }
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.handler")
    void aNewHandlerTimeHoldsForTheNextCall(Place place) throws Exception {
        try (House house = patient(place).open(); Client client = known(house, place)) {
            shorten(house, place, "handler", timeouts -> timeouts.withHandler(SHORT));
            client.ask("stop hangs");
            client.expectRefusal();
            client.expectEnd();
            assertTrue(house.deeds.stop("hangs").interrupted.await(20, TimeUnit.SECONDS), "interrupted");
            house.awaitEnd(place, CloseReason.HANDLER_TIMEOUT);
            shorten(house, place, "handler", timeouts -> timeouts.withHandler(LONG)); // or a busy machine might be late for the next
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.write")
    void aNewWriteTimeHoldsForTheNextReply(Place place) throws IOException {
        try (House house = patient(place).open(); Client client = new Client(house.address(place), place.speech(), 4 << 10)) {
            client.ask("known").expect("1:known");
            shorten(house, place, "write", timeouts -> timeouts.withWrite(SHORT));
            client.ask("big 9000000");
            house.awaitEnd(place, CloseReason.WRITE_STALL);
            house.assertServes(place);
        }
    }

    /// After our FIN, the server reads on and drops, until the time is over; then the client's bytes are answered by a reset.
    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.linger")
    void aNewLingerTimeHoldsForTheNextEnd(Place place) throws IOException {
        Timeouts lingering = new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG);
        try (House house = House.Plan.of(place).listener(listener -> listener.withTimeouts(lingering)).open();
                Client before = known(house, place); Client after = known(house, place)) {
            house.live(place, "keep-alive.max-requests", listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(2)));
            before.ask("last").expect("2:last");
            before.expectEnd();
            // It lingers by then, under the time it was given.
            Awaitility.await().pollDelay(Duration.ZERO).until(() -> house.ends(place).contains(CloseReason.RETIRED)
                    || house.connections(place).stream().anyMatch(one -> one.state() == ConnectionState.CLOSING));
            shorten(house, place, "linger", timeouts -> new Timeouts(LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(20)));
            after.ask("last").expect("2:last");
            after.expectEnd();
            after.sendUntilReset();
            before.send(new byte[10]).send(new byte[10]); // the first would bring a reset upon the second
            before.finish();
        }
    }
}
