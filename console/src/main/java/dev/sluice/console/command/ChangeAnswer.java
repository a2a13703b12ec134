package dev.sluice.console.command;

import dev.sluice.api.ReloadReport;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The answer to every change of the configuration: a sentence and the table of what changes, or all that is wrong.
///
/// @param done      what to say when it was applied
/// @param unchanged what to say when there was nothing to change
record ChangeAnswer(String done, String unchanged) {

    private static final Schema<ReloadReport.Change> CHANGES = new Schema<>("changes", List.of(
            Column.of("key", Kind.TEXT, it -> Cell.text(it.key())),
            Column.of("old", Kind.TEXT, it -> Cell.text(it.before())),
            Column.of("new", Kind.TEXT, it -> Cell.text(it.after())),
            Column.of("class", Kind.STATE, it -> Cell.state(it.kind())),
            Column.of("result", Kind.TEXT, it -> Cell.text(it.result()))));
    private static final Schema<ConfigProblem> PROBLEMS = new Schema<>("problems", List.of(
            Column.of("file", Kind.TEXT, it -> Cell.text(it.file())),
            Column.of("line", Kind.COUNT, it -> it.line() == 0 ? Cell.NONE : Cell.count(it.line())),
            Column.of("key", Kind.TEXT, it -> Cell.text(it.key())),
            Column.of("message", Kind.TEXT, it -> Cell.text(it.message()))));

    Result of(ReloadResult result, boolean dryRun, Invocation call) {
        ReloadReport report = result.report();
        if (report == null) {
            return broken(call, result.problems());
        }
        Output output = Output.saying(sentence(report, dryRun)).with(Field.text("outcome", "", outcome(report, dryRun)));
        tables(output, call, report.changes(), List.of());
        boolean refused = report.refused() || (!dryRun && !report.applied());
        return (refused ? Result.failed(output) : Result.done(output))
                .changing(side(report, ReloadReport.Change::before), side(report, ReloadReport.Change::after));
    }

    private static Result broken(Invocation call, List<ConfigProblem> problems) {
        Output output = new Output().with(Field.text("outcome", "", "broken"));
        String count = EventText.counted(problems.size(), "problem");
        if (call.wantsData()) {
            tables(output, call, List.of(), problems);
            return Result.failed(output).changing("-", count);
        }
        for (ConfigProblem problem : problems) {
            String place = problem.file() + (problem.line() == 0 ? "" : ":" + problem.line());
            output.say(place + ": " + (problem.key().isEmpty() ? "" : problem.key() + ": ") + problem.message());
        }
        return Result.failed(output.say("nothing changed")).changing("-", count);
    }

    /// Programs always find both tables; people see none that is empty.
    private static void tables(Output output, Invocation call, List<ReloadReport.Change> changes, List<ConfigProblem> problems) {
        if (call.wantsData() || !changes.isEmpty()) {
            output.table(CHANGES.table(changes, call));
        }
        if (call.wantsData()) {
            output.table(PROBLEMS.table(problems, call));
        }
    }

    private static String outcome(ReloadReport report, boolean dryRun) {
        if (report.refused()) {
            return "refused";
        }
        if (report.changes().stream().allMatch(ChangeAnswer::isOverridden)) {
            return "unchanged";
        }
        return dryRun ? "planned" : report.applied() ? "applied" : "refused";
    }

    private static boolean isOverridden(ReloadReport.Change change) {
        return change.verdict() == ReloadReport.Verdict.OVERRIDDEN;
    }

    private String sentence(ReloadReport report, boolean dryRun) {
        return switch (outcome(report, dryRun)) {
            case "refused" -> "refused, nothing changed: a key below needs a restart or cannot be changed now";
            case "unchanged" -> report.changes().isEmpty()
                    ? unchanged : "nothing to change: what was set while the server ran holds, not the file";
            case "planned" -> "this would change:";
            default -> done;
        };
    }

    /// Only what was to change; an overridden key holds what it held.
    private static String side(ReloadReport report, Function<ReloadReport.Change, String> value) {
        return report.changes().stream()
                .filter(change -> !isOverridden(change))
                .map(change -> change.key() + "=" + value.apply(change))
                .collect(Collectors.joining(" "));
    }
}
