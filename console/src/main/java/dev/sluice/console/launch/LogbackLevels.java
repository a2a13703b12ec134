package dev.sluice.console.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.console.command.LogControl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The levels of Logback's loggers: those that people set, and those of the configuration's `log { … }`. What the configuration no longer
/// names goes back to what it was before it did. The maps are guarded by `this`; the rest is Logback's own.
final class LogbackLevels implements LogControl {

    private final LoggerContext context;
    private Map<String, String> configured = Map.of();
    private final Map<String, @Nullable Level> before = new HashMap<>();

    /// What loggers had before the level they have for some time.
    private final Map<String, @Nullable Level> lasting = new HashMap<>();

    LogbackLevels(LoggerContext context) {
        this.context = context;
    }

    @Override
    public String level(String logger) {
        return context.getLogger(logger).getEffectiveLevel().toString();
    }

    @Override
    public @Nullable String ownLevel(String logger) {
        @Nullable Level own = context.getLogger(logger).getLevel();
        return own == null ? null : own.toString();
    }

    /// @throws IllegalArgumentException for a level that is none, and when the root logger is to inherit one
    @Override
    public synchronized void level(String logger, @Nullable String level) {
        @Nullable Level parsed = parse(logger, level);
        lasting.remove(logger);
        context.getLogger(logger).setLevel(parsed);
    }

    @Override
    public synchronized void levelForNow(String logger, @Nullable String level) {
        @Nullable Level parsed = parse(logger, level);
        Logger named = context.getLogger(logger);
        if (!lasting.containsKey(logger)) {
            lasting.put(logger, named.getLevel());
        }
        named.setLevel(parsed);
    }

    @Override
    public synchronized void levelAsBefore(String logger) {
        if (lasting.containsKey(logger)) {
            context.getLogger(logger).setLevel(lasting.remove(logger));
        }
    }

    private static @Nullable Level parse(String logger, @Nullable String level) {
        @Nullable Level parsed = level == null ? null : Level.toLevel(level, null);
        if (level != null && parsed == null) {
            throw new IllegalArgumentException("level is " + level + ", but must be one of " + String.join(", ", LogReader.LEVELS));
        }
        if (parsed == null && logger.equals(org.slf4j.Logger.ROOT_LOGGER_NAME)) {
            throw new IllegalArgumentException("the root logger has nothing to inherit a level from");
        }
        return parsed;
    }

    @Override
    public Collection<String> loggers() {
        return context.getLoggerList().stream().map(Logger::getName).toList();
    }

    /// What the levels of a configuration would change.
    synchronized List<Change> plan(Map<String, String> next) {
        List<Change> changes = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(configured.keySet());
        names.addAll(next.keySet());
        for (String name : names) {
            String was = configured.getOrDefault(name, "-");
            String becomes = next.getOrDefault(name, "-");
            if (!was.equals(becomes)) {
                changes.add(new Change("log." + name, was, becomes, Kind.LIVE, Verdict.PLANNED));
            }
        }
        return changes;
    }

    /// Takes over the levels of a configuration. A level that a person set since is left, unless the configuration changes that logger's.
    synchronized List<Change> apply(Map<String, String> next) {
        List<Change> changes = plan(next);
        for (Change change : changes) {
            Logger logger = context.getLogger(change.key().substring("log.".length()));
            @Nullable Level own = lasting.containsKey(logger.getName()) ? lasting.remove(logger.getName()) : logger.getLevel();
            if (change.after().equals("-")) {
                logger.setLevel(before.remove(logger.getName()));
            } else {
                if (!before.containsKey(logger.getName())) {
                    before.put(logger.getName(), own);
                }
                logger.setLevel(Level.toLevel(change.after()));
            }
        }
        configured = Map.copyOf(next);
        return changes.stream().map(one -> one.as(Verdict.APPLIED, "")).toList();
    }
}
