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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Registers the meters that are read from a running server. Holds no state.
final class ControlMeters {

    private final Supplier<Snapshot> seen;

    /// @param seen gives what is read
    ControlMeters(Supplier<Snapshot> seen) {
        this.seen = seen;
    }

    /// Those of the server as a whole.
    void register(MeterSet meters, String server) {
        Readings readings = new Readings(meters, seen);
        server(readings, server);
        connections(readings);
    }

    /// Those of what comes and goes.
    void register(MeterSet meters, Subject subject) {
        Readings readings = new Readings(meters, seen);
        switch (subject) {
            case Subject.OfListener(String name) -> listener(readings, name);
            case Subject.OfService(var listener, var protocol, var service, var io, var pool) ->
                readings.gauge(SluiceMeter.LISTENER_INFO, snapshot -> 1, listener, protocol, service, io, pool);
            case Subject.OfLoop(String listener, String name) -> loop(readings, listener, name);
            case Subject.OfPool(String name) -> pool(readings, name);
            case Subject.OfExecutor(var pool, var type, var unit) ->
                readings.gauge(SluiceMeter.POOL_INFO, snapshot -> 1, pool, type, unit);
        }
    }

    /// Meters that read snapshots.
    private record Readings(MeterSet meters, Supplier<Snapshot> seen) {

        void gauge(SluiceMeter what, ToDoubleFunction<Snapshot> value, String... tagValues) {
            meters.gauge(what, () -> value.applyAsDouble(seen.get()), tagValues);
        }

        void total(SluiceMeter what, ToDoubleFunction<Snapshot> value, String... tagValues) {
            Total total = new Total();
            meters.total(what, () -> {
                Snapshot now = seen.get();
                return total.at(now, value.applyAsDouble(now));
            }, tagValues);
        }
    }

    private static void server(Readings meters, String name) {
        for (ServerState state : ServerState.values()) {
            meters.gauge(SluiceMeter.SERVER_STATE, snapshot -> snapshot.state() == state ? 1 : 0, tagValue(state));
        }
        meters.gauge(SluiceMeter.SERVER_UPTIME, stat(stats -> seconds(stats.uptime())), name);
        meters.gauge(SluiceMeter.CONFIG_GENERATION, stat(ServerStats::generation));
        meters.gauge(SluiceMeter.REQUESTS_ACTIVE, stat(ServerStats::inFlight));
        meters.total(SluiceMeter.ACCESS_LOG_DROPPED, Snapshot::accessLogDropped);
    }

    private static void connections(Readings meters) {
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

    private static void listener(Readings meters, String name) {
        Function<ToDoubleFunction<ListenerInfo>, ToDoubleFunction<Snapshot>> of = value -> first(Snapshot::listeners, name, value);
        meters.gauge(SluiceMeter.LISTENER_ACCEPTING, of.apply(info -> info.state() == ListenerState.LISTENING ? 1 : 0), name);
        meters.gauge(SluiceMeter.LISTENER_CONNECTIONS, sum(Snapshot::listeners, name, ListenerInfo::connections), name);
        meters.gauge(SluiceMeter.LISTENER_RETIRING, snapshot -> retiring(named(snapshot.listeners(), name)), name);
        meters.total(SluiceMeter.LISTENER_ACCEPTED, of.apply(ListenerInfo::accepted), name);
        meters.total(SluiceMeter.LISTENER_ACCEPT_FAILURES, of.apply(ListenerInfo::acceptErrors), name);
        meters.gauge(SluiceMeter.LISTENER_CERTIFICATE_DAYS, of.apply(ControlMeters::certificateDays), name);
        meters.gauge(SluiceMeter.REQUEST_LONGEST_SERVICE, snapshot -> longestService(named(snapshot.listeners(), name)), name);
        meters.total(SluiceMeter.READ, of.apply(ListenerInfo::bytesIn), name);
        meters.total(SluiceMeter.WRITTEN, of.apply(ListenerInfo::bytesOut), name);
        for (RefusalReason reason : RefusalReason.values()) {
            meters.total(SluiceMeter.LISTENER_REFUSED, of.apply(info -> info.refused().getOrDefault(reason, 0L)), name, tagValue(reason));
        }
    }

    private static double certificateDays(ListenerInfo listener) {
        Instant now = Instant.now();
        return listener.certificates().stream().mapToDouble(one -> one.daysLeft(now)).min().orElse(Double.NaN);
    }

    /// All connections of those that have left the configuration are.
    private static double retiring(List<ListenerInfo> listeners) {
        return listeners.isEmpty() ? Double.NaN
                : listeners.getFirst().retiring() + listeners.stream().skip(1).mapToInt(ListenerInfo::connections).sum();
    }

    /// What leaves under the same name included.
    private static double longestService(List<ListenerInfo> listeners) {
        return listeners.stream().mapToDouble(listener -> listener.serviceTime().max() / 1e9).max().orElse(Double.NaN);
    }

    private static void pool(Readings meters, String name) {
        Function<ToDoubleFunction<PoolInfo>, ToDoubleFunction<Snapshot>> of = value -> first(Snapshot::pools, name, value);
        meters.gauge(SluiceMeter.POOL_SIZE, of.apply(PoolInfo::size), name);
        meters.gauge(SluiceMeter.POOL_ACTIVE, of.apply(PoolInfo::active), name);
        meters.gauge(SluiceMeter.POOL_QUEUED, of.apply(PoolInfo::queued), name);
        meters.gauge(SluiceMeter.POOL_CAPACITY, of.apply(PoolInfo::capacity), name);
        meters.gauge(SluiceMeter.POOL_UTILISATION, of.apply(PoolInfo::utilisation), name);
        meters.gauge(SluiceMeter.POOL_OLDEST_WAIT, of.apply(info -> seconds(info.oldest())), name);
        meters.gauge(SluiceMeter.POOL_LONGEST_WAIT, of.apply(info -> info.queueWait().max() / 1e9), name);
        meters.gauge(SluiceMeter.POOL_RETIRING, of.apply(PoolInfo::retiring), name);
        meters.total(SluiceMeter.POOL_DONE, of.apply(PoolInfo::done), name);
        meters.total(SluiceMeter.POOL_REFUSED, of.apply(PoolInfo::refused), name);
        meters.total(SluiceMeter.POOL_STEALS, of.apply(PoolInfo::steals), name);
    }

    private static void loop(Readings meters, String listener, String name) {
        Function<ToDoubleFunction<LoopInfo>, ToDoubleFunction<Snapshot>> of = value -> first(Snapshot::loops, name, value);
        meters.gauge(SluiceMeter.LOOP_CONNECTIONS, sum(Snapshot::loops, name, LoopInfo::connections), listener, name);
        meters.gauge(SluiceMeter.LOOP_BUSY, of.apply(LoopInfo::busy), listener, name);
        meters.gauge(SluiceMeter.LOOP_LONGEST_TURN, of.apply(info -> seconds(info.longestTurn())), listener, name);
    }

    private static ToDoubleFunction<Snapshot> stat(ToDoubleFunction<ServerStats> value) {
        return snapshot -> value.applyAsDouble(snapshot.stats());
    }

    /// Reads what the server lists under a name; not a number when it lists it no longer.
    private static <T> ToDoubleFunction<Snapshot> first(
            Function<Snapshot, Map<String, List<T>>> all, String name, ToDoubleFunction<T> value) {
        return snapshot -> named(all.apply(snapshot), name).stream().mapToDouble(value).findFirst().orElse(Double.NaN);
    }

    /// What leaves under the same name included.
    private static <T> ToDoubleFunction<Snapshot> sum(
            Function<Snapshot, Map<String, List<T>>> all, String name, ToDoubleFunction<T> value) {
        return snapshot -> {
            List<T> entries = named(all.apply(snapshot), name);
            return entries.isEmpty() ? Double.NaN : entries.stream().mapToDouble(value).sum();
        };
    }

    private static <T> List<T> named(Map<String, List<T>> all, String name) {
        return all.getOrDefault(name, List.of());
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
