package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Addresses;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerEvent;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A listener that is changed while it serves: what it had accepted drains on the old terms, the others feel nothing, and no request is lost.
class RebindContractTest {

    private static final PoolConfig POOL = PoolConfig.of(new PoolType.Fixed(), 64);

    private final Deeds deeds = new Deeds();
    private final Queue<ServerEvent> events = new ConcurrentLinkedQueue<>();
    private volatile Consumer<String> whenOpened = name -> {};
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = Server.start(ServerConfig.named("house").withDrain(House.QUICK).withPool("p", POOL).withPool("q", POOL)
                .withListener("web", listener(IoModel.eventLoop(), "p")).withListener("other", listener(IoModel.eventLoop(), "q")),
                List.of(events::add), (name, role, protocol) -> {
                    whenOpened.accept(name);
                    return RequestProbe.NONE;
                });
    }

    @AfterEach
    void end() {
        server.close();
        assertEquals(List.of(), server.threads(), "threads after the end");
        assertEquals(List.of(), server.connections(), "connections after the end");
        Account.check(server);
        deeds.assertAllClosed();
    }

    private ListenerConfig listener(IoModel io, String pool) {
        return ListenerConfig.at("127.0.0.1:0", Speech.HTTP.endpoint(deeds)).on(io, pool);
    }

    private ListenerConfig configured(String name) {
        return server.config().listeners().get(name);
    }

    private ListenerInfo info(String name) {
        return server.listeners().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    }

    private InetSocketAddress address(String name) {
        return info(name).address();
    }

    private ReloadReport apply(ServerConfig next) {
        ReloadReport report = server.apply(next);
        assertTrue(report.applied(), report::toString);
        return report;
    }

    private ReloadReport change(ListenerConfig web) {
        return apply(server.config().withListener("web", web));
    }

    /// On a busy machine a client may not come to ask for a while, and is idle then; one that asks just as it is ended for that is not what these tests are about.
    private void patient() {
        apply(server.config().withDrain(House.QUICK.withIdleGrace(Duration.ofSeconds(5))));
    }

    private Client client(String name) throws IOException {
        return new Client(address(name), Speech.HTTP);
    }

    private void assertServes(InetSocketAddress at) throws IOException {
        try (Client client = new Client(at, Speech.HTTP)) {
            client.ask("there").expect("1:there");
        }
    }

    /// Those of the pools that stay excepted.
    private Set<String> threads() {
        return server.threads().stream().map(one -> one.name()).filter(name -> !name.matches("sluice-[pq]-\\d+")).collect(Collectors.toSet());
    }

    static Stream<Cell.Place> models() {
        return Cell.tcp().filter(place -> place.speech() == Speech.HTTP);
    }

    /// From each model to the next and on, under clients that never rest: sockets are handed over with whoever waits in them.
    @Test
    void everyModelTakesOverFromEveryOtherAndLosesNoRequest() throws Exception {
        InetSocketAddress address = address("web");
        patient();
        try (Asking asking = new Asking(8, () -> address)) {
            asking.awaitBegun();
            for (Cell from : Cell.ALL) {
                for (Cell to : List.of(from, new Cell(new IoModel.EventLoop(1), null))) {
                    if (to.iterative()) {
                        continue; // serves one client at a time: the next test
                    }
                    ServerConfig next = server.config();
                    next = to.pool() == null ? next : next.withPool(to.name(), PoolConfig.of(to.pool(), 64));
                    long before = asking.answered();
                    apply(next.withListener("web", configured("web").on(to.io(), to.inline() ? ServerConfig.INLINE : to.name())));
                    assertEquals(address, address("web"));
                    await("answers of " + to.name()).until(() -> asking.answered() > before + 50);
                }
            }
            await("those before have left").until(() -> info("web").retiring() == 0);
            assertEquals(List.of(), asking.lost());
        }
        Account.check(server);
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelHandsItsSocketOverWithAnIdleABusyAndAWaitingClient(Cell.Place place) throws Exception {
        ServerConfig first = place.withPool(server.config(), 64, 64, PoolConfig.WhenFull.REFUSE);
        apply(first.withListener("web", configured("web").on(place.cell().io(), place.pool())
                .withKeepAlive(configured("web").keepAlive().withMaxRequests(0))));
        InetSocketAddress address = address("web");
        try (Client busy = client("web"); Client idle = place.cell().iterative() ? busy : client("web")) {
            if (idle != busy) {
                idle.ask("one").expect("1:one");
            }
            busy.ask("stop here");
            deeds.stop("here").awaitArrival();
            server.pause("web"); // so that the next one waits in the kernel
            try (Client waiting = client("web")) {
                waiting.ask("early");
                change(configured("web").withEndpoint(Speech.HTTP.endpoint(deeds)).on(IoModel.eventLoop(), "p"));
                assertEquals(ListenerState.PAUSED, info("web").state());
                assertEquals(idle == busy ? 1 : 2, info("web").retiring());
                server.resume("web");
                waiting.expect("1:early");
                assertServes(address);
                deeds.stop("here").open.countDown();
                Speech.Answer last = busy.answer();
                assertTrue(last.ok() && last.last(), last::toString);
                busy.expectEnd();
                if (idle != busy) {
                    idle.expectEnd();
                }
                waiting.ask("on").expect("2:on");
            }
        }
        await("nothing is left of the model before").until(() -> info("web").retiring() == 0
                && threads().stream().noneMatch(name -> name.startsWith("sluice-web-") || name.equals("sluice-loop-web-1")));
        assertEquals(info("web").accepted(), place.cell().iterative() ? 3 : 4);
    }

    @Test
    @Effect("listeners.*.bind")
    void aListenerMovesAndTheOthersFeelNothing() throws Exception {
        InetSocketAddress before = address("web");
        try (Client other = client("other"); Client idle = client("web")) {
            other.ask("one").expect("1:one");
            idle.ask("one").expect("1:one");
            List<Long> ids = server.connections().stream().filter(one -> one.listener().equals("other")).map(ConnectionInfo::id).toList();
            ReloadReport report = change(configured("web").withBind(List.of(Addresses.parse("127.0.0.2:0"))));
            assertEquals("listeners.web.bind", report.changes().getFirst().key());
            assertEquals(ReloadReport.Kind.REBIND, report.changes().getFirst().kind());
            assertServes(address("web"));
            idle.expectEnd();
            await("the old address is closed").untilAsserted(() -> assertThrows(ConnectException.class, () -> new Client(before, Speech.HTTP)));
            other.ask("two").expect("2:two");
            assertEquals(ids, server.connections().stream().filter(one -> one.listener().equals("other")).map(ConnectionInfo::id).toList());
        }
    }

    @Test
    void anAddressThatCannotBeHadLeavesEverythingAsItWas() throws Exception {
        Set<String> threads = threads();
        ServerConfig held = server.config();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); Client client = client("web")) {
            client.ask("one").expect("1:one");
            String there = "127.0.0.1:" + taken.getLocalPort();
            ReloadReport report = server.apply(held.withPool("p", POOL.withSize(3)).withPool("more", POOL)
                    .withListener("other", held.listeners().get("other").on(IoModel.duplex(), "more"))
                    .withListener("web", held.listeners().get("web").withBind(List.of(Addresses.parse(there))))
                    .withListener("late", listener(IoModel.blocking(), "more")));
            assertTrue(report.refused());
            assertFalse(report.applied());
            ReloadReport.Change refused = report.changes().stream().filter(one -> one.verdict() == ReloadReport.Verdict.REFUSED).findFirst().orElseThrow();
            assertEquals("listeners.web.bind", refused.key());
            assertTrue(refused.detail().contains(there), refused::toString);
            assertTrue(report.changes().stream().filter(one -> one != refused).allMatch(one -> one.verdict() == ReloadReport.Verdict.WITHHELD));
            assertEquals(held, server.config());
            client.ask("two").expect("2:two");
            assertServes(address("web"));
            assertServes(address("other"));
        }
        await("threads of what was prepared").untilAsserted(() -> assertEquals(threads, threads()));
        assertEquals(List.of("web", "other"), server.listeners().stream().map(ListenerInfo::name).toList());
        assertEquals(64, server.pools().getFirst().size());
    }

    @Test
    void aListenerComesAndGoesWithItsPool() throws Exception {
        apply(server.config().withPool("late", POOL).withListener("late", listener(IoModel.blocking(), "late")));
        InetSocketAddress address = address("late");
        try (Client active = new Client(address, Speech.HTTP); Client idle = new Client(address, Speech.HTTP)) {
            idle.ask("one").expect("1:one");
            active.ask("stop here");
            deeds.stop("here").awaitArrival();
            apply(without("late"));
            assertEquals(ListenerState.DRAINING, info("late").state());
            idle.expectEnd();
            assertTrue(server.pools().stream().anyMatch(pool -> pool.name().equals("late")), "while it is used");
            assertThrows(ConnectException.class, () -> new Client(address, Speech.HTTP));
            deeds.stop("here").open.countDown();
            assertTrue(active.answer().last());
            active.expectEnd();
        }
        await("it is gone").until(() -> server.listeners().size() == 2 && server.pools().size() == 2);
        assertTrue(threads().stream().noneMatch(name -> name.contains("late")), () -> threads().toString());
        assertTrue(events.stream().anyMatch(event -> event instanceof ServerEvent.ListenerClosed(var name, var at)
                && name.equals("late") && at.equals(address)));
    }

    private ServerConfig without(String name) {
        ServerConfig held = server.config();
        ServerConfig next = new ServerConfig(held.name(), Map.of("p", POOL, "q", POOL), Map.of(), held.limits(), held.drain());
        for (var listener : held.listeners().entrySet()) {
            next = listener.getKey().equals(name) ? next : next.withListener(listener.getKey(), listener.getValue());
        }
        return next;
    }

    @Test
    void listenersExchangeTheirAddressesAndARenamedOneKeepsItsSocket() throws Exception {
        InetSocketAddress one = address("web");
        InetSocketAddress two = address("other");
        Deeds foreign = new Deeds();
        Endpoint<?, ?> upper = Speech.HTTP.endpoint(foreign);
        ServerConfig fixed = server.config().withListener("web", configured("web").withBind(List.of(Addresses.parse("127.0.0.2:0"))))
                .withListener("other", configured("other").withBind(List.of(Addresses.parse("127.0.0.2:0"))));
        apply(fixed);
        await("the ports are free").until(() -> server.listeners().stream().allMatch(listener -> listener.retiring() == 0) && closed(one) && closed(two));
        apply(at(one, two));
        patient();
        try (Asking asking = new Asking(4, () -> one)) {
            asking.awaitBegun();
            for (int i = 0; i < 10; i++) {
                apply(i % 2 == 0 ? at(two, one) : at(one, two));
                assertEquals(List.of(i % 2 == 0 ? two : one), info("web").bind());
            }
            ServerConfig held = server.config();
            ServerConfig renamed = new ServerConfig(held.name(), held.pools(), Map.of(), held.limits(), held.drain())
                    .withListener("edge", held.listeners().get("web").withEndpoint(upper)).withListener("other", held.listeners().get("other"));
            apply(renamed);
            assertEquals(List.of("edge", "other"), server.listeners().stream().map(ListenerInfo::name).filter(name -> !name.equals("web")).toList());
            assertServes(one);
            assertEquals(List.of(), asking.lost());
        }
        server.close();
        foreign.assertAllClosed();
    }

    @Test
    void aListenerKeepsThePortThatTheKernelChoseWhenItIsNamed() throws Exception {
        InetSocketAddress chosen = address("web");
        patient();
        try (Asking asking = new Asking(4, () -> chosen)) {
            asking.awaitBegun();
            change(configured("web").withBind(List.of(chosen)));
            assertServes(chosen);
            change(configured("web").withBind(List.of(Addresses.parse("127.0.0.1:0"))));
            assertEquals(chosen, address("web"));
            assertServes(chosen);
            assertEquals(List.of(), asking.lost());
        }
    }

    /// Nobody connects there any more, and whoever wants it may have it, when the change has been made.
    @Test
    void anAddressThatIsGivenUpIsFreeAtOnce() throws Exception {
        ListenerConfig alone = configured("web");
        SocketAddress kept = alone.bind().getFirst();
        change(alone.withBind(List.of(kept, Addresses.parse("127.0.0.2:0"))));
        SocketAddress more = info("web").bind().getLast();
        for (int i = 0; i < 100; i++) {
            change(alone);
            assertTrue(closed((InetSocketAddress) more));
            change(alone.withBind(List.of(kept, more)));
            assertServes((InetSocketAddress) more);
        }
    }

    private static boolean closed(InetSocketAddress address) {
        try {
            new Client(address, Speech.HTTP).close();
            return false;
        } catch (IOException refused) {
            return true;
        }
    }

    private ServerConfig at(SocketAddress web, SocketAddress other) {
        return server.config().withListener("web", configured("web").withBind(List.of(web)))
                .withListener("other", configured("other").withBind(List.of(other)));
    }

    @Test
    void aListenerHasSeveralAddressesAndGivesOneUp() throws Exception {
        change(configured("web").withBind(List.of(Addresses.parse("127.0.0.1:0"), Addresses.parse("127.0.0.2:0"), Addresses.parse("[::1]:0"))));
        List<SocketAddress> bound = info("web").bind();
        assertEquals(3, bound.size());
        for (SocketAddress each : bound) {
            assertServes((InetSocketAddress) each);
        }
        change(configured("web").withBind(List.of(Addresses.parse("[::1]:0"), Addresses.parse("127.0.0.1:0"))));
        assertEquals(List.of(bound.get(2), bound.get(0)), info("web").bind());
        assertServes((InetSocketAddress) bound.get(2));
        await("the one in the middle is closed").until(() -> closed((InetSocketAddress) bound.get(1)));
        assertEquals(DrainReport.Result.CLEAN, server.drain(House.QUICK).result());
        assertTrue(server.cancelDrain().closed().isEmpty());
        assertEquals(List.of(bound.get(2), bound.get(0)), info("web").bind());
        assertServes((InetSocketAddress) bound.get(0));
    }

    /// What is opened for a change calls the embedder's code, which may take its time.
    @Test
    void aPauseWhileAChangeIsPreparedHoldsForTheSuccessor() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        whenOpened = name -> {
            if (name.equals("late")) {
                asked.countDown();
                Draining.await(open);
            }
        };
        InetSocketAddress address = address("web");
        // Listeners are opened in their order: the successor of web is there when late is asked for its probe.
        var applying = Draining.apart(() -> server.apply(server.config().withListener("web", configured("web").on(IoModel.blocking(), "p"))
                .withListener("late", listener(IoModel.eventLoop(), "p"))));
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        server.pause("web");
        server.resize("p", 32);
        open.countDown();
        assertTrue(Draining.get(applying).applied());
        assertEquals(ListenerState.PAUSED, info("web").state());
        try (Client waiting = new Client(address, Speech.HTTP)) {
            waiting.ask("early");
            server.resume("web");
            waiting.expect("1:early");
        }
    }

    @Test
    void aListenerThatCouldNotBeBoundAgainIsMovedAndServes() throws Exception {
        InetSocketAddress before = address("web");
        assertEquals(DrainReport.Result.CLEAN, server.drain(House.QUICK).result());
        try (ServerSocket taken = new ServerSocket(before.getPort(), 1, before.getAddress())) {
            assertEquals(1, server.cancelDrain().closed().size());
            assertThrows(IllegalStateException.class, () -> server.resume("web"));
            change(configured("web").withBind(List.of(Addresses.parse("127.0.0.2:0"))));
            assertServes(address("web"));
            assertTrue(taken.isBound());
        }
        server.resume("web");
        assertTrue(closed(before), "what has left is not bound again");
        await("it is gone").until(() -> info("web").retiring() == 0);
    }

    @Test
    void aClientThatDoesNotLeaveIsForcedWhenTheBudgetIsSpent() throws Exception {
        apply(server.config().withDrain(House.QUICK.withGrace(Duration.ofMillis(200))));
        try (Client busy = client("web")) {
            busy.ask("stop here");
            deeds.stop("here").awaitArrival();
            change(configured("web").on(IoModel.blocking(), "p"));
            busy.awaitEnd();
        }
        await("gone").until(() -> info("web").retiring() == 0);
        assertEquals(1, server.stats().closed().get(CloseReason.FORCED));
    }

    @ParameterizedTest
    @MethodSource("models")
    void aShutdownWaitsForWhatIsLeaving(Cell.Place place) throws Exception {
        ServerConfig first = place.withPool(server.config(), 64, 64, PoolConfig.WhenFull.REFUSE);
        apply(first.withListener("web", configured("web").on(place.cell().io(), place.pool())));
        try (Client busy = client("web")) {
            busy.ask("stop here");
            deeds.stop("here").awaitArrival();
            change(configured("web").on(IoModel.eventLoop(), "q"));
            assertServes(address("web"));
            var shutdown = Draining.apart(() -> server.shutdown(House.QUICK));
            await("it drains").until(() -> server.drainProgress().active() > 0);
            assertThrows(IllegalStateException.class, () -> server.apply(server.config().withPool("p", POOL.withSize(9))));
            deeds.stop("here").open.countDown();
            assertTrue(busy.answer().ok());
            busy.expectEnd();
            assertEquals(List.of(), Draining.get(shutdown).victims());
        }
        assertTrue(server.connections().stream().noneMatch(one -> one.state() == ConnectionState.HANDLING));
    }
}
