package dev.sluice.drain;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerState;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.ServerState;
import dev.sluice.engine.ConnectionRegistry;
import dev.sluice.engine.Events;
import dev.sluice.engine.Listener;
import dev.sluice.engine.Reaper;
import dev.sluice.engine.Roster;
import dev.sluice.engine.SpoolFolder;
import dev.sluice.engine.Ticks;
import dev.sluice.pool.Gate;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The drain by a clock that stands still until it is moved.
class DrainerTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final DrainConfig PATIENT = new DrainConfig(HOUR, DrainConfig.Queued.RUN, HOUR, Duration.ZERO, HOUR, HOUR, HOUR);

    private final AtomicLong clock = new AtomicLong(-1_000); // a monotonic clock may begin anywhere
    private final Queue<ServerEvent> seen = new ConcurrentLinkedQueue<>();
    private final Events events = new Events(List.of(seen::add), InstantSource.system());
    private final AtomicLong ids = new AtomicLong();
    private final ConnectionRegistry clients = new ConnectionRegistry(ServerLimits.DEFAULT, ids);
    private final ConnectionRegistry adminClients = new ConnectionRegistry(ServerLimits.DEFAULT, ids);
    private final ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor();
    private Gate pool;
    private Closer closer;
    private Reaper reaper;
    private Listener listener;
    private Drainer drainer;

    @BeforeEach
    void start() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        pool = Gate.open("pool", PoolConfig.of(new PoolType.Fixed(), 2), PoolInfo.Unit.CONNECTION);
        ListenerConfig config = ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (request, call) -> request).on(IoModel.blocking(), "pool");
        Ticks ticks = new Ticks(InstantSource.system(), System::nanoTime);
        Listener.Shared shared = new Listener.Shared(closer, events, SelectorProvider.provider(), new SpoolFolder(Path.of("")), ticks);
        listener = Listener.bind("only", config, clients, pool, RequestProbe.NONE, shared);
        Roster roster = new Roster(DrainConfig.DEFAULT);
        roster.change(Map.of("only", listener), Map.of("pool", pool));
        reaper = new Reaper(List.of(clients), roster, ticks, () -> {});
        drainer = new Drainer(new Site(roster, clients, adminClients, closer, shared.spools(), reaper, events),
                PATIENT, clock::get);
        reaper.start();
        listener.start();
    }

    @AfterEach
    void end() throws Exception {
        CompletableFuture<DrainReport> ending = drain(PATIENT.withLameDuck(Duration.ZERO), true);
        await().until(() -> {
            move(HOUR);
            return ending.isDone();
        });
        operators.close();
        assertEquals(ServerState.STOPPED, drainer.state());
        assertFalse(reaper.thread().isAlive() || closer.thread().isAlive());
    }

    private CompletableFuture<DrainReport> drain(DrainConfig policy, boolean end) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return drainer.drain(policy, end);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }, operators);
    }

    private void move(Duration by) {
        clock.addAndGet(by.toNanos());
    }

    private void awaitPhase(DrainPhase phase) {
        await().pollDelay(Duration.ZERO).until(() -> drainer.progress().phase() == phase);
    }

    private Socket client() throws IOException {
        return new Socket(listener.info().address().getAddress(), listener.info().address().getPort());
    }

    private static DrainReport get(CompletableFuture<DrainReport> draining) throws Exception {
        return draining.get(20, TimeUnit.SECONDS);
    }

    @Test
    void acceptsUntilTheLameDuckIsOverAndThenWaitsForIdleClients() throws Exception {
        CompletableFuture<DrainReport> draining = drain(PATIENT, false);
        awaitPhase(DrainPhase.MARK);
        move(HOUR.minusNanos(1));
        try (Socket late = client()) {
            await().until(() -> clients.account().connections() == 1);
            assertEquals(DrainPhase.MARK, drainer.progress().phase());
            assertEquals(ListenerState.LISTENING, listener.state());
            move(Duration.ofNanos(1));
            awaitPhase(DrainPhase.IDLE);
            assertEquals(ListenerState.CLOSED, listener.state());
            assertEquals(1, drainer.progress().idle());
            assertTrue(late.isConnected());
        }
        DrainReport report = get(draining);
        assertEquals(DrainReport.Result.CLEAN, report.result());
        assertEquals(List.of(DrainPhase.MARK, DrainPhase.STOP_ACCEPTING, DrainPhase.QUEUED, DrainPhase.IDLE, DrainPhase.ACTIVE),
                report.phases().stream().map(DrainReport.PhaseReport::phase).toList());
        assertEquals(HOUR, report.phases().getFirst().took());
    }

    @Test
    void runsThroughEveryPhaseInOrderAndPublishesEach() throws Exception {
        DrainReport report = get(drain(PATIENT.withLameDuck(Duration.ZERO), true));
        assertEquals(Arrays.asList(DrainPhase.values()), report.phases().stream().map(DrainReport.PhaseReport::phase).toList());
        List<DrainPhase> began = seen.stream().filter(ServerEvent.PhaseBegan.class::isInstance).map(event -> ((ServerEvent.PhaseBegan) event).phase()).toList();
        assertEquals(Arrays.asList(DrainPhase.values()), began);
        assertTrue(seen.stream().anyMatch(ServerEvent.Stopped.class::isInstance));
        assertEquals(report, drainer.drain(PATIENT, true), "stopped: the same report");
        assertThrows(IllegalStateException.class, () -> drainer.drain(PATIENT, false));
    }

    @Test
    void aHurryEndsEveryBudgetWithinASecond() throws Exception {
        CompletableFuture<DrainReport> draining = drain(PATIENT, false);
        awaitPhase(DrainPhase.MARK);
        drainer.hurry();
        move(Duration.ofMillis(999));
        assertEquals(DrainPhase.MARK, drainer.progress().phase());
        move(Duration.ofMillis(1));
        assertEquals(DrainReport.Result.CLEAN, get(draining).result());
    }

    @Test
    void aShutdownTakesOverADrainUnderWay() throws Exception {
        CompletableFuture<DrainReport> draining = drain(PATIENT, false);
        awaitPhase(DrainPhase.MARK);
        CompletableFuture<DrainReport> ending = drain(PATIENT.withLameDuck(Duration.ZERO), true);
        assertEquals(get(ending), get(draining));
        assertEquals(ServerState.STOPPED, drainer.state());
    }

    @Test
    void isCancelledAndBegunAgain() throws Exception {
        CompletableFuture<DrainReport> draining = drain(PATIENT, false);
        awaitPhase(DrainPhase.MARK);
        assertThrows(IllegalStateException.class, () -> drainer.whileRunning(() -> {}));
        assertTrue(drainer.cancel().cancelled());
        assertEquals(DrainReport.Result.CANCELLED, get(draining).result());
        assertFalse(drainer.cancel().cancelled());
        drainer.whileRunning(() -> {});
        assertEquals(DrainReport.Result.CLEAN, get(drain(PATIENT.withLameDuck(Duration.ZERO), false)).result());
        assertTrue(drainer.cancel().cancelled());
        try (Socket client = client()) {
            await().until(() -> clients.account().connections() == 1);
            assertTrue(client.isConnected());
        }
    }
}
