package dev.sluice.reload;

import static dev.sluice.api.ReloadReport.Kind.LIVE;
import static dev.sluice.api.ReloadReport.Kind.RESTART;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.Served;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.protocol.HandlerFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ConfigDiffTest {

    private static final ListenerConfig WEB = ListenerConfig.at("127.0.0.1:8080", Served.as("http", "files"));
    private static final PoolConfig WORKERS = PoolConfig.of(new PoolType.Fixed(), 8);
    private static final ServerConfig CURRENT = ServerConfig.named("edge").withPool("workers", WORKERS).withListener("web", WEB);

    private static Change only(ServerConfig next) {
        List<Change> changes = ConfigDiff.plan(CURRENT, next).changes();
        assertEquals(1, changes.size(), changes::toString);
        return changes.getFirst();
    }

    private static String restart(ServerConfig next) {
        Change change = only(next);
        assertEquals(RESTART, change.kind());
        return change.key() + " " + change.before() + " -> " + change.after() + ", " + change.result();
    }

    @Test
    void equalConfigurationsHaveNoDifferences() {
        ServerConfig same = ServerConfig.named("edge").withPool("workers", PoolConfig.of(new PoolType.Fixed(), 8))
                .withListener("web", ListenerConfig.at("127.0.0.1:8080", Served.as("http", "files")));
        assertEquals(new ReloadReport(List.of(), false), ConfigDiff.plan(CURRENT, same));
    }

    @Test
    void typesSizesLimitsAndTimeoutsChangeLive() {
        assertEquals(new Change("pools.workers.type", "fixed", "virtual", LIVE, "planned"),
                only(CURRENT.withPool("workers", PoolConfig.of(new PoolType.Virtual(), 8))));
        assertEquals(new Change("pools.workers.size", "8", "9", LIVE, "planned"), only(CURRENT.withPool("workers", WORKERS.withSize(9))));
        assertEquals(new Change("listeners.web.timeouts.idle", "1m", "1s", LIVE, "planned"),
                only(CURRENT.withListener("web", WEB.withTimeouts(Timeouts.DEFAULT.withIdle(Duration.ofSeconds(1))))));
        assertEquals(new Change("limits.connections", "10000", "5", LIVE, "planned"),
                only(CURRENT.withLimits(new ServerLimits(5, 10_000))));
        assertEquals(new Change("drain.grace", "30s", "5s", LIVE, "planned"),
                only(CURRENT.withDrain(CURRENT.drain().withGrace(Duration.ofSeconds(5)))));
    }

    @Test
    void whatCannotChangeSaysWhyAndWhatToDo() {
        assertEquals("listeners.web.bind 127.0.0.1:8080 -> 127.0.0.1:8081, needs a restart: a running listener keeps its address; "
                + "restart the server, or take this change back",
                restart(CURRENT.withListener("web", ListenerConfig.at("127.0.0.1:8081", WEB.endpoint()))));
        assertTrue(restart(CURRENT.withListener("web", WEB.on(WEB.io(), "workers"))).contains("keeps its pool;"));
        assertTrue(restart(CURRENT.withListener("web", WEB.withTcp(new TcpConfig(7, true, true))))
                .startsWith("listeners.web.tcp.backlog 1024 -> 7, needs a restart: socket options are set when a listener is bound;"));
        ServerConfig renamed = new ServerConfig("other", CURRENT.pools(), CURRENT.listeners(), CURRENT.limits(), CURRENT.drain());
        assertTrue(restart(renamed).startsWith("name edge -> other, needs a restart: name is read when the server starts;"));
    }

    @Test
    void anotherServiceIsFoundByEquality() {
        HandlerFactory<String, String> handlers = HandlerFactory.of((request, call) -> "other");
        Endpoint<?, ?> other = new Endpoint<>(Served.as("http", "files").protocol(), "files", handlers);
        Change change = only(CURRENT.withListener("web", ListenerConfig.at("127.0.0.1:8080", other)));
        assertEquals("listeners.web.service.type", change.key());
        assertTrue(change.result().contains("keeps what it serves"));
    }

    @Test
    void anotherExecutorOfTheSameNameIsFoundByEquality() {
        PoolConfig own = PoolConfig.of(new PoolType.Custom("own", Executors::newCachedThreadPool, true), 8);
        PoolConfig other = PoolConfig.of(new PoolType.Custom("own", Executors::newCachedThreadPool, true), 8);
        ServerConfig current = CURRENT.withPool("workers", own);
        assertEquals(List.of(), ConfigDiff.plan(current, CURRENT.withPool("workers", own)).changes());
        assertEquals("pools.workers.type", ConfigDiff.plan(current, CURRENT.withPool("workers", other)).changes().getFirst().key());
    }

    @Test
    void anotherModelListsTheKeysThatComeAndGo() {
        ServerConfig current = CURRENT.withListener("web", WEB.on(new IoModel.EventLoop(2), "workers"));
        ReloadReport plan = ConfigDiff.plan(current, CURRENT.withListener("web", WEB.on(IoModel.duplex(), "workers")));
        assertEquals(
                List.of("listeners.web.io.model event-loop duplex", "listeners.web.io.loops 2 -", "listeners.web.io.threads - virtual"),
                plan.changes().stream().map(change -> change.key() + " " + change.before() + " " + change.after()).toList());
        assertTrue(plan.changes().stream().allMatch(change -> change.result().contains("a running listener keeps its threads")));
    }

    @Test
    void aNewPoolAndOneThatIsGoneNeedARestartInAllTheirKeys() {
        ServerConfig more = CURRENT.withPool("more.of-them", WORKERS);
        ReloadReport added = ConfigDiff.plan(CURRENT, more);
        assertEquals(4, added.changes().size());
        assertTrue(added.refused());
        assertEquals(new Change("pools.\"more.of-them\".size", "-", "8", RESTART,
                "needs a restart: pools are opened when the server starts, and \"more.of-them\" is new; "
                        + "restart the server, or take this change back"), added.changes().get(1));
        ReloadReport removed = ConfigDiff.plan(more, CURRENT);
        assertTrue(removed.changes().stream().allMatch(change -> change.kind() == RESTART && change.after().equals("-")));
        assertTrue(removed.changes().getFirst().result().contains("\"more.of-them\" would have to end before it"));
    }

    @Test
    void aNewListenerNeedsARestart() {
        ReloadReport plan = ConfigDiff.plan(CURRENT, CURRENT.withListener("other", WEB));
        assertTrue(plan.refused());
        assertTrue(plan.changes().stream().allMatch(change -> change.result().contains("and other is new")));
    }

    @Test
    void anAppliedPlanSaysSoAndARefusedOneCannotBe() {
        ReloadReport plan = ConfigDiff.plan(CURRENT, CURRENT.withPool("workers", WORKERS.withSize(9)));
        assertFalse(plan.refused());
        List<Change> changes = List.of(new Change("pools.workers.size", "8", "9", LIVE, "applied"));
        assertEquals(new ReloadReport(changes, true), ConfigDiff.applied(plan));
        ReloadReport refused = ConfigDiff.plan(CURRENT, CURRENT.withPool("another", WORKERS));
        assertThrows(IllegalArgumentException.class, () -> ConfigDiff.applied(refused));
    }
}
