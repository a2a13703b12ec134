package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.FieldSource;

/// What an operator may rely on when clients are kicked, on every model and in every protocol.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationContractTest {

    static final List<Place> PLACES = Cell.tcp().toList();
    private static final Kick AFTER = new Kick(Kick.Mode.AFTER_REQUEST, "test", "");
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "has to go");

    private House house;

    @BeforeAll
    void open() throws IOException {
        house = House.Plan.of(PLACES)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0)))
                .open();
    }

    @AfterAll
    void close() {
        house.close();
    }

    /// The same port of a client's may be used towards several listeners.
    private static Predicate<ConnectionInfo> is(Place place, Client client) {
        return connection -> connection.listener().equals(place.name()) && connection.address().endsWith(":" + client.port());
    }

    private void awaitState(Place place, Client client, ConnectionState state) {
        await("the state " + state).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() ->
                house.server.connections().stream().anyMatch(is(place, client).and(connection -> connection.state() == state)));
    }

    private void awaitGone(Place place, Client client) {
        await("no connection").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() ->
                house.server.connections().stream().noneMatch(is(place, client)));
        Account.check(house.server);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAnIdleClientInOrder(Place place) throws IOException {
        for (Kick kick : List.of(AFTER, NOW)) {
            try (Client client = house.client(place)) {
                client.ask("hello").expect("1:hello");
                awaitState(place, client, ConnectionState.IDLE);
                KickReport report = house.server.kick(is(place, client), kick);
                assertEquals(1, report.matched());
                assertEquals(1, report.closed(), report::toString);
                client.awaitEnd();
                client.finish();
                awaitGone(place, client);
            }
        }
        house.awaitEnd(place, CloseReason.KICKED);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void letsABusyClientHaveItsAnswer(Place place) throws Exception {
        Deeds.Stop stop = house.deeds.stop("busy " + place);
        try (Client client = house.client(place)) {
            client.ask("stop busy " + place);
            stop.awaitArrival();
            KickReport report = house.server.kick(is(place, client), AFTER);
            assertEquals(1, report.asked(), report::toString);
            stop.open.countDown();
            Speech.Answer answer = client.answer();
            assertEquals("1:went on", answer.text());
            assertEquals(place.speech() == Speech.HTTP, answer.last(), "says that it is the last");
            client.expectEnd();
        } finally {
            stop.open.countDown();
        }
        house.awaitEnd(place, CloseReason.KICKED);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsABusyClientAtOnceAndInterruptsItsHandler(Place place) throws Exception {
        Deeds.Stop stop = house.deeds.stop("at once " + place);
        try (Client client = house.client(place)) {
            client.ask("stop at once " + place);
            stop.awaitArrival();
            KickReport report = house.server.kick(is(place, client), NOW);
            assertEquals(1, report.closed(), report::toString);
            client.awaitEnd();
            assertTrue(stop.interrupted.await(20, TimeUnit.SECONDS));
            awaitGone(place, client);
        } finally {
            stop.open.countDown();
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientInTheMiddleOfARequestAtOnce(Place place) throws Exception {
        byte[] request = place.speech().ask("unfinished");
        try (Client client = house.client(place)) {
            client.send(Arrays.copyOf(request, request.length - 4));
            awaitState(place, client, ConnectionState.READING);
            house.server.kick(is(place, client), NOW);
            client.awaitEnd();
            awaitGone(place, client);
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void letsAClientFinishTheRequestItHasBegun(Place place) throws Exception {
        byte[] request = place.speech().ask("begun");
        try (Client client = house.client(place)) {
            client.send(Arrays.copyOf(request, request.length - 4));
            awaitState(place, client, ConnectionState.READING);
            assertEquals(1, house.server.kick(is(place, client), AFTER).asked());
            client.send(Arrays.copyOfRange(request, request.length - 4, request.length)).expect("1:begun");
            client.expectEnd();
            awaitGone(place, client);
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatDoesNotReadAtOnce(Place place) throws Exception {
        try (Client client = new Client(house.address(place), place.speech(), 4 << 10)) {
            client.ask("big 9000000");
            awaitState(place, client, ConnectionState.WRITING);
            house.server.kick(is(place, client), NOW);
            awaitGone(place, client);
        }
        house.assertServes(place);
    }

    /// The kick comes between the last byte of a request and the call of its handler: nobody would ever interrupt that call.
    @SideBySide
    @FieldSource("PLACES")
    void doesNotLeaveAHandlerBehindThatWasCalledWhileItsClientWasKicked(Place place) throws Exception {
        String words = "stop kicked while decoded " + place;
        Deeds.Stop stop = house.deeds.stop("kicked while decoded " + place);
        try (Client client = house.client(place)) {
            house.deeds.whenDecoded(words, () -> house.server.kick(is(place, client), NOW));
            client.ask(words).awaitEnd();
            awaitGone(place, client);
            await("no call").pollDelay(Duration.ZERO).until(() -> stop.inside.get() == 0);
        } finally {
            boolean left = stop.inside.get() > 0;
            stop.open.countDown();
            assertEquals(false, left);
        }
        house.assertServes(place);
    }
}
