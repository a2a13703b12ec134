package dev.sluice.console.command;

import dev.sluice.api.CertificateInfo;
import dev.sluice.api.ClosedConnection;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.Rendered;
import dev.sluice.api.ThreadInfo;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The columns of the tables that show the server.
final class Schemas {

    static final Schema<ListenerInfo> LISTENERS = new Schema<>("listeners", Stream.concat(
            Stream.<Column<ListenerInfo>>of(
                    Column.of("name", Kind.TEXT, it -> Cell.text(it.name())),
                    Column.of("bind", Kind.ADDRESS, it -> Cell.text(Rendered.text(it.bind()))),
                    Column.of("protocol", Kind.TEXT, it -> Cell.text(it.protocol())),
                    Column.of("service", Kind.TEXT, it -> Cell.text(it.service())),
                    Column.of("io", Kind.TEXT, it -> Cell.text(it.io())),
                    Column.of("pool", Kind.TEXT, it -> Cell.text(it.pool())),
                    Column.of("state", Kind.STATE, it -> Cell.state(it.state())),
                    Column.of("connections", Kind.COUNT, it -> Cell.count(it.connections())),
                    Column.of("peak", Kind.COUNT, it -> Cell.count(it.peak())),
                    Column.of("accepted", Kind.COUNT, it -> Cell.count(it.accepted())),
                    Column.of("refused", Kind.COUNT, it -> Cell.count(total(it.refused()))),
                    Column.of("accept-errors", Kind.COUNT, it -> Cell.count(it.acceptErrors())),
                    Column.of("requests", Kind.COUNT, it -> Cell.count(it.requests())),
                    Column.of("p50", Kind.DURATION, it -> Cell.nanos(it.serviceTime().count(), it.serviceTime().p50())),
                    Column.of("p99", Kind.DURATION, it -> Cell.nanos(it.serviceTime().count(), it.serviceTime().p99())),
                    Column.wide("role", Kind.STATE, it -> Cell.state(it.role())),
                    Column.wide("tls", Kind.FLAG, it -> new Cell.Flag(!it.certificates().isEmpty())),
                    Column.wide("certificate", Kind.TEXT, it -> Cell.text(certificates(it))),
                    Column.wide("certificate-until", Kind.MOMENT, it -> it.certificates().stream().map(CertificateInfo::until).min(Comparator.naturalOrder())
                            .<Cell>map(Cell.Moment::new).orElse(Cell.NONE)),
                    Column.wide("retiring", Kind.COUNT, it -> Cell.count(it.retiring())),
                    Column.wide("in", Kind.BYTES, it -> Cell.bytes(it.bytesIn())),
                    Column.wide("out", Kind.BYTES, it -> Cell.bytes(it.bytesOut())),
                    Column.wide("max", Kind.DURATION, it -> Cell.nanos(it.serviceTime().count(), it.serviceTime().max())),
                    Column.wide("window", Kind.DURATION, it -> Cell.spanOrNone(it.serviceTime().window()))),
            Arrays.stream(RefusalReason.values()).map(reason -> Column.<ListenerInfo>wide(
                    "refused-" + Cell.word(reason), Kind.COUNT, it -> Cell.count(it.refused().getOrDefault(reason, 0L))))).toList());

    static final Schema<ConnectionInfo> CLIENTS = new Schema<>("clients", List.of(
            Column.of("id", Kind.COUNT, it -> Cell.count(it.id())),
            Column.of("listener", Kind.TEXT, it -> Cell.text(it.listener())),
            Column.of("addr", Kind.ADDRESS, it -> Cell.text(it.address())),
            Column.of("state", Kind.STATE, it -> Cell.state(it.state())),
            Column.of("age", Kind.DURATION, it -> Cell.span(it.age())),
            Column.of("idle", Kind.DURATION, it -> Cell.span(it.idle())),
            Column.of("wait", Kind.DURATION, it -> Cell.span(it.queueWait())),
            Column.of("requests", Kind.COUNT, it -> Cell.count(it.requests())),
            Column.of("in", Kind.BYTES, it -> Cell.bytes(it.bytesIn())),
            Column.of("out", Kind.BYTES, it -> Cell.bytes(it.bytesOut())),
            Column.of("pending", Kind.BYTES, it -> Cell.bytes(it.pending())),
            Column.wide("thread", Kind.TEXT, it -> Cell.text(it.thread())),
            Column.of("op-age", Kind.DURATION, it -> it.op().isEmpty() ? Cell.NONE : Cell.span(it.opAge())),
            Column.of("op", Kind.TEXT, it -> Cell.text(it.op()))));

    static final Schema<ClosedConnection> CLOSED = new Schema<>("closed", List.of(
            Column.of("id", Kind.COUNT, it -> Cell.count(it.id())),
            Column.of("addr", Kind.ADDRESS, it -> Cell.text(it.address())),
            Column.of("listener", Kind.TEXT, it -> Cell.text(it.listener())),
            Column.of("age", Kind.DURATION, it -> Cell.span(it.age())),
            Column.of("when", Kind.MOMENT, it -> new Cell.Moment(it.when())),
            Column.of("reason", Kind.STATE, it -> Cell.state(it.reason())),
            Column.of("requests", Kind.COUNT, it -> Cell.count(it.requests())),
            Column.of("in", Kind.BYTES, it -> Cell.bytes(it.bytesIn())),
            Column.of("out", Kind.BYTES, it -> Cell.bytes(it.bytesOut())),
            Column.of("detail", Kind.TEXT, it -> Cell.text(it.detail()))));

    static final Schema<PoolInfo> POOLS = new Schema<>("pools", List.of(
            Column.of("name", Kind.TEXT, it -> Cell.text(it.name())),
            Column.of("type", Kind.TEXT, it -> Cell.text(it.type())),
            Column.of("unit", Kind.STATE, it -> Cell.state(it.unit())),
            Column.of("size", Kind.COUNT, it -> Cell.count(it.size())),
            Column.of("active", Kind.COUNT, it -> Cell.count(it.active())),
            Column.of("idle", Kind.COUNT, it -> Cell.count(Math.max(0, it.size() - it.active()))),
            Column.of("queued", Kind.COUNT, it -> Cell.count(it.queued())),
            Column.of("capacity", Kind.COUNT, it -> Cell.count(it.capacity())),
            Column.of("refused", Kind.COUNT, it -> Cell.count(it.refused())),
            Column.of("done", Kind.COUNT, it -> Cell.count(it.done())),
            Column.of("wait-p50", Kind.DURATION, it -> Cell.nanos(it.queueWait().count(), it.queueWait().p50())),
            Column.of("wait-p99", Kind.DURATION, it -> Cell.nanos(it.queueWait().count(), it.queueWait().p99())),
            Column.of("oldest", Kind.DURATION, it -> Cell.spanOrNone(it.oldest())),
            Column.of("run-p50", Kind.DURATION, it -> Cell.nanos(it.run().count(), it.run().p50())),
            Column.of("run-p99", Kind.DURATION, it -> Cell.nanos(it.run().count(), it.run().p99())),
            Column.of("used", Kind.PERCENT, it -> new Cell.Percent(it.utilisation())),
            Column.of("state", Kind.STATE, Schemas::state),
            Column.wide("retiring", Kind.COUNT, it -> Cell.count(it.retiring())),
            Column.wide("steals", Kind.COUNT, it -> Cell.count(it.steals())),
            Column.wide("when-full", Kind.STATE, it -> Cell.state(it.whenFull())),
            Column.wide("window", Kind.DURATION, it -> Cell.spanOrNone(it.run().window()))));

    static final Schema<ThreadInfo> THREADS = new Schema<>("threads", List.of(
            Column.of("thread", Kind.TEXT, it -> Cell.text(it.name())),
            Column.of("kind", Kind.TEXT, it -> Cell.text(it.kind())),
            Column.of("virtual", Kind.FLAG, it -> new Cell.Flag(it.virtual())),
            Column.of("state", Kind.STATE, it -> Cell.state(it.state())),
            Column.of("client", Kind.COUNT, it -> it.connection() == 0 ? Cell.NONE : Cell.count(it.connection())),
            Column.of("op-age", Kind.DURATION, it -> it.op().isEmpty() ? Cell.NONE : Cell.span(it.opAge())),
            Column.of("at", Kind.TEXT, it -> Cell.text(it.frame())),
            Column.of("op", Kind.TEXT, it -> Cell.text(it.op()))));

    static final Schema<LoopInfo> LOOPS = new Schema<>("loops", List.of(
            Column.of("loop", Kind.TEXT, it -> Cell.text(it.name())),
            Column.of("listener", Kind.TEXT, it -> Cell.text(it.listener())),
            Column.of("connections", Kind.COUNT, it -> Cell.count(it.connections())),
            Column.of("ready-per-second", Kind.DECIMAL, it -> new Cell.Decimal(it.readyPerSecond())),
            Column.of("busy", Kind.PERCENT, it -> new Cell.Percent(it.busy())),
            Column.of("longest-turn", Kind.DURATION, it -> Cell.span(it.longestTurn()))));

    private Schemas() {}

    private static String certificates(ListenerInfo listener) {
        return listener.certificates().stream().map(CertificateInfo::subject).collect(Collectors.joining("; "));
    }

    /// A running pool says how many it still has on executors that were replaced.
    private static Cell state(PoolInfo pool) {
        boolean changes = pool.state() == PoolInfo.State.RUNNING && pool.retiring() > 0;
        return changes ? new Cell.State("retiring " + pool.retiring(), Tone.CAUTION) : Cell.state(pool.state());
    }

    static long total(Map<?, Long> byReason) {
        return byReason.values().stream().mapToLong(Long::longValue).sum();
    }
}
