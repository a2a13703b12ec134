package dev.sluice.console.launch;

import dev.sluice.api.PoolInfo;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.Audit;
import dev.sluice.console.command.ConfigControl;
import dev.sluice.console.command.Escape;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The configuration file of a running server, and what people set on top of it. A change is all or nothing: a file with an error, or a
/// change that needs a restart, changes nothing. What was set stays, whatever the file says, until it is unset, its time is over, or it is
/// saved.
///
/// One change at a time, guarded by `this`, as is what was put off; what is read meanwhile is in volatile fields, each replaced whole.
final class FileConfigControl implements ConfigControl, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileConfigControl.class);
    private static final Pattern SIZE = Pattern.compile("pools\\.([^.]+)\\.size");

    /// What cannot go back now is tried again after this.
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ConfigFile file;
    private final ServerControl server;
    private final LogbackLevels levels;
    private final Warnings warnings;
    private final InstantSource clock;
    private final Expiry expiry = new Expiry();
    private volatile Layers layers;
    private volatile FileContents seen;
    private volatile ConfigStatus status;
    private final AtomicBoolean awaited = new AtomicBoolean();

    /// What the server could not take when it was last read, for a reason that passes; null when it could.
    private @Nullable FileContents putOff;

    /// What should have gone back and could not, and has been told of.
    private List<Overlay> overdue = List.of();

    /// @param started  what the server was started with
    /// @param warnings of which those have been said that the start found
    FileConfigControl(ConfigFile file, ConfigReading.Usable started, ServerControl server, LogbackLevels levels, Warnings warnings,
            InstantSource clock) {
        this.file = file;
        this.server = server;
        this.levels = levels;
        this.warnings = warnings;
        this.clock = clock;
        this.layers = Layers.of(started);
        this.seen = started.files();
        this.status = new ConfigStatus(Place.display(file.path()), null, false, "");
    }

    // ---- the file ----

    @Override
    public synchronized ReloadResult reload(boolean dryRun) {
        ConfigReading reading = file.read(layers.parts());
        if (!dryRun) {
            putOff = null;
        }
        ReloadResult result = switch (reading) {
            case ConfigReading.Broken broken -> new ReloadResult(null, broken.problems());
            case ConfigReading.Usable usable -> reload(usable, dryRun);
        };
        if (!dryRun) {
            seen = putOff == null ? reading.files() : seen; // else who watches the files finds them changed, and tries again
            status = new ConfigStatus(Place.display(file.path()), clock.instant(), ReloadTable.failed(result), ReloadTable.summary(result));
            warnings.log(reading, layers.whole());
        }
        return result;
    }

    private ReloadResult reload(ConfigReading.Usable bare, boolean dryRun) {
        Overlays kept = layers.overlays().only(one -> !Keys.isOrphan(one.key(), bare.server()));
        return switch (file.over(bare, kept, layers.parts().and(bare.parts()))) {
            case ConfigReading.Broken broken -> new ReloadResult(null, blamed(broken, bare, kept));
            case ConfigReading.Usable whole -> {
                Layers next = new Layers(bare, kept, whole);
                List<Change> rows = new ArrayList<>(bare.parts().plugins().changes(layers.bare().parts().plugins(), Verdict.PLANNED));
                rows.addAll(ReloadTable.overridden(next));
                layers.overlays().without(kept.all()).shown().forEach(one -> rows.add(ReloadTable.dropped(one, layers)));
                rows.addAll(ReloadTable.relevelled(layers, whole, levels::level));
                yield change(next, rows, dryRun);
            }
        };
    }

    /// The file alone would do: so what was set is told first, and how to take it back.
    private List<ConfigProblem> blamed(ConfigReading.Broken broken, ConfigReading.Usable bare, Overlays kept) {
        Overlays alone = kept.only(one -> file.over(bare, new Overlays(List.of(one)), layers.parts()) instanceof ConfigReading.Broken);
        List<ConfigProblem> problems = new ArrayList<>();
        for (Overlay one : alone.all().isEmpty() ? kept.all() : alone.all()) {
            problems.add(new ConfigProblem(one.place().file(), 0, one.key(),
                    "is " + one.value() + ", which the file has no room for any more: unset " + one.key() + ", or change the file"));
        }
        problems.addAll(broken.problems());
        return List.copyOf(problems);
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
    synchronized void reloadChanged() {
        @Nullable FileContents before = putOff;
        if (seen.again().equals(seen)) {
            return; // read meanwhile, or written by `save`
        }
        ReloadResult result = reload(false);
        if (before == null || !before.equals(putOff)) {
            log("watch", result);
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
                    Escape.line(problem.file()), problem.line(), Escape.line(problem.key()), Escape.line(problem.message()));
        }
        if (result.report() != null) {
            for (Change change : result.report().changes()) {
                LOG.info("event=reload-change key={} before=\"{}\" after=\"{}\" result=\"{}\"",
                        Escape.line(change.key()), Escape.line(change.before()), Escape.line(change.after()), Escape.line(change.result()));
            }
        }
        if (ReloadTable.failed(result)) {
            LOG.warn("event=reload-failed cause={} detail=\"{}\"", cause, status.summary());
        } else {
            LOG.info("event=reloaded cause={} detail=\"{}\"", cause, status.summary());
        }
    }

    // ---- what is set on top of it ----

    @Override
    public synchronized ReloadResult set(Setting setting, boolean dryRun) {
        Overlay one = overlay(setting);
        return refusal(setting.key(), one)
                .map(why -> new ReloadResult(null, List.of(new ConfigProblem(one.place().file(), 0, one.key(), why))))
                .orElseGet(() -> change(layers.overlays().with(one), dryRun));
    }

    private Optional<String> refusal(String typed, Overlay one) {
        if (Keys.parse(typed).isEmpty()) {
            return Optional.of("is no key: names joined by dots make one, such as drain.grace");
        }
        if (one.value().startsWith("{")) {
            return Optional.of("takes one value at a time: set the keys in { … } one by one");
        }
        return Keys.refusal(one.key(), layers.bare().server());
    }

    private Overlay overlay(Setting setting) {
        Instant now = clock.instant();
        String key = Keys.parse(setting.key()).orElse(setting.key());
        return new Overlay(key, setting.value().strip(), setting.by(), now, Optional.ofNullable(setting.time()).map(now::plus));
    }

    @Override
    public synchronized ReloadResult unset(String typed, boolean dryRun) {
        String key = Keys.parse(typed).orElse(typed);
        Overlays set = layers.overlays();
        Overlay one = set.of(key).or(() -> set.over(key)).orElseThrow(() -> new IllegalArgumentException(
                key + " is not set" + (set.all().isEmpty() ? ", nor is anything else" : "; " + Names.hint(key, settings()))));
        ReloadResult result = change(set.only(it -> !it.key().equals(one.key())), dryRun);
        if (!dryRun && !ReloadTable.failed(result)) {
            tryAgain("unset");
        }
        return result;
    }

    /// What was set may have been in the way of a file that was refused.
    private void tryAgain(String cause) {
        if (status.lastFailed()) {
            reloadSoon(cause);
        }
    }

    /// Between what a reload takes for the size and what it sets, there must be no other.
    @Override
    public synchronized ResizeReport resize(String pool, int size, String by, @Nullable Duration time) {
        Overlay one = overlay(new Setting("pools." + pool + ".size", Integer.toString(size), by, time));
        Keys.refusal(one.key(), layers.bare().server()).ifPresent(why -> {
            throw new IllegalArgumentException(one.key() + " " + why);
        });
        Overlays next = layers.overlays().with(one);
        return switch (file.over(layers.bare(), next, layers.parts())) {
            case ConfigReading.Broken broken -> {
                ConfigProblem first = broken.problems().getFirst();
                throw new IllegalArgumentException(first.key() + " " + first.message());
            }
            case ConfigReading.Usable whole -> {
                ResizeReport report = isOf(pool, server.plan(whole.server())) ? server.resize(pool, size) : resizeAndMore(pool, whole.server());
                adopt(new Layers(layers.bare(), next, whole));
                yield report;
            }
        };
    }

    private static boolean isOf(String pool, ReloadReport plan) {
        return plan.changes().stream().allMatch(change -> change.key().equals("pools." + pool + ".size"));
    }

    /// Other keys take their value from the size: they change with it, or none does.
    private ResizeReport resizeAndMore(String pool, ServerConfig target) {
        int before = size(server.config(), pool);
        ReloadReport done = server.apply(target);
        if (!done.applied()) {
            throw new IllegalArgumentException("pools." + pool + ".size gives other keys their value, of which one cannot change now: "
                    + done.changes().stream().filter(change -> change.verdict() == Verdict.REFUSED).map(Change::key).collect(Collectors.joining(", ")));
        }
        int running = server.pools().stream().filter(one -> one.name().equals(pool)).mapToInt(PoolInfo::active).findFirst().orElse(0);
        int now = size(target, pool);
        return new ResizeReport(pool, before, now, Math.max(0, running - now));
    }

    private static int size(ServerConfig config, String pool) {
        return Objects.requireNonNull(config.pools().get(pool), "the pool is known").size();
    }

    private ReloadResult change(Overlays next, boolean dryRun) {
        return switch (file.over(layers.bare(), next, layers.parts())) {
            case ConfigReading.Broken broken -> new ReloadResult(null, broken.problems());
            case ConfigReading.Usable whole -> change(new Layers(layers.bare(), next, whole), List.of(), dryRun);
        };
    }

    @Override
    public List<String> settings() {
        return layers.overlays().shown().map(Overlay::key).toList();
    }

    // ---- how it takes effect ----

    /// @param rows of the table that are neither the server's nor the loggers'
    private ReloadResult change(Layers next, List<Change> rows, boolean dryRun) {
        ServerConfig target = next.whole().server();
        try {
            ReloadReport plan = server.plan(target);
            if (dryRun || plan.refused()) {
                return new ReloadResult(ReloadTable.of(plan, layers, next, levels.plan(next.whole().levels()), rows), List.of());
            }
            ReloadReport done = next.bare() == layers.bare() && isSmall(plan) ? small(plan, target) : server.apply(target);
            List<Change> logs = done.applied() ? levels.apply(next.whole().levels()) : List.of();
            ReloadReport report = ReloadTable.of(done, layers, next, logs, rows);
            if (done.applied()) {
                adopt(next);
            }
            return new ReloadResult(report, List.of());
        } catch (IllegalStateException notNow) {
            putOff = dryRun || next.bare() == layers.bare() ? putOff : next.bare().files();
            return cannotBeApplied(notNow);
        } catch (IllegalArgumentException unusable) { // an executor that cannot be had
            return cannotBeApplied(unusable);
        } catch (RuntimeException failed) {
            LOG.error("event=reload-broke", failed);
            return new ReloadResult(null, List.of(new ConfigProblem(status.path(), 0, "", "could not be applied: " + failed)));
        }
    }

    private ReloadResult cannotBeApplied(RuntimeException why) {
        return new ReloadResult(null, List.of(new ConfigProblem(status.path(), 0, "", "cannot be applied: " + why.getMessage())));
    }

    /// Whether it can be done during a drain too: nothing changes but sizes, and perhaps levels of loggers.
    private static boolean isSmall(ReloadReport plan) {
        return plan.changes().stream().allMatch(change -> SIZE.matcher(change.key()).matches());
    }

    private ReloadReport small(ReloadReport plan, ServerConfig target) {
        for (Change change : plan.changes()) {
            String pool = SIZE.matcher(change.key()).replaceFirst("$1");
            server.resize(pool, Objects.requireNonNull(target.pools().get(pool)).size());
        }
        return plan.carriedOut();
    }

    private void adopt(Layers next) {
        layers = next;
        warnings.log(next.bare(), next.whole());
        expectEnd();
    }

    // ---- how it ends by itself ----

    private void expectEnd() {
        layers.overlays().firstEnd().ifPresentOrElse(end -> {
            Duration left = Duration.between(clock.instant(), end);
            expiry.in(left.isPositive() ? left : RETRY, this::expire);
        }, expiry::none);
    }

    /// Takes back what has had its time. What cannot go back now, does later.
    synchronized void expire() {
        List<Overlay> due = layers.overlays().due(clock.instant());
        boolean done = due.isEmpty() || expire(due);
        if (!done && due.size() > 1) {
            due.forEach(one -> expire(List.of(one)));
        }
        overdue = layers.overlays().due(clock.instant());
        expectEnd();
        if (overdue.isEmpty() && !due.isEmpty()) {
            tryAgain("expiry");
        }
    }

    private boolean expire(List<Overlay> due) {
        Layers before = layers;
        ReloadResult result = change(before.overlays().without(due), false);
        boolean done = !ReloadTable.failed(result);
        for (Overlay one : due) {
            if (done) {
                String was = Keys.shown(before.whole(), one.key());
                String is = Keys.shown(layers.whole(), one.key());
                LOG.info("event=overlay-expired key={} before=\"{}\" after=\"{}\" by=\"{}\"",
                        Escape.line(one.key()), Escape.line(was), Escape.line(is), Escape.line(one.by()));
                Audit.expired(one.by(), one.key(), was, is);
            } else if (!overdue.contains(one)) {
                LOG.warn("event=overlay-not-expired key={} by=\"{}\" detail=\"{}\"",
                        Escape.line(one.key()), one.by(), ReloadTable.summary(result));
            }
        }
        return done;
    }

    // ---- how it gets into the file ----

    @Override
    public synchronized SaveResult save(boolean dryRun) {
        return new FileSave(file, layers).run(dryRun, this::saved);
    }

    /// The file says now what was set; nothing else changes.
    private void saved(Layers next) {
        seen = next.bare().files();
        putOff = null;
        adopt(next);
    }

    // ---- what is seen ----

    @Override
    public List<ConfigEntry> entries() {
        return ConfigEntries.of(layers, server.config(), levels::level);
    }

    @Override
    public ConfigStatus status() {
        return status;
    }

    /// The files, with what they held when they were last read to be applied.
    FileContents seen() {
        return seen;
    }

    /// Nothing goes back by itself any more.
    @Override
    public void close() {
        expiry.close();
    }
}
