package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.IoModel;
import dev.sluice.server.Cell.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients whose requests are here before their connections are accepted: a paused listener leaves both to the kernel.
@LeavesNothing
class EarlyContractTest {

    private static final int MUCH = 4 << 20;
    private static final int CROWD = 200;
    static final List<Place> ON_LOOPS = Cell.tcp().filter(place -> place.cell().io() instanceof IoModel.EventLoop(int loops) && loops == 1
            && place.cell().pool() == null).toList();

    @SideBySide
    @MethodSource("dev.sluice.server.Cell#places")
    void answersAllThatCameBefore(Place place) throws Exception {
        accepted(place, client -> client.ask("a").ask("b").ask("c"), client -> {
            client.expect("1:a");
            client.expect("2:b");
            client.expect("3:c");
            client.ask("d").expect("4:d");
            client.finish().expectEnd();
        });
    }

    @SideBySide
    @MethodSource("dev.sluice.server.Cell#places")
    void answersWhoHasSaidThatItWasAll(Place place) throws Exception {
        accepted(place, client -> client.ask("big " + MUCH).ask("last").finish(), client -> {
            assertEquals(MUCH, client.answer().text().length());
            client.expect("2:last");
            client.expectEnd();
        });
    }

    @SideBySide
    @MethodSource("dev.sluice.server.Cell#tcp")
    void settlesWithWhoHasGone(Place place) throws Exception {
        accepted(place, client -> client.ask("a").reset(), client -> {});
    }

    private interface Part {
        void play(Client client) throws Exception;
    }

    /// What a client does before its connection is accepted, and after; the next one is served.
    private static void accepted(Place place, Part before, Part after) throws Exception {
        try (House house = early(place)) {
            house.server.pause(place.name());
            try (Client client = house.client(place)) {
                before.play(client);
                house.server.resume(place.name());
                after.play(client);
            }
            house.assertServes(place);
            house.assertSettled(place);
        }
    }

    /// A crowd whose handlers run as they join their loop leaves a turn to whoever was there before.
    @SideBySide
    @FieldSource("ON_LOOPS")
    void servesWhoWasThereBeforeACrowd(Place place) throws Exception {
        try (House house = early(place); Client busy = house.client(place); Client old = house.client(place)) {
            old.ask("a").expect("1:a");
            busy.ask("stop here");
            house.deeds.stop("here").awaitArrival();
            Queue<String> order = new ConcurrentLinkedQueue<>();
            house.deeds.whenDecoded("old", () -> order.add("old"));
            house.deeds.whenDecoded("new", () -> order.add("new"));
            List<Client> crowd = new ArrayList<>();
            try {
                for (int i = 0; i < CROWD; i++) {
                    crowd.add(house.client(place).ask("new"));
                }
                await("the crowd").until(() -> house.connections(place).size() == CROWD + 2);
                old.ask("old");
                house.deeds.stop("here").open.countDown();
                old.expect("2:old");
                for (Client one : crowd) {
                    one.expect("1:new");
                }
            } finally {
                for (Client one : crowd) {
                    one.close();
                }
            }
            int turn = List.copyOf(order).indexOf("old");
            assertTrue(turn >= 0 && turn <= CROWD / 2, () -> "after " + turn + " of " + CROWD);
        }
    }

    private static House early(Place place) throws Exception {
        return House.Plan.of(place).listener(config -> config.withKeepAlive(config.keepAlive().withMaxRequests(0))).open();
    }
}
