package dev.sluice.console.launch;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.ConfigControl;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configuration file of a running server. A reload is all or nothing: a file with an error, or a change that needs a restart,
/// changes nothing. What was resized while the server ran stays so, whatever the file says, until it is resized to what the file says.
///
/// One reload or resize at a time, guarded by `this`, as is what was put off; what is read meanwhile is in volatile fields, each replaced whole.
final class FileConfigControl implements ConfigControl {

    private static final Logger LOG = LoggerFactory.getLogger(FileConfigControl.class);

    private final ConfigFile file;
    private final ServerControl server;
    private final LogbackLevels levels;
    private final Warnings warnings;
    private final InstantSource clock;
    private volatile ConfigReading.Usable applied;
    private volatile FileContents seen;
    private volatile ConfigStatus status;
    private final AtomicBoolean awaited = new AtomicBoolean();

    /// What the server could not take when it was last read, for a reason that passes; null when it could.
    private @Nullable FileContents putOff;

    /// @param started  what the server was started with
    /// @param warnings of which those have been said that the start found
    FileConfigControl(ConfigFile file, ConfigReading.Usable started, ServerControl server, LogbackLevels levels, Warnings warnings,
            InstantSource clock) {
        this.file = file;
        this.server = server;
        this.levels = levels;
        this.warnings = warnings;
        this.clock = clock;
        this.applied = started;
        this.seen = started.files();
        this.status = new ConfigStatus(Place.display(file.path()), null, false, "");
    }

    @Override
    public synchronized ReloadResult reload(boolean dryRun) {
        ConfigReading reading = file.read(applied.parts());
        if (!dryRun) {
            putOff = null;
        }
        ReloadResult result = switch (reading) {
            case ConfigReading.Broken broken -> new ReloadResult(null, broken.problems());
            case ConfigReading.Usable usable -> change(usable, dryRun);
        };
        if (!dryRun) {
            seen = putOff == null ? reading.files() : seen; // else who watches the files finds them changed, and tries again
            status = new ConfigStatus(Place.display(file.path()), clock.instant(), failed(result), summary(result));
            warnings.log(reading, applied);
        }
        return result;
    }

    /// Between what a reload takes for the size and what it sets, there must be no other.
    @Override
    public synchronized ResizeReport resize(String pool, int size) {
        return server.resize(pool, size);
    }

    /// Reloads in a thread of its own. While one is awaited that has not begun to read, there is no need for another.
    ///
    /// @param cause one word
    void reloadSoon(String cause) {
        if (awaited.getAndSet(true)) {
            return;
        }
        Thread.ofVirtual().name("sluice-reload").start(() -> {
            synchronized (this) {
                awaited.set(false);
                reloadFor(cause);
            }
        });
    }

    /// Reloads because the files have other contents than those seen. That they still cannot be applied is not said again.
    void reloadChanged() {
        synchronized (this) {
            @Nullable FileContents before = putOff;
            ReloadResult result = reload(false);
            if (before == null || !before.equals(putOff)) {
                log("watch", result);
            }
        }
    }

    /// Reloads without anybody who waits for the answer, so the answer goes to the log.
    ///
    /// @param cause one word
    synchronized void reloadFor(String cause) {
        log(cause, reload(false));
    }

    private void log(String cause, ReloadResult result) {
        for (ConfigProblem problem : result.problems()) {
            LOG.warn("event=reload-problem file={} line={} key={} detail=\"{}\"",
                    problem.file(), problem.line(), problem.key(), problem.message());
        }
        if (result.report() != null) {
            for (Change change : result.report().changes()) {
                LOG.info("event=reload-change key={} before={} after={} result=\"{}\"",
                        change.key(), change.before(), change.after(), change.result());
            }
        }
        if (failed(result)) {
            LOG.warn("event=reload-failed cause={} detail=\"{}\"", cause, status.summary());
        } else {
            LOG.info("event=reloaded cause={} detail=\"{}\"", cause, status.summary());
        }
    }

    private ReloadResult change(ConfigReading.Usable next, boolean dryRun) {
        List<Change> overridden = new ArrayList<>();
        ServerConfig target = resized(next.server(), overridden);
        overridden.addAll(relevelled(next));
        try {
            ReloadReport plan = server.plan(target);
            if (dryRun || plan.refused()) {
                return new ReloadResult(report(plan, next, levels.plan(next.levels()), overridden), List.of());
            }
            ReloadReport done = server.apply(target);
            ReloadReport report = report(done, next, done.applied() ? levels.apply(next.levels()) : List.of(), overridden);
            applied = done.applied() ? next : applied;
            return new ReloadResult(report, List.of());
        } catch (IllegalStateException notNow) {
            putOff = dryRun ? putOff : next.files();
            return new ReloadResult(null, List.of(new ConfigProblem(status.path(), 0, "", "cannot be applied: " + notNow.getMessage())));
        } catch (RuntimeException failed) {
            LOG.error("event=reload-broke", failed);
            return new ReloadResult(null, List.of(new ConfigProblem(status.path(), 0, "", "could not be applied: " + failed)));
        }
    }

    /// The sizes that people set since the file was last applied, in place of the file's.
    private ServerConfig resized(ServerConfig next, List<Change> overridden) {
        ServerConfig target = next;
        Map<String, PoolConfig> now = server.config().pools();
        for (Map.Entry<String, PoolConfig> was : applied.server().pools().entrySet()) {
            String name = was.getKey();
            PoolConfig wanted = next.pools().get(name);
            PoolConfig held = now.get(name);
            if (wanted == null || held == null || held.size() == was.getValue().size()) {
                continue;
            }
            target = target.withPool(name, wanted.withSize(held.size()));
            if (wanted.size() != held.size()) {
                overridden.add(new Change("pools." + name + ".size", Integer.toString(held.size()),
                        Integer.toString(wanted.size()), Kind.LIVE, Verdict.OVERRIDDEN, "resized to " + held.size()));
            }
        }
        return target;
    }

    /// The levels that people set since the file was last applied; they stay until the file says another one than it said.
    private List<Change> relevelled(ConfigReading.Usable next) {
        return next.levels().entrySet().stream()
                .filter(one -> one.getValue().equals(applied.levels().get(one.getKey())))
                .filter(one -> !one.getValue().equals(levels.level(one.getKey())))
                .map(one -> new Change("log." + one.getKey(), levels.level(one.getKey()), one.getValue(), Kind.LIVE,
                        Verdict.OVERRIDDEN, "set to " + levels.level(one.getKey())))
                .sorted(Comparator.comparing(Change::key))
                .toList();
    }

    private ReloadReport report(ReloadReport server, ConfigReading.Usable next, List<Change> logs, List<Change> overridden) {
        Stream<Change> named = server.changes().stream().flatMap(change -> named(change, next));
        Verdict verdict = server.applied() ? Verdict.APPLIED : Verdict.PLANNED;
        List<Change> plugins = next.parts().plugins().changes(applied.parts().plugins(), verdict);
        List<Change> changes = Stream.of(named, plugins.stream(), overridden.stream(), logs.stream())
                .flatMap(one -> one)
                .map(change -> server.refused() ? refused(change) : change)
                .toList();
        return new ReloadReport(changes, server.applied());
    }

    /// What could have been changed, but for another key that could not.
    private static Change refused(Change change) {
        return change.verdict() == Verdict.PLANNED ? change.as(Verdict.WITHHELD, "") : change;
    }

    /// The keys of the file in place of those of the records: the settings of a service are one value to the server.
    private Stream<Change> named(Change change, ConfigReading.Usable next) {
        if (ConfigEntries.hidden(change.key())) {
            return Stream.empty();
        }
        List<Change> inner = change.before().equals(change.after()) ? settings(change, next) : List.of();
        String name = ConfigEntries.name(change.key());
        return inner.isEmpty()
                ? Stream.of(new Change(name, change.before(), change.after(), change.kind(), change.verdict(), change.detail()))
                : inner.stream();
    }

    private List<Change> settings(Change change, ConfigReading.Usable next) {
        Map<String, Findings.Found> both = new LinkedHashMap<>(next.found());
        both.putAll(applied.found());
        String owner = change.key().replaceAll("\\.(service\\.type|protocol|type)$", ".");
        return both.keySet().stream()
                .filter(key -> key.startsWith(owner) && ConfigEntries.foreign(key, next.server()))
                .filter(key -> !text(applied, key).equals(text(next, key)))
                .sorted()
                .map(key -> new Change(key, text(applied, key), text(next, key), change.kind(), change.verdict(), change.detail()))
                .toList();
    }

    private static String text(ConfigReading.Usable reading, String key) {
        Findings.Found found = reading.found().get(key);
        return found == null ? "-" : found.text();
    }

    private static boolean failed(ReloadResult result) {
        return result.report() == null || !result.report().applied();
    }

    private static String summary(ReloadResult result) {
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

    @Override
    public List<ConfigEntry> entries() {
        return ConfigEntries.of(applied, server.config(), levels::level);
    }

    @Override
    public ConfigStatus status() {
        return status;
    }

    /// The files, with what they held when they were last read to be applied.
    FileContents seen() {
        return seen;
    }
}
