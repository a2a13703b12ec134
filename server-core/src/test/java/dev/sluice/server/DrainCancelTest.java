package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CancelReport;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerState;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Cell.Place;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// A drain that is cancelled as soon as it has begun: every listener listens again.
@LeavesNothing
class DrainCancelTest {

    private static final int LISTENERS = 20;
    private static final int TIMES = 20;

    private static ServerConfig many() {
        List<IoModel> models = List.of(IoModel.blocking(), IoModel.duplex(), new IoModel.EventLoop(1), IoModel.blocking());
        ServerConfig config = ServerConfig.named("many").withDrain(House.QUICK)
                .withPool("workers", new PoolConfig(new PoolType.Virtual(), 100, 100, PoolConfig.WhenFull.REFUSE));
        for (int i = 0; i < LISTENERS; i++) {
            IoModel io = models.get(i % models.size());
            config = config.withListener("listener-" + i,
                    ListenerConfig.at("127.0.0.1:0", new LineProtocol(), HandlerFactory.of((request, call) -> request))
                            .on(io, i % models.size() == 3 ? ServerConfig.INLINE : "workers"));
        }
        return config;
    }

    private static List<ListenerState> states(Server server) {
        return server.listeners().stream().map(ListenerInfo::state).distinct().toList();
    }

    /// Every second time it has closed a listener already, or is about to.
    @Test
    void hasAllOfManyListenersListenAgainWhereverItWas() throws Exception {
        try (Server server = Server.start(many())) {
            List<Integer> ports = server.listeners().stream().map(listener -> listener.address().getPort()).toList();
            for (int i = 0; i < TIMES; i++) {
                CompletableFuture<DrainReport> draining = Draining.drain(server, House.QUICK);
                boolean later = i % 2 == 1;
                Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofNanos(100_000)).until(() ->
                        later ? !states(server).equals(List.of(ListenerState.LISTENING)) : server.state() != ServerState.RUNNING);
                CancelReport report = server.cancelDrain();
                assertTrue(report.cancelled());
                assertEquals(List.of(), report.closed());
                assertEquals(LISTENERS, report.listening().size());
                Draining.get(draining);
                assertEquals(List.of(ListenerState.LISTENING), states(server));
            }
            assertEquals(ports, server.listeners().stream().map(listener -> listener.address().getPort()).toList());
            for (ListenerInfo listener : server.listeners()) {
                try (Client client = new Client(listener.address(), Speech.LINE)) {
                    client.ask("hello").expect("hello");
                }
            }
            Account.check(server);
        }
    }

    @Test
    void hasAnIterativeListenerListenAgainWhoseAcceptorIsBusyWithAClient() throws Exception {
        Place place = new Place(new Cell(IoModel.blocking(), null), Speech.LINE);
        try (House house = House.Plan.of(place).open(); Client busy = house.client(place)) {
            busy.ask("stop busy");
            house.deeds.stop("busy").awaitArrival();
            for (int i = 0; i < TIMES; i++) {
                CompletableFuture<DrainReport> draining = Draining.drain(house.server, House.QUICK.withIdleGrace(Duration.ZERO));
                Draining.awaitPhase(house.server, i % 2 == 0 ? DrainPhase.STOP_ACCEPTING : DrainPhase.ACTIVE);
                assertEquals(List.of(), house.server.cancelDrain().closed());
                assertEquals(DrainReport.Result.CANCELLED, Draining.get(draining).result());
                assertEquals(List.of(ListenerState.LISTENING), states(house.server));
            }
            try (Client next = house.client(place).ask("next")) {
                house.deeds.stop("busy").open.countDown();
                busy.expect("1:went on");
                busy.expectEnd();
                next.expect("1:next");
            }
            house.assertSettled(place);
        }
    }
}
