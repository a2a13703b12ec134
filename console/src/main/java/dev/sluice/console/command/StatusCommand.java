package dev.sluice.console.command;

import dev.sluice.api.DrainProgress;
import dev.sluice.api.Latency;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerStats;
import java.util.ArrayList;
import java.util.List;

/// `status`: the server at a glance.
final class StatusCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.showing("status", Level.VIEW, "", "the server at a glance", "status", "status --watch 1s");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        CommandContext context = call.context();
        ServerStats stats = context.server().stats();
        Output output = new Output();
        identity(output, context, stats);
        state(output, context.server());
        connections(output, stats);
        requests(output, stats);
        process(output);
        config(output, context.config().status(), stats);
        return Result.done(output);
    }

    private static void identity(Output output, CommandContext context, ServerStats stats) {
        output.line("server",
                Field.text("name", "", context.server().config().name()),
                Field.text("version", "version", context.build().version()),
                Field.count("pid", "pid", context.build().pid()),
                Field.span("uptime", "up", stats.uptime()),
                new Field("started-at", "since", Kind.MOMENT, new Cell.Moment(stats.startedAt())));
    }

    private static void state(Output output, ServerControl server) {
        List<Field> fields = new ArrayList<>(List.of(Field.state("state", "", server.state())));
        DrainProgress drain = server.drainProgress();
        fields.add(drain.phase() == null
                ? new Field("drain-phase", "phase", Kind.STATE, Cell.NONE)
                : Field.state("drain-phase", "phase", drain.phase()));
        output.line("state", fields.toArray(Field[]::new));
        List<ListenerInfo> listeners = server.listeners();
        output.line("listeners",
                Field.count("listeners", "", listeners.size()),
                Field.count("listening", "listening", listeners.stream().filter(it -> it.state() == ListenerState.LISTENING).count()));
    }

    private static void connections(Output output, ServerStats stats) {
        output.line("connections",
                Field.count("connections", "now", stats.connections()),
                Field.count("connections-peak", "peak", stats.peak()),
                Field.count("connections-limit", "limit", stats.limit()),
                Field.count("accepted", "accepted", stats.accepted()));
        output.line("refused", new Field("refused-by-reason", "", Kind.COUNT, Cell.tally(stats.refused())));
        output.line("ended", new Field("closed-by-reason", "", Kind.COUNT, Cell.tally(stats.closed())));
        output.with(
                Field.count("admitted", "", stats.admitted()),
                Field.count("refused", "", Schemas.total(stats.refused())),
                Field.count("closed", "", Schemas.total(stats.closed())));
    }

    private static void requests(Output output, ServerStats stats) {
        output.line("requests",
                Field.count("requests", "", stats.requests()),
                Field.count("errors", "errors", stats.failed()),
                Field.count("in-flight", "in flight", stats.inFlight()),
                Field.count("queued", "queued", stats.queued()),
                new Field("oldest-waiting", "oldest waiting", Kind.DURATION, Cell.spanOrNone(stats.oldestWaiting())));
        output.line("requests/s",
                Field.decimal("requests-per-second", "last second", stats.perSecond()),
                Field.decimal("requests-per-second-minute", "minute", stats.perSecondMinute()),
                Field.decimal("requests-per-second-peak", "peak", stats.perSecondPeak()));
        Latency service = stats.serviceTime();
        output.line("service time",
                latency("service-p50", "p50", service, service.p50()),
                latency("service-p99", "p99", service, service.p99()),
                latency("service-max", "max", service, service.max()),
                Field.span("window", "over", service.window()));
        output.line("queue wait", latency("queue-wait-p99", "p99", stats.queueWait(), stats.queueWait().p99()));
        output.line("bytes", Field.bytes("in", "in", stats.bytesIn()), Field.bytes("out", "out", stats.bytesOut()));
    }

    private static Field latency(String key, String label, Latency of, long nanos) {
        return new Field(key, label, Kind.DURATION, Cell.nanos(of.count(), nanos));
    }

    private static void process(Output output) {
        ProcessInfo process = ProcessInfo.now();
        output.line("process",
                Field.bytes("heap-used", "heap", process.heapUsed()),
                Field.bytes("heap-max", "of", process.heapMax()),
                Field.count("files-used", "files", process.files()),
                Field.count("files-limit", "of", process.filesLimit()));
    }

    private static void config(Output output, ConfigControl.ConfigStatus status, ServerStats stats) {
        Cell when = status.lastReload() == null ? Cell.NONE : new Cell.Moment(status.lastReload());
        Tone tone = status.lastFailed() ? Tone.BAD : Tone.GOOD;
        String word = status.lastReload() == null ? "never" : status.lastFailed() ? "failed" : "done";
        output.line("config",
                Field.text("config-path", "", status.path()),
                Field.count("config-generation", "generation", stats.generation()),
                new Field("config-last-reload", "last reload", Kind.MOMENT, when),
                new Field("config-last-result", "", Kind.STATE, new Cell.State(word, tone)),
                Field.text("config-last-summary", "", status.summary()));
    }
}
