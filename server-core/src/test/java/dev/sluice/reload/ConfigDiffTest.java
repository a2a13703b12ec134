package dev.sluice.reload;

import static dev.sluice.api.ReloadReport.Kind.LIVE;
import static dev.sluice.api.ReloadReport.Kind.REBIND;
import static dev.sluice.api.ReloadReport.Kind.RESTART;
import static dev.sluice.api.ReloadReport.Verdict.APPLIED;
import static dev.sluice.api.ReloadReport.Verdict.PLANNED;
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
import dev.sluice.api.Role;
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
        assertEquals(new Change("pools.workers.type", "fixed", "virtual", LIVE, PLANNED),
                only(CURRENT.withPool("workers", PoolConfig.of(new PoolType.Virtual(), 8))));
        assertEquals(new Change("pools.workers.size", "8", "9", LIVE, PLANNED), only(CURRENT.withPool("workers", WORKERS.withSize(9))));
        assertEquals(new Change("listeners.web.timeouts.idle", "1m", "1s", LIVE, PLANNED),
                only(CURRENT.withListener("web", WEB.withTimeouts(Timeouts.DEFAULT.withIdle(Duration.ofSeconds(1))))));
        assertEquals(new Change("limits.connections", "10000", "5", LIVE, PLANNED),
                only(CURRENT.withLimits(new ServerLimits(5, 10_000))));
        assertEquals(new Change("drain.grace", "30s", "5s", LIVE, PLANNED),
                only(CURRENT.withDrain(CURRENT.drain().withGrace(Duration.ofSeconds(5)))));
    }

    @Test
    void aListenersAddressServiceModelAndPoolAreRebound() {
        assertEquals(new Change("listeners.web.bind", "127.0.0.1:8080", "127.0.0.1:8081", REBIND, PLANNED),
                only(CURRENT.withListener("web", ListenerConfig.at("127.0.0.1:8081", WEB.endpoint()))));
        assertEquals(new Change("listeners.web.pool", "inline", "workers", REBIND, PLANNED),
                only(CURRENT.withListener("web", WEB.on(WEB.io(), "workers"))));
    }

    @Test
    void whatCannotChangeSaysWhyAndWhatToDo() {
        assertEquals("name edge -> other, refused: name is read when the server starts; restart the server, or take this change back",
                restart(new ServerConfig("other", CURRENT.pools(), CURRENT.listeners(), CURRENT.limits(), CURRENT.drain())));
        assertEquals("listeners.web.tcp.backlog 1024 -> 7, refused: the kernel is told when an address is bound, and 127.0.0.1:8080 stays bound; "
                + "restart the server, or take this change back",
                restart(CURRENT.withListener("web", WEB.withTcp(TcpConfig.DEFAULT.withBacklog(7)))));
        assertEquals("listeners 1 -> 0, refused: a server needs at least one listener",
                ConfigDiff.plan(CURRENT, ServerConfig.named("edge").withPool("workers", WORKERS)).changes().stream()
                        .filter(change -> change.kind() == RESTART)
                        .map(change -> change.key() + " " + change.before() + " -> " + change.after() + ", " + change.result()).findFirst().orElse(""));
    }

    @Test
    void theBacklogChangesWithTheAddress() {
        ListenerConfig moved = ListenerConfig.at("127.0.0.1:8081", WEB.endpoint()).withTcp(TcpConfig.DEFAULT.withBacklog(7));
        assertFalse(ConfigDiff.plan(CURRENT, CURRENT.withListener("web", moved)).refused());
    }

    @Test
    void oneRefusalWithholdsTheRest() {
        ServerConfig next = new ServerConfig("other", CURRENT.withPool("workers", WORKERS.withSize(9)).pools(), CURRENT.listeners(),
                CURRENT.limits(), CURRENT.drain());
        assertEquals(List.of("refused", "not applied"),
                ConfigDiff.plan(CURRENT, next).changes().stream().map(change -> change.result().split(":")[0]).toList());
    }

    @Test
    void anotherServiceIsFoundByEquality() {
        HandlerFactory<String, String> handlers = HandlerFactory.of((request, call) -> "other");
        Endpoint<?, ?> other = new Endpoint<>(Served.as("http", "files").protocol(), "files", handlers);
        Change change = only(CURRENT.withListener("web", ListenerConfig.at("127.0.0.1:8080", other)));
        assertEquals("listeners.web.service.type", change.key());
        assertEquals(REBIND, change.kind());
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
        assertTrue(plan.changes().stream().allMatch(change -> change.kind() == REBIND));
    }

    @Test
    void aPoolThatComesOrGoesIsOneChange() {
        ServerConfig more = CURRENT.withPool("more.of-them", WORKERS);
        assertEquals(List.of(new Change("pools.\"more.of-them\"", "-", "fixed 8", LIVE, PLANNED)), ConfigDiff.plan(CURRENT, more).changes());
        assertEquals(List.of(new Change("pools.\"more.of-them\"", "fixed 8", "-", LIVE, PLANNED)), ConfigDiff.plan(more, CURRENT).changes());
    }

    @Test
    void aListenerThatComesOrGoesIsOneChange() {
        ServerConfig more = CURRENT.withListener("other", WEB);
        assertEquals(List.of(new Change("listeners.other", "-", "127.0.0.1:8080 http files event-loop inline", REBIND, PLANNED)),
                ConfigDiff.plan(CURRENT, more).changes());
        assertEquals("-", ConfigDiff.plan(more, CURRENT).changes().getFirst().after());
    }

    @Test
    void aPlanCarriedOutSaysSoAndARefusedOneCannotBe() {
        ReloadReport plan = ConfigDiff.plan(CURRENT, CURRENT.withPool("workers", WORKERS.withSize(9)));
        assertFalse(plan.refused());
        assertEquals(new ReloadReport(List.of(new Change("pools.workers.size", "8", "9", LIVE, APPLIED)), true), plan.carriedOut());
        ReloadReport refused = ConfigDiff.plan(CURRENT, CURRENT.withListener("web", WEB.withRole(Role.ADMIN)));
        assertThrows(IllegalStateException.class, refused::carriedOut);
    }
}
