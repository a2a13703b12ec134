package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.IoModel;
import dev.sluice.api.Kick;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.PoolType;
import dev.sluice.server.Cell.Place;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.FieldSource;

/// What comes just when another thread is about to do the opposite.
@LeavesNothing
class AwkwardMomentsTest {

    static final List<Place> PLACES = StreamFaultsTest.PLACES;
    /// Whose permits are held by requests.
    static final List<Place> BY_REQUEST = Stream.of(new IoModel.EventLoop(1), new IoModel.EventLoop(2),
                    new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM))
            .map(io -> new Cell(io, new PoolType.Fixed()))
            .flatMap(cell -> Stream.of(new Place(cell, Speech.LINE), new Place(cell, Speech.HTTP))).toList();
    static final List<Place> BLOCKING = List.of(new Place(new Cell(new IoModel.Blocking(), new PoolType.Fixed()), Speech.LINE));

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatWasKickedInTheMiddleOfItsAnswerAfterIt(Place place) throws Exception {
        int length = 5_500_000;
        House.Plan plan = House.Plan.of(place).listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0)));
        try (House house = plan.open();
                Client client = new Client(house.address(place), place.speech(), 4 << 10)) {
            client.ask("big " + length);
            house.awaitState(place, ConnectionState.WRITING, 1);
            Draining.awaitStill("what is sent", () -> house.server.stats().bytesOut());
            assertEquals(1, house.server.kick(connection -> true, new Kick(Kick.Mode.AFTER_REQUEST, "test", "")).asked());
            assertEquals(length, client.answer().text().length());
            client.expectEnd();
            house.awaitEnd(place, CloseReason.KICKED);
            house.assertSettled(place);
        }
    }

    /// The permit of a request is back before its answer can bring the next one.
    @SideBySide
    @FieldSource("BY_REQUEST")
    void neverRefusesTheOnlyClientOfAPoolWithoutAQueue(Place place) throws Exception {
        int count = 200;
        try (House house = House.Plan.of(place).pool(1, 0, WhenFull.REFUSE).open()) {
            try (Client client = house.client(place)) {
                for (int i = 1; i <= count; i++) {
                    client.ask("a").expect(i + ":a");
                }
            }
            house.assertSettled(place);
            try (Client client = house.client(place)) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int i = 1; i <= count; i++) {
                    all.writeBytes(place.speech().ask("b"));
                }
                client.send(all.toByteArray());
                for (int i = 1; i <= count; i++) {
                    client.expect(i + ":b");
                }
            }
            house.assertSettled(place);
            assertEquals(0, house.pool(place).refused());
        }
    }

    /// Whoever ends a connection first, and whenever it is counted: none is counted as living that has ended.
    @SideBySide
    @FieldSource("BLOCKING")
    void leavesNoGhostOfTwoThousandClientsThatResetAtOnce(Place place) throws Exception {
        int threads = 4;
        int each = 500;
        try (House house = House.Plan.of(place).pool(8, 10_000, WhenFull.REFUSE).open()) {
            List<CompletableFuture<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(Draining.apart(() -> {
                    for (int j = 0; j < each; j++) {
                        house.client(place).reset();
                    }
                    return true;
                }));
            }
            for (CompletableFuture<Boolean> one : all) {
                assertTrue(Draining.get(one));
            }
            await("that all are accepted").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                    .until(() -> house.server.stats().accepted() == threads * each);
            house.assertSettled(place);
            assertEquals(0, house.server.stats().connections());
            assertEquals(0, house.server.listeners().getFirst().connections());
            house.assertServes(place);
        }
    }
}
