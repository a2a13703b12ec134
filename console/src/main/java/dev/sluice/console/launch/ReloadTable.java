package dev.sluice.console.launch;

import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.console.command.Secrets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The table that a change of configuration is answered with: the server's own, in the words of the file. Pure functions.
final class ReloadTable {

    private ReloadTable() {}

    /// @param server  what the server said
    /// @param before  what held
    /// @param next    what is to hold
    /// @param logs    changes of levels of loggers
    /// @param others  rows of what is neither of the server's nor a logger's
    static ReloadReport of(ReloadReport server, Layers before, Layers next, List<Change> logs, List<Change> others) {
        Stream<Change> named = server.changes().stream().flatMap(change -> named(change, before.whole(), next.whole()));
        List<Change> changes = Stream.of(named, others.stream(), logs.stream())
                .flatMap(one -> one)
                .map(change -> change.verdict() == Verdict.PLANNED ? withServer(change, server) : change)
                .map(ReloadTable::withoutSecret)
                .toList();
        return new ReloadReport(changes, server.applied());
    }

    private static Change withoutSecret(Change change) {
        String key = change.key();
        return new Change(key, Secrets.shown(key, change.before()), Secrets.shown(key, change.after()), change.kind(), change.verdict(), change.detail());
    }

    /// What could have been changed is not, when the server refused another key.
    private static Change withServer(Change change, ReloadReport server) {
        if (server.refused()) {
            return change.as(Verdict.WITHHELD, "");
        }
        return server.applied() ? change.as(Verdict.APPLIED, change.detail()) : change;
    }

    /// The keys of the file in place of those of the records: the settings of a service are one value to the server.
    private static Stream<Change> named(Change change, ConfigReading.Usable before, ConfigReading.Usable next) {
        if (ConfigEntries.hidden(change.key())) {
            return Stream.empty();
        }
        List<Change> inner = change.before().equals(change.after()) ? settings(change, before, next) : List.of();
        String name = ConfigEntries.name(change.key());
        return inner.isEmpty()
                ? Stream.of(new Change(name, change.before(), change.after(), change.kind(), change.verdict(), change.detail()))
                : inner.stream();
    }

    private static List<Change> settings(Change change, ConfigReading.Usable before, ConfigReading.Usable next) {
        Map<String, Findings.Found> both = new LinkedHashMap<>(next.found());
        both.putAll(before.found());
        String owner = change.key().replaceAll("\\.(service\\.type|protocol|type)$", ".");
        return both.keySet().stream()
                .filter(key -> key.startsWith(owner) && ConfigEntries.foreign(key, next.server()))
                .filter(key -> !text(before, key).equals(text(next, key)))
                .sorted()
                .map(key -> new Change(key, text(before, key), text(next, key), change.kind(), change.verdict(), change.detail()))
                .toList();
    }

    private static String text(ConfigReading.Usable reading, String key) {
        return Optional.ofNullable(reading.found().get(key)).map(Findings.Found::text).orElse("-");
    }

    /// What the file says and what was set keeps from holding.
    static List<Change> overridden(Layers layers) {
        return layers.overlays().shown()
                .filter(one -> !Keys.text(layers.bare(), one.key()).equals(Keys.text(layers.whole(), one.key())))
                .map(one -> overridden(one, layers)).toList();
    }

    private static Change overridden(Overlay one, Layers layers) {
        String held = Keys.text(layers.whole(), one.key());
        return new Change(one.key(), held, Keys.text(layers.bare(), one.key()), Keys.kind(layers.whole().server(), one.key()),
                Verdict.OVERRIDDEN, one.told(Secrets.shown(one.key(), held)));
    }

    /// What was set for a pool or a listener that the file no longer has.
    static Change dropped(Overlay one, Layers before) {
        String held = Keys.text(before.whole(), one.key());
        return new Change(one.key(), held, "-", Keys.kind(before.whole().server(), one.key()),
                Verdict.PLANNED, one.told(Secrets.shown(one.key(), held)) + ", dropped as the file no longer has its " + Keys.noun(one.key()));
    }

    /// The levels that people gave to loggers since the file was last applied; they stay until the file says another one than it said.
    static List<Change> relevelled(Layers before, ConfigReading.Usable next, UnaryOperator<String> levels) {
        return next.levels().entrySet().stream()
                .filter(one -> one.getValue().equals(before.whole().levels().get(one.getKey())))
                .filter(one -> !one.getValue().equals(levels.apply(one.getKey())))
                .map(one -> new Change(Keys.LOG + one.getKey(), levels.apply(one.getKey()), one.getValue(), Kind.LIVE,
                        Verdict.OVERRIDDEN, "set to " + levels.apply(one.getKey())))
                .sorted(Comparator.comparing(Change::key))
                .toList();
    }

    static boolean failed(ReloadResult result) {
        return result.report() == null || !result.report().applied();
    }

    /// One line of it all.
    static String summary(ReloadResult result) {
        if (result.report() == null) {
            ConfigProblem first = result.problems().getFirst();
            String more = result.problems().size() > 1 ? " (and " + (result.problems().size() - 1) + " more)" : "";
            return Problems.text(first) + more;
        }
        if (!result.report().applied()) {
            List<String> refused = result.report().changes().stream()
                    .filter(change -> change.verdict() == Verdict.REFUSED).map(Change::key).toList();
            return String.join(", ", refused) + (refused.size() == 1 ? " is" : " are") + " refused: nothing was changed";
        }
        long overridden = result.report().changes().stream().filter(change -> change.verdict() == Verdict.OVERRIDDEN).count();
        long changes = result.report().changes().size() - overridden;
        return (changes == 0 ? "nothing to change" : changes == 1 ? "1 change" : changes + " changes")
                + (overridden == 0 ? "" : ", " + overridden + " overridden");
    }
}
