package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.Outcome;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.provider.FieldSource;

/// Who is let in, who waits, who is refused and who has to make room: a small server for each place.
@LeavesNothing
class AdmissionContractTest {

    static final List<Place> PLACES = Cell.places().toList();
    static final List<Place> POOLED = Cell.pooled().toList();
    static final List<Place> POOLED_TCP = POOLED.stream().filter(place -> !place.unix()).toList();
    static final List<Place> BLOCKING = Cell.pooled().filter(place -> place.cell().blocking()).toList();
    /// Where several clients can be connected at once.
    static final List<Place> MANY = Cell.places().filter(place -> !place.cell().iterative()).toList();

    @SideBySide
    @FieldSource("POOLED")
    void refusesInTheProtocolsWordsWhenThePoolIsFull(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 0, WhenFull.REFUSE).open(); Client first = house.client(place)) {
            first.ask("stop full");
            house.deeds.stop("full").awaitArrival();
            try (Client second = house.client(place)) {
                if (!place.cell().blocking()) {
                    second.ask("too much");
                }
                Speech.Answer answer = second.expectRefusal();
                assertTrue(answer.text().contains("busy"), answer.text());
                second.finish();
                second.expectEnd();
            }
            if (place.cell().blocking()) {
                assertEquals(1, house.refused(place, RefusalReason.POOL_FULL));
            } else {
                await().until(() -> house.outcomes(place, Outcome.REFUSED) == 1);
            }
            assertEquals(1, house.pool(place).refused());
            house.deeds.stop("full").open.countDown();
            first.expect("1:went on");
            first.leave();
            house.assertSettled(place);
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("POOLED")
    void losesNothingWhenAFullPoolLetsWait(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 0, WhenFull.WAIT).open(); Client first = house.client(place)) {
            first.ask("stop full");
            house.deeds.stop("full").awaitArrival();
            List<Client> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                others.add(house.client(place).ask("a").ask("b").ask("c").finish());
            }
            await("that one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() > 0);
            house.deeds.stop("full").open.countDown();
            first.expect("1:went on");
            first.leave();
            for (Client other : others) {
                other.expect("1:a");
                other.expect("2:b");
                other.expect("3:c");
                other.expectEnd();
                other.leave();
            }
            house.assertSettled(place);
            assertEquals(6, house.server.stats().accepted());
            assertEquals(6, house.server.stats().admitted());
        }
    }

    @SideBySide
    @FieldSource("POOLED")
    void servesWhatIsQueuedInItsTurn(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 10, WhenFull.REFUSE).open(); Client first = house.client(place)) {
            first.ask("stop first");
            house.deeds.stop("first").awaitArrival();
            try (Client second = house.client(place); Client third = house.client(place)) {
                second.ask("second");
                third.ask("third");
                await("that both wait").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 2);
                house.deeds.stop("first").open.countDown();
                first.expect("1:went on");
                first.leave();
                second.expect("1:second");
                second.leave();
                third.expect("1:third");
            }
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("POOLED_TCP")
    void endsAKickedClientThatIsQueuedWithoutCallingItsHandler(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 10, WhenFull.REFUSE).open(); Client first = house.client(place)) {
            first.ask("stop first");
            house.deeds.stop("first").awaitArrival();
            Client second = house.client(place).ask("stop second");
            await("that one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 1);
            if (place.cell().blocking()) {
                house.awaitState(place, ConnectionState.QUEUED, 1);
            }
            house.server.kick(connection -> connection.address().endsWith(":" + second.port()), new Kick(Kick.Mode.NOW, "test", ""));
            second.awaitEnd();
            second.leave();
            await("that none waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 0);
            house.deeds.stop("first").open.countDown();
            first.expect("1:went on");
            first.leave();
            house.assertSettled(place);
            assertEquals(1, house.deeds.stop("second").arrived.getCount(), "the handler of the kicked client was called");
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("POOLED_TCP")
    void endsAKickedClientThatAFullPoolLetsWait(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 0, WhenFull.WAIT).open(); Client first = house.client(place)) {
            first.ask("stop first");
            house.deeds.stop("first").awaitArrival();
            Client second = house.client(place).ask("second");
            await("that one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 1);
            house.server.kick(connection -> connection.address().endsWith(":" + second.port()), new Kick(Kick.Mode.NOW, "test", ""));
            second.awaitEnd();
            second.leave();
            try (Client third = house.client(place).ask("third")) {
                house.deeds.stop("first").open.countDown();
                first.expect("1:went on");
                first.leave();
                third.expect("1:third");
            }
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("MANY")
    void refusesWhatExceedsTheLimitOfAListener(Place place) throws Exception {
        try (House house = House.Plan.of(place).listener(listener -> listener.withLimits(listener.limits().withConnections(2, 10))).open()) {
            assertThirdRefused(house, place, RefusalReason.LISTENER_LIMIT);
        }
    }

    @SideBySide
    @FieldSource("MANY")
    void refusesWhatExceedsTheLimitOfAnAddress(Place place) throws Exception {
        try (House house = House.Plan.of(place).listener(listener -> listener.withLimits(listener.limits().withConnections(10, 2))).open()) {
            assertThirdRefused(house, place, RefusalReason.ADDRESS_LIMIT);
        }
    }

    @SideBySide
    @FieldSource("MANY")
    void refusesWhatExceedsARateOfAnAddressUntilTheRateIsChanged(Place place) throws Exception {
        try (House house = House.Plan.of(place).listener(listener -> listener.withLimits(listener.limits().withRatePerAddress(1))).open()) {
            comeUntilRefused(house, place);
            ListenerConfig held = house.server.config().listeners().get(place.name());
            house.server.apply(house.server.config().withListener(place.name(), held.withLimits(held.limits().withRatePerAddress(0)))
                    .withLimits(house.server.config().limits().withRatePerAddress(1)));
            comeUntilRefused(house, place);
            house.server.apply(house.server.config().withLimits(house.server.config().limits().withRatePerAddress(0)));
            for (int i = 0; i < 20; i++) {
                house.assertServes(place);
            }
            house.assertSettled(place);
        }
    }

    /// Of so many that come one after the other, none would be refused if there were a second between each and the next.
    private static void comeUntilRefused(House house, Place place) throws IOException {
        long before = house.refused(place, RefusalReason.RATE_LIMIT);
        Speech.Answer last = null;
        for (int i = 0; i < 20 && (last == null || last.ok()); i++) {
            try (Client client = house.client(place).ask("hello")) {
                last = client.answer();
            }
        }
        assertTrue(last != null && last.text().contains("too many connections"), String.valueOf(last));
        assertEquals(before + 1, house.refused(place, RefusalReason.RATE_LIMIT));
        Account.check(house.server);
    }

    @SideBySide
    @FieldSource("MANY")
    void refusesWhatExceedsTheLimitOfTheServer(Place place) throws Exception {
        try (House house = House.Plan.of(place).whole(config -> config.withLimits(new ServerLimits(2, 10))).open()) {
            assertThirdRefused(house, place, RefusalReason.SERVER_LIMIT);
        }
    }

    private static void assertThirdRefused(House house, Place place, RefusalReason reason) throws IOException {
        try (Client first = house.client(place).ask("a"); Client second = house.client(place).ask("b")) {
            first.expect("1:a");
            second.expect("1:b");
            try (Client third = house.client(place)) {
                assertTrue(third.expectRefusal().text().contains("too many connections"));
                third.finish();
                third.expectEnd();
            }
            assertEquals(1, house.refused(place, reason));
            Account.check(house.server);
        }
        house.assertSettled(place);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void retiresAClientAfterItsLastRequest(Place place) throws Exception {
        try (House house = House.Plan.of(place).listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(3))).open()) {
            try (Client client = house.client(place)) {
                client.ask("a").ask("b").ask("c").ask("d").ask("e");
                client.expect("1:a");
                client.expect("2:b");
                Speech.Answer third = client.answer();
                assertEquals("3:c", third.text());
                assertEquals(place.speech() == Speech.HTTP, third.last());
                client.expectEnd();
            }
            house.awaitEnd(place, CloseReason.RETIRED);
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void retiresAClientThatIsOld(Place place) throws Exception {
        try (House house = House.Plan.of(place).listener(listener -> listener
                .withKeepAlive(listener.keepAlive().withMaxRequests(0).withMaxAge(Duration.ofMillis(100)))).open()) {
            try (Client client = house.client(place)) {
                client.ask("stop old");
                house.deeds.stop("old").awaitArrival();
                await().pollDelay(Duration.ZERO).until(() -> house.connections(place).getFirst().age().toMillis() > 100);
                house.deeds.stop("old").open.countDown();
                client.expect("1:went on");
                client.expectEnd();
            }
            house.awaitEnd(place, CloseReason.RETIRED);
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientWhoseHandlerCannotBeOpened(Place place) throws Exception {
        try (House house = House.Plan.of(place).listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0))).open()) {
            house.deeds.unopenable = true;
            try (Client client = house.client(place)) {
                client.ask("first").ask("second").expectRefusal();
                client.expectEnd();
            }
            house.awaitEnd(place, CloseReason.ERROR);
            house.deeds.unopenable = false;
            house.assertServes(place);
            house.assertSettled(place);
        }
    }

    @SideBySide
    @FieldSource("BLOCKING")
    void takesThePermitOfAnIdleClientForOneThatWaits(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(2, 10, WhenFull.REFUSE)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withPressureIdle(Duration.ofMillis(100)))).open()) {
            try (Client first = house.client(place).ask("a"); Client second = house.client(place).ask("b")) {
                first.expect("1:a");
                second.expect("1:b");
                try (Client third = house.client(place)) {
                    third.ask("c").expect("1:c");
                }
                house.awaitEnd(place, CloseReason.PRESSURE);
            }
            house.assertSettled(place);
        }
    }
}
