package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.api.CancelReport;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerState;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerListener;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.provider.FieldSource;

/// Somebody who is told what happens takes a moment, and then fails: clients are served and drains can be watched meanwhile, and both
/// go on after it.
@LeavesNothing
class SlowObserverTest {

    static final List<Place> PLACES = Cell.places().filter(place -> place.speech() == Speech.LINE).toList();

    /// Stops at the first event of a kind that comes after it was armed.
    private static final class Slow implements ServerListener {
        final CountDownLatch told = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        private final Class<? extends ServerEvent> at;
        volatile boolean armed;

        Slow(Class<? extends ServerEvent> at) {
            this.at = at;
        }

        @Override
        public void on(ServerEvent event) {
            if (armed && at.isInstance(event) && told.getCount() > 0) {
                told.countDown();
                Draining.await(open);
            }
            throw new LinkageError("an observer that fails on " + event);
        }
    }

    private static Server server(Place place, Deeds deeds, Slow slow) throws IOException {
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", place.speech().endpoint(deeds));
        return Server.start(place.withPool(ServerConfig.named("observed").withDrain(House.QUICK), 4, 10, WhenFull.REFUSE)
                .withListener(place.name(), listener.withLimits(listener.limits().withConnections(1, 1))
                        .withKeepAlive(listener.keepAlive().withMaxRequests(0)).on(place.cell().io(), place.pool())),
                List.of(slow), RequestProbe.Factory.NONE);
    }

    private static Client client(Server server, Place place) throws IOException {
        return new Client(server.listeners().getFirst().address(), place.speech());
    }

    /// An iterative listener, which is busy, refuses when a drain sweeps its backlog, on the drainer's thread; the others at once.
    @SideBySide
    @FieldSource("PLACES")
    void holdsNobodyElseUpWhileItHearsOfARefusal(Place place) throws Exception {
        Deeds deeds = new Deeds();
        Slow slow = new Slow(ServerEvent.ConnectionRefused.class);
        slow.armed = true;
        try (Server server = server(place, deeds, slow); Client first = client(server, place)) {
            first.ask("stop busy");
            deeds.stop("busy").awaitArrival();
            CompletableFuture<DrainReport> draining;
            try (Client second = client(server, place)) {
                if (!place.cell().iterative()) {
                    Draining.await(slow.told);
                }
                draining = Draining.drain(server, House.QUICK);
                Draining.await(slow.told);
                Draining.awaitPhase(server, DrainPhase.STOP_ACCEPTING);
                assertEquals(1, server.connections().size());
                assertEquals(1, server.drainProgress().active());
                server.forceDrain();
                deeds.stop("busy").open.countDown();
                first.expect("1:went on");
                slow.open.countDown();
                second.expectRefusal();
            } finally {
                slow.open.countDown();
            }
            first.finish().expectEnd();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
            assertEquals(1, server.stats().refused().get(RefusalReason.LISTENER_LIMIT));
            server.cancelDrain();
            assertServes(server, place);
        }
        deeds.assertAllClosed();
    }

    @SideBySide
    @FieldSource("PLACES")
    void holdsNobodyElseUpWhileItHearsOfAListener(Place place) throws Exception {
        Deeds deeds = new Deeds();
        Slow slow = new Slow(ServerEvent.ListenerOpened.class);
        try (Server server = server(place, deeds, slow)) {
            assertEquals(DrainReport.Result.CLEAN, server.drain(House.QUICK).result());
            slow.armed = true;
            CompletableFuture<CancelReport> cancelling = Draining.apart(server::cancelDrain);
            try {
                Draining.await(slow.told);
                assertServes(server, place);
                assertEquals(ListenerState.LISTENING, server.listeners().getFirst().state());
                assertEquals(0, server.drainProgress().active());
                server.forceDrain();
                assertFalse(cancelling.isDone());
            } finally {
                slow.open.countDown();
            }
            assertEquals(List.of(place.name()), Draining.get(cancelling).listening());
            assertServes(server, place);
        }
        deeds.assertAllClosed();
    }

    private static void assertServes(Server server, Place place) throws IOException {
        await("room").pollDelay(Duration.ZERO).until(() -> server.connections().isEmpty());
        try (Client client = client(server, place)) {
            client.ask("hello").expect("1:hello");
        }
    }
}
