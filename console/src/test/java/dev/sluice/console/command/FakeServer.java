package dev.sluice.console.command;

import dev.sluice.api.CancelReport;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ClosedConnection;
import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import dev.sluice.api.Latency;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.Recent;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerState;
import dev.sluice.api.ServerStats;
import dev.sluice.api.ThreadInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;

/// A server that is only its own description: what is asked of it is changed there and remembered.
public final class FakeServer implements ServerControl {

    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    static final Latency MEASURED = new Latency(Duration.ofMinutes(1), 100, 1_000_000, 2_000_000, 5_000_000, 9_000_000);

    public volatile ServerState state = ServerState.RUNNING;
    public volatile String name = "edge";
    public volatile DrainProgress progress = DrainProgress.NONE;
    final List<ConnectionInfo> clients = new CopyOnWriteArrayList<>(List.of(
            client(7, "web", "10.0.0.7:5000", ConnectionState.HANDLING, "GET /a"),
            client(8, "web", "10.1.2.3:5001", ConnectionState.IDLE, "GET /b"),
            client(9, "echo", "192.168.0.1:5002", ConnectionState.IDLE, "hello")));
    final List<String> done = new CopyOnWriteArrayList<>();
    final List<ClosedConnection> closed = new CopyOnWriteArrayList<>();
    final List<Recent.Entry> events = new CopyOnWriteArrayList<>();
    final List<DrainReport.Victim> victims = new ArrayList<>();
    volatile ListenerState webState = ListenerState.LISTENING;
    volatile int workers = 8;
    volatile int queued;
    volatile int retiring;
    volatile int reads;
    volatile boolean cancellable = true;

    /// What a drain or shutdown under way waits for.
    public volatile CompletableFuture<DrainReport.Result> draining = CompletableFuture.completedFuture(DrainReport.Result.CLEAN);

    static ConnectionInfo client(long id, String listener, String address, ConnectionState state, String op) {
        Duration idle = state == ConnectionState.IDLE ? Duration.ofSeconds(20) : Duration.ZERO;
        return new ConnectionInfo(id, listener, address, state, Duration.ofMinutes(id), idle, Duration.ofMillis(1), id * 10, 2_048, 4_096,
                0, state == ConnectionState.HANDLING ? "worker-1" : "", op, Duration.ofMillis(1_500));
    }

    @Override
    public ServerState state() {
        return state;
    }

    @Override
    public ServerConfig config() {
        return ServerConfig.named(name);
    }

    @Override
    public ServerStats stats() {
        reads++;
        Map<RefusalReason, Long> refused = zeros(RefusalReason.class);
        refused.put(RefusalReason.SERVER_LIMIT, 2L);
        Map<CloseReason, Long> closedBy = zeros(CloseReason.class);
        closedBy.put(CloseReason.PEER, 5L);
        return new ServerStats(NOON, Duration.ofSeconds(3_720), 10, 8, refused, closedBy, clients.size(), 4, 10_000, 60, 1, 1, queued,
                Duration.ZERO, 12.5, 10, 99, MEASURED, MEASURED, 2_048, 1 << 20, 3);
    }

    private static <E extends Enum<E>> Map<E, Long> zeros(Class<E> type) {
        Map<E, Long> counts = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            counts.put(constant, 0L);
        }
        return counts;
    }

    @Override
    public long accessLogDropped() {
        return 0;
    }

    @Override
    public Recent recent() {
        return new Recent(List.copyOf(closed), List.copyOf(events));
    }

    @Override
    public List<ListenerInfo> listeners() {
        return List.of(
                listener("web", Role.TRAFFIC, 8080, "http", webState),
                listener("echo", Role.TRAFFIC, 7777, "line", ListenerState.PAUSED),
                listener("admin", Role.ADMIN, 9180, "http", ListenerState.LISTENING));
    }

    private static ListenerInfo listener(String name, Role role, int port, String protocol, ListenerState state) {
        return new ListenerInfo(name, role, List.of(new InetSocketAddress("127.0.0.1", port)), protocol, "files", "event-loop", "workers", state,
                10, zeros(RefusalReason.class), 0, 2, name.equals("web") ? 1 : 0, 4, 60, 2_048, 1 << 20, MEASURED, List.of());
    }

    @Override
    public List<PoolInfo> pools() {
        return List.of(new PoolInfo("workers", "fixed", PoolInfo.Unit.REQUEST, workers, 3, queued, 1_000, PoolConfig.WhenFull.REFUSE,
                57, 0, MEASURED, Duration.ZERO, MEASURED, 0.375, 0, retiring, PoolInfo.State.RUNNING));
    }

    @Override
    public List<ConnectionInfo> connections() {
        return List.copyOf(clients);
    }

    @Override
    public Optional<ConnectionDetail> connection(long id) {
        return clients.stream().filter(client -> client.id() == id).findFirst()
                .map(client -> new ConnectionDetail(client, "127.0.0.1:8080", "", client.address().startsWith("unix:") ? "ada:staff" : "",
                        "http", "workers", List.of("app.Slow.handle(Slow.java:42)", "java.lang.Thread.run(Thread.java:1)"), "handler in 28s", Optional.empty()));
    }

    @Override
    public List<ThreadInfo> threads() {
        return List.of(new ThreadInfo("worker-1", "worker", true, Thread.State.RUNNABLE, 7, "GET /a", Duration.ofSeconds(2),
                "Slow.java:42"));
    }

    @Override
    public List<LoopInfo> loops() {
        return List.of(new LoopInfo("web-loop-1", "web", 2, 12.5, 0.25, Duration.ofMillis(3)));
    }

    @Override
    public KickReport kick(Predicate<? super ConnectionInfo> who, Kick how) {
        List<Long> ids = clients.stream().filter(who).map(ConnectionInfo::id).toList();
        done.add("kick " + ids + " " + how.mode() + " by " + how.by() + " because " + how.reason());
        clients.removeIf(who);
        return new KickReport(ids.size(), 0, ids.size(), 0, ids);
    }

    @Override
    public ResizeReport resize(String pool, int size) {
        if (size > 1_000_000) {
            throw new IllegalArgumentException("size is " + size + ", but must be from 1 to 1000000");
        }
        int before = workers;
        workers = size;
        return new ResizeReport(pool, before, size, Math.max(0, 3 - size));
    }

    @Override
    public void pause(String listener) {
        done.add("pause " + listener);
        webState = ListenerState.PAUSED;
    }

    @Override
    public void resume(String listener) {
        done.add("resume " + listener);
    }

    @Override
    public ReloadReport plan(ServerConfig next) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReloadReport apply(ServerConfig next) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DrainReport drain(DrainConfig policy) throws InterruptedException {
        done.add("drain " + policy);
        return end(ServerState.DRAINED);
    }

    @Override
    public DrainReport shutdown(DrainConfig policy) throws InterruptedException {
        done.add("shutdown " + policy);
        return end(ServerState.STOPPED);
    }

    private DrainReport end(ServerState after) throws InterruptedException {
        try {
            DrainReport.Result result = draining.get();
            state = result == DrainReport.Result.CANCELLED ? ServerState.RUNNING : after;
            return new DrainReport(result, Duration.ofMillis(1_200), List.of(new DrainReport.PhaseReport(
                    DrainPhase.MARK, Duration.ofMillis(1), Duration.ZERO, 0)), List.copyOf(victims), List.of());
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public DrainProgress drainProgress() {
        return progress;
    }

    @Override
    public CancelReport cancelDrain() {
        state = ServerState.RUNNING;
        draining.complete(DrainReport.Result.CANCELLED);
        return new CancelReport(cancellable, List.of("web"), List.of());
    }

    @Override
    public void forceDrain() {
        done.add("force");
    }

    @Override
    public void awaitStopped() {
        throw new UnsupportedOperationException();
    }

    static Recent.Entry event(ServerEvent event) {
        return new Recent.Entry(NOON, event);
    }
}
