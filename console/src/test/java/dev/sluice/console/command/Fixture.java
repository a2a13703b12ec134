package dev.sluice.console.command;

import dev.sluice.api.ReloadReport;
import dev.sluice.api.ResizeReport;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ConfigStatus;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.ConfigControl.Setting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A server, a configuration, loggers and a console that are all in the test's hand.
public final class Fixture implements AutoCloseable {

    public final FakeServer server = new FakeServer();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Map<String, String> levels = new ConcurrentHashMap<>(Map.of("ROOT", "INFO"));
    private final Map<String, Optional<String>> lasting = new ConcurrentHashMap<>();
    final Reverts reverts = new Reverts();
    public volatile ConfigStatus configStatus = new ConfigStatus("/etc/sluice.conf", null, false, "");
    volatile ReloadResult reload = new ReloadResult(new ReloadReport(List.of(), true), List.of());
    volatile SaveResult saved = new SaveResult("sluice.conf", "", List.of(), List.of(), "");
    final List<Setting> asked = new CopyOnWriteArrayList<>();
    final List<Boolean> dryRuns = new CopyOnWriteArrayList<>();
    final Screenless console = new Screenless();
    private final Commands commands = Commands.standard();

    public CommandContext context(Level level) {
        return new CommandContext(server, new Config(), new Logs(), meters, new Principal("tester", level), new Build("0.1.0", 42),
                reverts);
    }

    /// Runs a line as an administrator. Its exit code.
    int run(String line) throws InterruptedException {
        return reply(line, Level.ADMIN).code();
    }

    Reply reply(String line, Level level) throws InterruptedException {
        console.out.clear();
        console.err.clear();
        return commands.execute(line, context(level), console);
    }

    String out() {
        return String.join("\n", console.out);
    }

    String err() {
        return String.join("\n", console.err);
    }

    List<String> complete(String... words) {
        List<String> before = List.of(words).subList(0, words.length - 1);
        String word = words[words.length - 1];
        return commands.complete(context(Level.ADMIN), before, word).stream()
                .map(Suggestion::value).filter(value -> value.startsWith(word)).toList();
    }

    @Override
    public void close() {
        reverts.close();
    }

    private final class Config implements ConfigControl {
        @Override
        public ReloadResult reload(boolean dryRun) {
            dryRuns.add(dryRun);
            return reload;
        }

        @Override
        public ReloadResult set(Setting setting, boolean dryRun) {
            asked.add(setting);
            dryRuns.add(dryRun);
            return reload;
        }

        @Override
        public ReloadResult unset(String key, boolean dryRun) {
            if (!settings().contains(key)) {
                throw new IllegalArgumentException(key + " is not set");
            }
            dryRuns.add(dryRun);
            return reload;
        }

        @Override
        public ResizeReport resize(String pool, int size, String by, @Nullable Duration time) {
            asked.add(new Setting(pool, Integer.toString(size), by, time));
            return server.resize(pool, size);
        }

        @Override
        public SaveResult save(boolean dryRun) {
            dryRuns.add(dryRun);
            return saved;
        }

        @Override
        public List<String> settings() {
            return List.of("pools.workers.size");
        }

        @Override
        public List<ConfigEntry> entries() {
            return List.of(
                    new ConfigEntry("pools.workers.size", "8", "4", "8", "file", "live"),
                    new ConfigEntry("drain.grace", "30s", "30s", "", "default", "live"));
        }

        @Override
        public ConfigStatus status() {
            return configStatus;
        }
    }

    private final class Logs implements LogControl {
        @Override
        public String level(String logger) {
            return levels.getOrDefault(logger, String.valueOf(levels.get("ROOT")));
        }

        @Override
        public @Nullable String ownLevel(String logger) {
            return levels.get(logger);
        }

        @Override
        public void level(String logger, @Nullable String level) {
            lasting.remove(logger);
            change(logger, level);
        }

        private void change(String logger, @Nullable String level) {
            if (level == null) {
                levels.remove(logger);
            } else {
                levels.put(logger, level);
            }
        }

        @Override
        public void levelForNow(String logger, @Nullable String level) {
            lasting.putIfAbsent(logger, Optional.ofNullable(ownLevel(logger)));
            change(logger, level);
        }

        @Override
        public void levelAsBefore(String logger) {
            Optional<String> before = lasting.remove(logger);
            if (before != null) {
                change(logger, before.orElse(null));
            }
        }

        @Override
        public Collection<String> loggers() {
            return List.of("ROOT", "dev.sluice", "dev.sluice.audit");
        }
    }

    /// Remembers what is printed. Waiting takes no time: a step of the test runs in its place.
    static final class Screenless implements Console {
        final List<String> out = new ArrayList<>();
        final List<String> err = new ArrayList<>();
        final List<List<String>> blocks = new ArrayList<>();
        final List<String> questions = new ArrayList<>();
        boolean interactive;
        boolean answer;
        int width;
        BooleanSupplier pause = () -> true;

        @Override
        public boolean interactive() {
            return interactive;
        }

        @Override
        public boolean coloured() {
            return false;
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public int height() {
            return interactive ? 24 : 0;
        }

        @Override
        public void out(List<String> lines) {
            out.addAll(lines);
        }

        @Override
        public void err(String line) {
            err.add(line);
        }

        @Override
        public void block(List<String> lines) {
            blocks.add(List.copyOf(lines));
        }

        @Override
        public boolean ask(String question) {
            questions.add(question);
            return answer;
        }

        @Override
        public boolean pause(Duration time) {
            Thread.yield();
            return pause.getAsBoolean();
        }

        @Override
        public List<String> history() {
            return List.of("status", "show pools");
        }

        @Override
        public void clear() {
            out.add("(cleared)");
        }
    }
}
