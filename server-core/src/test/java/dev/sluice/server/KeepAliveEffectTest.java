package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.api.CloseReason;
import dev.sluice.api.KeepAlive;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.server.Cell.Place;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.provider.FieldSource;

/// When a connection ends at a boundary although its client would go on, changed while it is open.
class KeepAliveEffectTest extends EffectContract {

    static final List<Place> BLOCKING = Cell.pooled().filter(place -> place.cell().blocking()).toList();

    private static void change(House house, Place place, String key, UnaryOperator<KeepAlive> change) {
        house.live(place, "keep-alive." + key, listener -> listener.withKeepAlive(change.apply(listener.keepAlive())));
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.keep-alive.max-requests")
    void aConnectionEndsAtTheBoundaryAfterItsLastRequest(Place place) throws Exception {
        try (House house = patient(place).open(); Client few = house.client(place); Client many = house.client(place)) {
            few.ask("a").expect("1:a");
            many.ask("a").ask("b").ask("c").ask("d");
            many.expect("1:a");
            many.expect("2:b");
            many.expect("3:c");
            many.expect("4:d");
            change(house, place, "max-requests", keepAlive -> keepAlive.withMaxRequests(3));
            few.ask("b").ask("c").ask("never");
            assertFalse(few.answer().last());
            assertEquals(new Speech.Answer(true, "3:c", true), few.answer());
            few.expectEnd();
            assertEquals(new Speech.Answer(true, "5:e", true), many.ask("e").answer()); // it has made more already
            many.expectEnd();
            house.awaitEnd(place, CloseReason.RETIRED);
            change(house, place, "max-requests", keepAlive -> keepAlive.withMaxRequests(0));
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.keep-alive.max-age")
    void aConnectionEndsAtTheFirstBoundaryAfterItsAge(Place place) throws Exception {
        try (House house = patient(place).open(); Client client = house.client(place)) {
            change(house, place, "max-age", keepAlive -> keepAlive.withMaxAge(LONG));
            assertFalse(client.ask("young").answer().last());
            client.ask("stop here");
            house.deeds.stop("here").awaitArrival();
            change(house, place, "max-age", keepAlive -> keepAlive.withMaxAge(SHORT));
            await("it is old").pollDelay(Duration.ZERO).until(() -> house.connections(place).getFirst().age().compareTo(SHORT) > 0);
            house.deeds.stop("here").open.countDown();
            assertEquals(new Speech.Answer(true, "2:went on", true), client.answer());
            client.expectEnd();
            house.awaitEnd(place, CloseReason.RETIRED);
        }
    }

    @SideBySide
    @FieldSource("BLOCKING")
    @Effect("listeners.*.keep-alive.pressure-idle")
    void anIdleConnectionGivesItsPermitToOneThatWaits(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 10, WhenFull.REFUSE)
                .listener(listener -> listener.withTimeouts(PATIENT).withKeepAlive(listener.keepAlive().withPressureIdle(LONG))).open();
                Client idle = house.client(place)) {
            idle.ask("a").expect("1:a");
            try (Client waiting = house.client(place).ask("b")) {
                await("one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 1);
                change(house, place, "pressure-idle", keepAlive -> keepAlive.withPressureIdle(SHORT));
                idle.expectEnd();
                idle.finish();
                waiting.expect("1:b");
            }
            house.awaitEnd(place, CloseReason.PRESSURE);
            house.assertSettled(place);
        }
    }
}
