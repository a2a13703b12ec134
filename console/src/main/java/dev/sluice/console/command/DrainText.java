package dev.sluice.console.command;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainProgress.Blocker;
import dev.sluice.api.DrainReport;
import dev.sluice.api.DrainReport.PhaseReport;
import dev.sluice.api.DrainReport.Victim;
import java.time.Duration;
import java.util.List;

/// Drains as output: under way, and ended.
final class DrainText {

    private static final Schema<Blocker> BLOCKERS = new Schema<>("blockers", List.of(
            Column.of("id", Kind.COUNT, it -> Cell.count(it.client().id())),
            Column.of("listener", Kind.TEXT, it -> Cell.text(it.client().listener())),
            Column.of("addr", Kind.ADDRESS, it -> Cell.text(it.client().address())),
            Column.of("state", Kind.STATE, it -> Cell.state(it.client().state())),
            Column.of("op-age", Kind.DURATION, it -> Cell.span(it.client().opAge())),
            Column.of("op", Kind.TEXT, it -> Cell.text(it.client().op())),
            Column.of("at", Kind.TEXT, it -> Cell.text(it.frame()))));
    private static final Schema<PhaseReport> PHASES = new Schema<>("phases", List.of(
            Column.of("phase", Kind.STATE, it -> Cell.state(it.phase())),
            Column.of("took", Kind.DURATION, it -> Cell.span(it.took())),
            Column.of("budget", Kind.DURATION, it -> Cell.span(it.budget())),
            Column.of("left", Kind.COUNT, it -> Cell.count(it.left()))));
    private static final Schema<Victim> VICTIMS = new Schema<>("victims", List.of(
            Column.of("id", Kind.COUNT, it -> Cell.count(it.client().id())),
            Column.of("listener", Kind.TEXT, it -> Cell.text(it.client().listener())),
            Column.of("addr", Kind.ADDRESS, it -> Cell.text(it.client().address())),
            Column.of("state", Kind.STATE, it -> Cell.state(it.client().state())),
            Column.of("age", Kind.DURATION, it -> Cell.span(it.client().age())),
            Column.of("op", Kind.TEXT, it -> Cell.text(it.client().op())),
            Column.of("at", Kind.TEXT, it -> it.stack().isEmpty() ? Cell.NONE : Cell.text(it.stack().getFirst()))));

    private DrainText() {}

    /// Where a drain stands, and who holds it up.
    static Output progress(Invocation call) {
        DrainProgress now = call.server().drainProgress();
        DrainPhase phase = now.phase();
        Cell phaseCell = phase == null ? Cell.NONE : Cell.state(phase);
        Output output = new Output().line("drain",
                Field.state("state", "", call.server().state()),
                new Field("phase", "phase", Kind.STATE, phaseCell),
                Field.span("elapsed", "for", now.elapsed()),
                Field.span("budget", "of", now.budget()),
                Field.span("total", "in all", now.total()));
        int left = now.queued() + now.idle() + now.active();
        Cell eta = left == 0 || now.perSecond() <= 0
                ? Cell.NONE : Cell.span(Duration.ofMillis((long) (left / now.perSecond() * 1_000)));
        output.line("left",
                Field.count("queued", "queued", now.queued()),
                Field.count("idle", "idle", now.idle()),
                Field.count("active", "active", now.active()),
                Field.decimal("ended-per-second", "ended/s", now.perSecond()),
                new Field("eta", "eta", Kind.DURATION, eta));
        if (call.wantsData() || !now.blockers().isEmpty()) {
            output.table(BLOCKERS.table(now.blockers(), call));
        }
        return output;
    }

    /// One line for a phase that has begun.
    static String phase(DrainProgress now, DrainPhase phase) {
        return "drain: " + phase + ", up to " + Units.duration(now.budget()) + "; left: queued " + now.queued() + ", idle " + now.idle()
                + ", active " + now.active();
    }

    /// A policy in a line, for the audit log.
    static String policy(DrainConfig policy) {
        return "lame-duck=" + Units.duration(policy.lameDuck()) + " queued=" + Cell.word(policy.queued()) + " idle-grace="
                + Units.duration(policy.idleGrace()) + " spread=" + Units.duration(policy.spread()) + " grace="
                + Units.duration(policy.grace());
    }

    /// How it ended.
    static Output report(DrainReport report, Invocation call) {
        Output output = Output.saying(sentence(report)).with(
                new Field("outcome", "", Kind.STATE, Cell.state(report.result())),
                Field.span("took", "", report.took()));
        output.table(PHASES.table(report.phases(), call));
        if (call.wantsData() || !report.victims().isEmpty()) {
            output.table(VICTIMS.table(report.victims(), call));
        }
        return call.wantsData() || !report.threads().isEmpty()
                ? output.listing("threads", "threads that did not end", report.threads()) : output;
    }

    private static String sentence(DrainReport report) {
        String took = Units.duration(report.took());
        return switch (report.result()) {
            case CLEAN -> "drained clean in " + took;
            case FORCED -> "drained in " + took + ", " + report.victims().size() + " connections closed by force";
            case CANCELLED -> "cancelled after " + took + "; the server runs again";
            case INCOMPLETE ->
                "not drained after " + took + ": budgets are spent and connections are left; drain force, or shutdown, ends them";
        };
    }
}
