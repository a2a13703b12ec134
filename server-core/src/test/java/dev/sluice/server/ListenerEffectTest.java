package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainReport;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.IoModel.Duplex.Threads;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.ThreadInfo;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.service.LineServices;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a listener serves, and on which threads, changed while a client is connected: that one is served to its end on the old terms, the next ones on the new.
/// How the one becomes the other see [RebindContractTest].
class ListenerEffectTest extends EffectContract {

    private final Queue<ServerEvent> events = new ConcurrentLinkedQueue<>();
    private final Deeds deeds = new Deeds();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        PoolConfig pool = PoolConfig.of(new PoolType.Fixed(), 8);
        ListenerConfig traffic = ListenerConfig.at("127.0.0.1:0", Speech.LINE.endpoint(deeds)).on(IoModel.blocking(), "p");
        server = Server.start(ServerConfig.named("effects").withDrain(House.QUICK).withPool("p", pool).withPool("q", pool)
                .withListener("web", traffic)
                .withListener("admin", traffic.on(new IoModel.EventLoop(1), ServerConfig.INLINE).withRole(Role.ADMIN)),
                List.of(events::add), RequestProbe.Factory.NONE);
    }

    @AfterEach
    void end() {
        server.close();
        assertEquals(List.of(), server.threads());
        deeds.assertAllClosed();
    }

    private ListenerConfig web() {
        return server.config().listeners().get("web");
    }

    private void change(ListenerConfig web) {
        ReloadReport report = server.apply(server.config().withListener("web", web));
        assertTrue(report.applied(), report::toString);
        assertTrue(report.changes().stream().allMatch(change -> change.kind() == ReloadReport.Kind.REBIND), report::toString);
    }

    private Client client(String listener, Speech speech) throws IOException {
        return new Client(address(listener), speech);
    }

    private InetSocketAddress address(String listener) {
        return server.listeners().stream().filter(one -> one.name().equals(listener)).findFirst().orElseThrow().address();
    }

    // ---- what is served ----

    @Test
    @Effect("listeners.*.protocol")
    void theNextClientsSpeakTheNewProtocol() throws IOException {
        try (Client before = client("web", Speech.LINE)) {
            before.ask("a").expect("1:a");
            change(web().withEndpoint(Speech.HTTP.endpoint(deeds)));
            try (Client after = client("web", Speech.HTTP)) {
                after.ask("a").expect("1:a");
                before.ask("b").expect("2:b");
                before.expectEnd();
                assertFalse(after.ask("b").answer().last());
            }
        }
        assertEquals("http", server.listeners().getFirst().protocol());
    }

    @Test
    @Effect("listeners.*.service.type")
    void theNextClientsAreServedByTheNewService() throws IOException {
        change(web().withEndpoint(new Endpoint<>(new LineProtocol(), "echo", peer -> LineServices.echo())));
        try (Client before = client("web", Speech.LINE)) {
            before.ask("a").expect("a");
            change(web().withEndpoint(new Endpoint<>(new LineProtocol(), "upper", peer -> LineServices.upper())));
            try (Client after = client("web", Speech.LINE)) {
                after.ask("a").expect("A");
                before.ask("b").expect("b");
                before.expectEnd();
                after.ask("b").expect("B");
            }
        }
        assertEquals("upper", server.listeners().getFirst().service());
    }

    // ---- on which threads ----

    @Test
    @Effect("listeners.*.io.model")
    void theModelSaysWhichThreadsReadAndWrite() throws IOException {
        assertServedBy(Set.of("worker"));
        change(web().on(IoModel.duplex(), "p"));
        assertServedBy(Set.of("receiver", "sender", "worker"));
        change(web().on(new IoModel.EventLoop(1), "p"));
        assertServedBy(Set.of("loop", "worker"));
        change(web().on(IoModel.blocking(), "p"));
        assertServedBy(Set.of("worker"));
    }

    /// But for the acceptor's, the kinds of the threads of this listener and of its pool, while it holds a client that has been answered.
    private void assertServedBy(Set<String> kinds) throws IOException {
        try (Client client = client("web", Speech.LINE)) {
            client.ask("a").expect("1:a");
            await("the threads before have ended").until(() -> threads().map(ThreadInfo::kind).collect(Collectors.toSet()), kinds::equals);
        }
    }

    private Stream<ThreadInfo> threads() {
        return server.threads().stream().filter(thread -> thread.name().matches("sluice-(loop-)?(web|p)-.*"));
    }

    @Test
    @Effect("listeners.*.io.loops")
    void soManyLoopsShareTheConnections() throws IOException {
        for (int loops : new int[] {2, 3, 1}) {
            change(web().on(new IoModel.EventLoop(loops), ServerConfig.INLINE));
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 2 * loops; i++) {
                clients.add(client("web", Speech.LINE));
                clients.getLast().ask("a").expect("1:a");
            }
            await("two for each, and the loops before have ended").until(() -> server.loops().stream()
                    .filter(loop -> loop.listener().equals("web")).map(LoopInfo::connections).toList(), Collections.nCopies(loops, 2)::equals);
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    @Effect("listeners.*.io.threads")
    void receiversAndSendersAreVirtualOrNot() throws IOException {
        for (Threads kind : List.of(Threads.VIRTUAL, Threads.PLATFORM, Threads.VIRTUAL)) {
            change(web().on(new IoModel.Duplex(kind), "p"));
            try (Client client = client("web", Speech.LINE)) {
                client.ask("a").expect("1:a");
                boolean virtual = kind == Threads.VIRTUAL;
                await("the threads before have ended").until(() -> threads().filter(thread -> Set.of("receiver", "sender").contains(thread.kind()))
                        .map(ThreadInfo::virtual).toList(), List.of(virtual, virtual)::equals);
            }
        }
    }

    @Test
    @Effect("listeners.*.pool")
    void theHandlersOfTheNextClientsRunOnTheNewPool() throws Exception {
        try (Client before = client("web", Speech.LINE).ask("stop before")) {
            deeds.stop("before").awaitArrival();
            change(web().on(IoModel.blocking(), "q"));
            try (Client after = client("web", Speech.LINE).ask("stop after")) {
                deeds.stop("after").awaitArrival();
                assertEquals(List.of(1, 1), server.pools().stream().map(PoolInfo::active).toList());
                deeds.stop("after").open.countDown();
                after.expect("1:went on");
            }
            deeds.stop("before").open.countDown();
            before.expect("1:went on");
        }
    }

    // ---- what only a new start can change ----

    @Test
    @Effect("name")
    void theServerIsStartedUnderItsName() {
        assertEquals(new ServerEvent.Started("effects"), events.stream().filter(ServerEvent.Started.class::isInstance).findFirst().orElseThrow());
        ServerConfig now = server.config();
        assertRefused("name", new ServerConfig("other", now.pools(), now.listeners(), now.limits(), now.drain()));
    }

    /// It is outside totals, limits and the phases of a drain.
    @Test
    @Effect("listeners.*.role")
    void anAdminListenerServesWhileTheServerIsFullAndWhenItIsDrained() throws Exception {
        server.apply(server.config().withLimits(new ServerLimits(1, 1)));
        try (Client admin = client("admin", Speech.LINE); Client another = client("admin", Speech.LINE)) {
            admin.ask("a").expect("1:a");
            another.ask("a").expect("1:a");
            assertEquals(0, server.stats().accepted());
            assertRefused("listeners.web.role", server.config().withListener("web", web().withRole(Role.ADMIN)));
            assertEquals(DrainReport.Result.CLEAN, server.drain(House.QUICK).result());
            assertThrows(ConnectException.class, () -> client("web", Speech.LINE));
            admin.ask("b").expect("2:b");
            server.close();
            admin.awaitEnd();
        }
    }

    private void assertRefused(String key, ServerConfig next) {
        ReloadReport report = server.apply(next);
        assertEquals(List.of(key), report.changes().stream().map(ReloadReport.Change::key).toList());
        assertEquals(Verdict.REFUSED, report.changes().getFirst().verdict());
        assertFalse(report.applied());
    }
}
