package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.provider.FieldSource;

/// What a pool lets run, wait and be refused, changed while handlers run; with blocking each of them is a connection's.
class PoolEffectTest extends EffectContract {

    static final List<Place> POOLS = Cell.pooled().filter(place -> place.speech() == Speech.HTTP).toList();

    /// A client whose handler has begun, and waits at a stop of its name.
    private static Client busy(House house, Place place, String name) throws Exception {
        Client client = house.client(place).ask("stop " + name);
        house.deeds.stop(name).awaitArrival();
        return client;
    }

    /// With blocking, the client has to leave too.
    private static void finish(House house, Place place, Client client, String name) throws IOException {
        house.deeds.stop(name).open.countDown();
        client.expect("1:went on");
        if (place.cell().blocking()) {
            client.leave();
        }
    }

    private static void awaitQueued(House house, Place place, int count) {
        await(count + " queued").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == count);
    }

    private static void assertBusy(House house, Place place) throws IOException {
        try (Client client = house.client(place)) {
            if (!place.cell().blocking()) {
                client.ask("too much");
            }
            assertTrue(client.expectRefusal().text().contains("busy"));
        }
    }

    @SideBySide
    @FieldSource("POOLS")
    @Effect("pools.*.size")
    void aNewSizeHoldsForWhatWaitsAndForWhatRuns(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 10, WhenFull.REFUSE).open(); Client first = busy(house, place, "first");
                Client second = house.client(place).ask("stop second")) {
            awaitQueued(house, place, 1);
            house.livePool(place, "size", pool -> pool.withSize(2));
            house.deeds.stop("second").awaitArrival();
            house.livePool(place, "size", pool -> pool.withSize(1));
            try (Client third = house.client(place).ask("third")) {
                awaitQueued(house, place, 1);
                finish(house, place, first, "first");
                await("the surplus has finished").pollDelay(Duration.ZERO).until(() -> house.pool(place).active() == 1);
                assertEquals(1, house.pool(place).queued());
                finish(house, place, second, "second");
                third.expect("1:third");
            }
        }
    }

    @SideBySide
    @FieldSource("POOLS")
    @Effect("pools.*.queue")
    void aNewQueueHoldsForWhatComesNext(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 0, WhenFull.REFUSE).open(); Client first = busy(house, place, "first")) {
            assertBusy(house, place);
            house.livePool(place, "queue", pool -> pool.withQueue(1, WhenFull.REFUSE));
            try (Client second = house.client(place).ask("second")) {
                awaitQueued(house, place, 1);
                assertBusy(house, place);
                house.livePool(place, "queue", pool -> pool.withQueue(0, WhenFull.REFUSE)); // who is in it stays
                assertBusy(house, place);
                finish(house, place, first, "first");
                second.expect("1:second");
            }
            assertEquals(3, house.pool(place).refused());
        }
    }

    @SideBySide
    @FieldSource("POOLS")
    @Effect("pools.*.when-full")
    void whatFindsThePoolFullWaitsFromNowOnAndIsRefusedFromNowOn(Place place) throws Exception {
        try (House house = House.Plan.of(place).pool(1, 0, WhenFull.REFUSE).open(); Client first = busy(house, place, "first")) {
            assertBusy(house, place);
            house.livePool(place, "when-full", pool -> pool.withQueue(0, WhenFull.WAIT));
            try (Client second = house.client(place).ask("second")) {
                awaitQueued(house, place, 1);
                finish(house, place, first, "first");
                second.expect("1:second");
            }
            first.leave();
            house.assertSettled(place);
            house.livePool(place, "when-full", pool -> pool.withQueue(0, WhenFull.REFUSE));
            try (Client third = busy(house, place, "third")) {
                assertBusy(house, place);
                finish(house, place, third, "third");
            }
        }
    }
}
