package dev.sluice.metrics;

import dev.sluice.api.CancelReport;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DrainConfig;
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
import dev.sluice.api.ServerState;
import dev.sluice.api.ServerStats;
import dev.sluice.api.ThreadInfo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A server that says what its fields say: traffic listeners `web` (event loop) and `echo` (blocking), admin listener `admin`.
final class FakeServer implements ServerControl {

    final Map<String, ListenerInfo> listeners = new LinkedHashMap<>();
    volatile ServerState state = ServerState.RUNNING;
    volatile int connections = 5;
    volatile List<LoopInfo> loops = List.of(
            new LoopInfo("web-loop-0", "web", 3, 12.5, 0.25, Duration.ofMillis(7)),
            new LoopInfo("admin-loop-0", "admin", 1, 1, 0.01, Duration.ofMillis(1)));
    final AtomicInteger walks = new AtomicInteger();

    FakeServer() {
        listeners.put("web", listener("web", Role.TRAFFIC, 17));
        listeners.put("echo", listener("echo", Role.TRAFFIC, 3));
        listeners.put("admin", listener("admin", Role.ADMIN, 99));
    }

    @Override
    public ServerState state() {
        return state;
    }

    @Override
    public ServerConfig config() {
        return ServerConfig.named("edge");
    }

    /// 20 accepted = 15 admitted + 5 refused; 15 admitted = 5 active + 10 closed.
    @Override
    public ServerStats stats() {
        walks.incrementAndGet();
        return new ServerStats(Instant.EPOCH, Duration.ofSeconds(90), 20, 15, reasons(RefusalReason.SERVER_LIMIT, 5),
                closed(CloseReason.IDLE_TIMEOUT, 10), connections, 9, 100, 40, 1, 2, 3, Duration.ofMillis(250), 1, 1, 1, Latency.NONE,
                Latency.NONE, 1_000, 2_000, 4);
    }

    @Override
    public List<ListenerInfo> listeners() {
        return List.copyOf(listeners.values());
    }

    @Override
    public List<PoolInfo> pools() {
        return List.of(pool("workers", "work-stealing", 8), pool("clients", "virtual", 10_000));
    }

    @Override
    public List<LoopInfo> loops() {
        return loops;
    }

    private static Latency longest(Duration duration) {
        return new Latency(Duration.ofMinutes(1), 30, 1, 2, 3, duration.toNanos());
    }

    static ListenerInfo listener(String name, Role role, long accepted) {
        return listener(name, role, accepted, "http");
    }

    static ListenerInfo listener(String name, Role role, long accepted, String protocol) {
        return new ListenerInfo(name, role, List.of(new InetSocketAddress(8080)), protocol, "files", "event-loop", "workers",
                ListenerState.LISTENING, accepted, reasons(RefusalReason.ADDRESS_LIMIT, 2), 6, 3, 1, 9, 30, 700, 1_500,
                longest(Duration.ofMillis(125)), List.of());
    }

    private static PoolInfo pool(String name, String type, int size) {
        return new PoolInfo(name, type, PoolInfo.Unit.REQUEST, size, 4, 7, 1_000, PoolConfig.WhenFull.REFUSE, 321, 12,
                longest(Duration.ofNanos(12_500_000)), Duration.ofMillis(1_500), Latency.NONE, 0.5, 6, 2, PoolInfo.State.RUNNING);
    }

    private static Map<RefusalReason, Long> reasons(RefusalReason reason, long count) {
        Map<RefusalReason, Long> all = new EnumMap<>(RefusalReason.class);
        for (RefusalReason each : RefusalReason.values()) {
            all.put(each, each == reason ? count : 0L);
        }
        return all;
    }

    private static Map<CloseReason, Long> closed(CloseReason reason, long count) {
        Map<CloseReason, Long> all = new EnumMap<>(CloseReason.class);
        for (CloseReason each : CloseReason.values()) {
            all.put(each, each == reason ? count : 0L);
        }
        return all;
    }

    // What metrics never ask for.

    @Override
    public long accessLogDropped() {
        return 0;
    }

    @Override
    public Recent recent() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ConnectionInfo> connections() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ConnectionDetail> connection(long id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ThreadInfo> threads() {
        throw new UnsupportedOperationException();
    }

    @Override
    public KickReport kick(Predicate<? super ConnectionInfo> who, Kick how) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResizeReport resize(String pool, int size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pause(String listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resume(String listener) {
        throw new UnsupportedOperationException();
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
    public DrainReport drain(DrainConfig policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DrainProgress drainProgress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CancelReport cancelDrain() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void forceDrain() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DrainReport shutdown(DrainConfig policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void awaitStopped() {
        throw new UnsupportedOperationException();
    }
}
