package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.Timeouts;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.FieldSource;

/// Every limit, changed under clients that are connected: those stay, and what comes next is held to it.
class LimitEffectTest extends EffectContract {

    static final List<Place> BOTH = Stream.concat(PLACES.stream(), Cell.engines(Speech.LINE).stream()).toList();
    private static final int MANY = 10_000;
    private static final int LARGE = 1 << 20;
    private static final String LONG_WORDS = "w".repeat(300);

    private static void change(House house, Place place, String key, UnaryOperator<ListenerLimits> change) {
        house.live(place, "limits." + key, listener -> listener.withLimits(change.apply(listener.limits())));
    }

    // ---- how many connections ----

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.limits.connections")
    void aNewLimitOfAListenerRefusesWhoComesNext(Place place) throws IOException {
        assertHolds(List.of(place), RefusalReason.LISTENER_LIMIT,
                (house, count) -> change(house, place, "connections", limits -> limits.withConnections(count, MANY)));
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.limits.per-address")
    void aNewLimitOfAnAddressRefusesWhoComesNextFromThere(Place place) throws IOException {
        assertHolds(List.of(place), RefusalReason.ADDRESS_LIMIT,
                (house, count) -> change(house, place, "per-address", limits -> limits.withConnections(limits.connections(), count)));
    }

    @Test
    @Effect("limits.connections")
    void aNewLimitOfTheServerHoldsForAllItsListenersTogether() throws IOException {
        assertHolds(PLACES, RefusalReason.SERVER_LIMIT,
                (house, count) -> house.live("limits.connections", config -> config.withLimits(new ServerLimits(count, MANY))));
    }

    @Test
    @Effect("limits.per-address")
    void aNewLimitOfAnAddressInTheServerHoldsForAllItsListenersTogether() throws IOException {
        assertHolds(PLACES, RefusalReason.ADDRESS_LIMIT,
                (house, count) -> house.live("limits.per-address", config -> config.withLimits(new ServerLimits(MANY, count))));
    }

    /// Of twice as many clients as there are places, some in each.
    private static void assertHolds(List<Place> places, RefusalReason reason, ObjIntConsumer<House> limit) throws IOException {
        try (House house = House.Plan.of(places).open()) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 2 * places.size(); i++) {
                Client client = house.client(places.get(i % places.size()));
                client.ask("known").expect("1:known");
                clients.add(client);
            }
            limit.accept(house, clients.size());
            for (Place place : places) {
                assertRefused(house, place, reason, 1);
            }
            limit.accept(house, 1); // fewer than there are: they stay
            for (Client client : clients) {
                client.ask("still there").expect("2:still there");
            }
            clients.getFirst().leave();
            await("one has left").until(() -> house.server.connections().size() == clients.size() - 1);
            assertRefused(house, places.getLast(), reason, 2);
            limit.accept(house, clients.size());
            house.assertServes(places.getLast());
            for (Client client : clients) {
                client.close();
            }
            places.forEach(house::assertSettled);
        }
    }

    private static void assertRefused(House house, Place place, RefusalReason reason, int times) throws IOException {
        try (Client client = house.client(place)) {
            assertTrue(client.expectRefusal().text().contains("too many connections"));
            client.finish();
            client.expectEnd();
        }
        assertEquals(times, house.refused(place, reason));
    }

    // ---- how many a second ----

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.limits.rate-per-address")
    void aNewRateOfAnAddressRefusesWhoComesNextTooSoon(Place place) throws IOException {
        assertSlows(List.of(place), (house, rate) -> change(house, place, "rate-per-address", limits -> limits.withRatePerAddress(rate)));
    }

    /// Each listener alone would take them.
    @Test
    @Effect("limits.rate-per-address")
    void aNewRateOfAnAddressInTheServerHoldsForAllItsListenersTogether() throws IOException {
        assertSlows(PLACES, (house, rate) ->
                house.live("limits.rate-per-address", config -> config.withLimits(config.limits().withRatePerAddress(rate))));
    }

    private static void assertSlows(List<Place> places, ObjIntConsumer<House> limit) throws IOException {
        try (House house = House.Plan.of(places).open()) {
            try (Client known = house.client(places.getFirst())) {
                known.ask("known").expect("1:known");
                limit.accept(house, 1);
                int refused = refusedOfThoseWhoCome(house, places);
                assertTrue(refused > 0, "more than one came in a second");
                assertEquals(refused, house.server.stats().refused().get(RefusalReason.RATE_LIMIT).intValue());
                known.ask("still there").expect("2:still there");
                limit.accept(house, 0);
                assertEquals(0, refusedOfThoseWhoCome(house, places));
            }
            places.forEach(house::assertSettled);
        }
    }

    /// One after the other, without a pause: to each place once, or to the only one again and again.
    private static int refusedOfThoseWhoCome(House house, List<Place> places) throws IOException {
        int refused = 0;
        for (int i = 0; i < (places.size() == 1 ? 20 : places.size()); i++) {
            try (Client client = house.client(places.get(i % places.size()))) {
                refused += client.ask("quick").answer().ok() ? 0 : 1;
            }
        }
        return refused;
    }

    // ---- how much a connection may send ----

    @SideBySide
    @FieldSource("BOTH")
    @Effect("listeners.*.limits.line")
    void aNewLimitOfALineHoldsForTheNextRequest(Place place) throws IOException {
        byte[] request = place.speech() == Speech.LINE ? place.speech().ask(LONG_WORDS) : get("/" + LONG_WORDS, "");
        assertRefusedOnceChanged(place, "line", new RequestLimits(100, LARGE, LARGE, LARGE), request);
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.limits.head")
    void aNewLimitOfAHeadHoldsForTheNextRequest(Place place) throws IOException {
        assertRefusedOnceChanged(place, "head", new RequestLimits(LARGE, 100, LARGE, LARGE), get("/", "X-Words: " + LONG_WORDS + "\r\n"));
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.limits.body")
    void aNewLimitOfABodyHoldsForTheNextRequest(Place place) throws IOException {
        assertRefusedOnceChanged(place, "body", new RequestLimits(LARGE, LARGE, 100, LARGE), place.speech().ask(LONG_WORDS));
    }

    @SideBySide
    @FieldSource("BOTH")
    @Effect("listeners.*.limits.request")
    void aNewLimitOfARequestHoldsForTheNextOne(Place place) throws IOException {
        assertRefusedOnceChanged(place, "request", new RequestLimits(LARGE, LARGE, LARGE, 200), place.speech().ask(LONG_WORDS));
    }

    /// The rest of a body that has begun is held to it too, from the next byte on.
    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.limits.body-rate")
    void aNewRateOfABodyHoldsForThoseThatComeAlready(Place place) throws IOException {
        Timeouts soonJudged = PATIENT.withHead(SHORT);
        try (House house = House.Plan.of(place).listener(listener -> listener.withTimeouts(soonJudged)
                .withLimits(listener.limits().withBodyRate(0))).open(); Client client = house.client(place)) {
            client.ask("known").expect("1:known");
            client.send("POST /ask HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\nnot".getBytes(ISO_8859_1));
            house.awaitState(place, ConnectionState.READING, 1);
            change(house, place, "body-rate", limits -> limits.withBodyRate(1 << 30));
            client.send(" all".getBytes(ISO_8859_1)).expectRefusal();
            client.expectEnd();
            house.awaitEnd(place, CloseReason.SLOW_BODY);
            house.assertServes(place);
        }
    }

    private static byte[] get(String target, String fields) {
        return ("GET " + target + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n").getBytes(ISO_8859_1);
    }

    /// A client whose request is answered makes it again when it is too large, and is refused; then it is not too large any more.
    private static void assertRefusedOnceChanged(Place place, String key, RequestLimits small, byte[] request) throws IOException {
        RequestLimits large = new RequestLimits(LARGE, LARGE, LARGE, LARGE);
        try (House house = House.Plan.of(place).listener(listener -> listener.withLimits(listener.limits().withSizes(large))).open()) {
            try (Client client = house.client(place)) {
                assertTrue(client.send(request).answer().ok());
                change(house, place, key, limits -> limits.withSizes(small));
                client.ask("small").expect("2:small");
                client.send(request).expectRefusal();
                client.expectEnd();
            }
            house.awaitEnd(place, CloseReason.MALFORMED);
            change(house, place, key, limits -> limits.withSizes(large));
            try (Client client = house.client(place)) {
                assertTrue(client.send(request).answer().ok());
            }
            house.assertSettled(place);
        }
    }

    /// With duplex, requests are taken off the socket while one is with its handler: so many, and one in the receiver's hands. The other engines take the next
    /// one when the one before has been answered.
    @SideBySide
    @FieldSource("BOTH")
    @Effect("listeners.*.limits.pipelined")
    void aNewLimitOfPipeliningHoldsForWhatWaitsNext(Place place) throws Exception {
        boolean ahead = place.cell().io() instanceof IoModel.Duplex;
        try (House house = House.Plan.of(place).listener(listener -> listener.withLimits(listener.limits().withPipelined(20))).open();
                Client client = house.client(place)) {
            AtomicInteger decoded = new AtomicInteger();
            house.deeds.whenDecoded("next", decoded::incrementAndGet);
            pipeline(client, house.deeds.stop("first"), "first", 20);
            if (ahead) {
                await("all are taken").pollInterval(Duration.ofMillis(5)).until(() -> decoded.get() == 20);
            }
            release(client, house.deeds.stop("first"), 1, 20);
            decoded.set(0);
            change(house, place, "pipelined", limits -> limits.withPipelined(3));
            pipeline(client, house.deeds.stop("second"), "second", 20);
            if (ahead) {
                Draining.awaitStill("the number of those taken", decoded::get);
            }
            assertTrue(decoded.get() <= 3 + 1, () -> "of 20, were taken " + decoded);
            release(client, house.deeds.stop("second"), 22, 20);
        }
    }

    private static void pipeline(Client client, Deeds.Stop stop, String name, int count) throws Exception {
        client.ask("stop " + name);
        for (int i = 0; i < count; i++) {
            client.ask("next");
        }
        stop.awaitArrival();
    }

    private static void release(Client client, Deeds.Stop stop, int number, int count) throws IOException {
        stop.open.countDown();
        client.expect(number + ":went on");
        for (int i = 1; i <= count; i++) {
            client.expect(number + i + ":next");
        }
    }
}
