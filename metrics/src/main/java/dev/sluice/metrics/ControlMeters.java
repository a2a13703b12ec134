package dev.sluice.metrics;

import static dev.sluice.metrics.SluiceMeter.tagValue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ServerState;
import dev.sluice.api.ServerStats;
import java.time.Duration;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Registers the meters that are read from a running server, for the listeners, pools and loops it has now. Holds no state.
final class ControlMeters {

    private final MeterSet meters;
    private final Snapshots snapshots;

    ControlMeters(MeterSet meters, Snapshots snapshots) {
        this.meters = meters;
        this.snapshots = snapshots;
    }

    void register(String server) {
        Snapshot first = snapshots.now();
        server(server);
        connections();
        first.listeners().keySet().forEach(this::listener);
        first.pools().keySet().forEach(this::pool);
        first.loops().values().forEach(this::loop);
    }

    private void server(String name) {
        for (ServerState state : ServerState.values()) {
            meters.gauge(SluiceMeter.SERVER_STATE, () -> snapshots.now().state() == state ? 1 : 0, tagValue(state));
        }
        meters.gauge(SluiceMeter.SERVER_UPTIME, stat(stats -> seconds(stats.uptime())), name);
        meters.gauge(SluiceMeter.CONFIG_GENERATION, stat(ServerStats::generation));
        meters.gauge(SluiceMeter.REQUESTS_ACTIVE, stat(ServerStats::inFlight));
    }

    private void connections() {
        meters.gauge(SluiceMeter.CONNECTIONS_ACTIVE, stat(ServerStats::connections));
        meters.gauge(SluiceMeter.CONNECTIONS_PEAK, stat(ServerStats::peak));
        meters.gauge(SluiceMeter.CONNECTIONS_LIMIT, stat(ServerStats::limit));
        meters.total(SluiceMeter.CONNECTIONS_ACCEPTED, stat(ServerStats::accepted));
        meters.total(SluiceMeter.CONNECTIONS_ADMITTED, stat(ServerStats::admitted));
        for (RefusalReason reason : RefusalReason.values()) {
            meters.total(SluiceMeter.CONNECTIONS_REFUSED, stat(stats -> stats.refused().getOrDefault(reason, 0L)), tagValue(reason));
        }
        for (CloseReason reason : CloseReason.values()) {
            meters.total(SluiceMeter.CONNECTIONS_CLOSED, stat(stats -> stats.closed().getOrDefault(reason, 0L)), tagValue(reason));
        }
    }

    private void listener(String name) {
        Function<ToDoubleFunction<ListenerInfo>, DoubleSupplier> of = value -> entry(Snapshot::listeners, name, value);
        meters.gauge(SluiceMeter.LISTENER_ACCEPTING, of.apply(info -> info.state() == ListenerState.LISTENING ? 1 : 0), name);
        meters.gauge(SluiceMeter.LISTENER_CONNECTIONS, of.apply(ListenerInfo::connections), name);
        meters.total(SluiceMeter.LISTENER_ACCEPTED, of.apply(ListenerInfo::accepted), name);
        meters.total(SluiceMeter.LISTENER_ACCEPT_FAILURES, of.apply(ListenerInfo::acceptErrors), name);
        meters.total(SluiceMeter.READ, of.apply(ListenerInfo::bytesIn), name);
        meters.total(SluiceMeter.WRITTEN, of.apply(ListenerInfo::bytesOut), name);
        for (RefusalReason reason : RefusalReason.values()) {
            meters.total(SluiceMeter.LISTENER_REFUSED, of.apply(info -> info.refused().getOrDefault(reason, 0L)), name, tagValue(reason));
        }
    }

    private void pool(String name) {
        Function<ToDoubleFunction<PoolInfo>, DoubleSupplier> of = value -> entry(Snapshot::pools, name, value);
        meters.gauge(SluiceMeter.POOL_SIZE, of.apply(PoolInfo::size), name);
        meters.gauge(SluiceMeter.POOL_ACTIVE, of.apply(PoolInfo::active), name);
        meters.gauge(SluiceMeter.POOL_QUEUED, of.apply(PoolInfo::queued), name);
        meters.gauge(SluiceMeter.POOL_CAPACITY, of.apply(PoolInfo::capacity), name);
        meters.gauge(SluiceMeter.POOL_UTILISATION, of.apply(PoolInfo::utilisation), name);
        meters.gauge(SluiceMeter.POOL_OLDEST_WAIT, of.apply(info -> seconds(info.oldest())), name);
        meters.gauge(SluiceMeter.POOL_RETIRING, of.apply(PoolInfo::retiring), name);
        meters.total(SluiceMeter.POOL_DONE, of.apply(PoolInfo::done), name);
        meters.total(SluiceMeter.POOL_REFUSED, of.apply(PoolInfo::refused), name);
        meters.total(SluiceMeter.POOL_STEALS, of.apply(PoolInfo::steals), name);
    }

    private void loop(LoopInfo loop) {
        Function<ToDoubleFunction<LoopInfo>, DoubleSupplier> of = value -> entry(Snapshot::loops, loop.name(), value);
        meters.gauge(SluiceMeter.LOOP_CONNECTIONS, of.apply(LoopInfo::connections), loop.listener(), loop.name());
        meters.gauge(SluiceMeter.LOOP_BUSY, of.apply(LoopInfo::busy), loop.listener(), loop.name());
        meters.gauge(SluiceMeter.LOOP_LONGEST_TURN, of.apply(info -> seconds(info.longestTurn())), loop.listener(), loop.name());
    }

    private DoubleSupplier stat(ToDoubleFunction<ServerStats> value) {
        return () -> value.applyAsDouble(snapshots.now().stats());
    }

    /// Reads what the server lists under a name; not a number when it lists it no longer.
    private <T> DoubleSupplier entry(Function<Snapshot, Map<String, T>> all, String name, ToDoubleFunction<T> value) {
        return () -> {
            @Nullable T entry = all.apply(snapshots.now()).get(name);
            return entry == null ? Double.NaN : value.applyAsDouble(entry);
        };
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
