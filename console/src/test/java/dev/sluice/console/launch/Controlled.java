package dev.sluice.console.launch;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.console.command.ConfigControl.Setting;
import dev.sluice.reload.ConfigDiff;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A configuration file under control, with a server of which only the configuration is real, and a clock that stands still.
final class Controlled implements AutoCloseable {

    final LoggerContext logs = new LoggerContext();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    final List<String> resized = new ArrayList<>();
    final Path path;
    final FileConfigControl control;
    volatile ServerConfig holds;
    boolean draining;
    Runnable planned = () -> {};

    Controlled(Path path, ConfigFile.Override... overrides) {
        this.path = path;
        ConfigFile file = new ConfigFile(path, List.of(overrides), SampleProviders.all(), SampleProviders.ADMIN);
        if (!(file.read(Parts.none()) instanceof ConfigReading.Usable usable)) {
            throw new AssertionError(file.read(Parts.none()).toString());
        }
        holds = usable.server();
        LogbackLevels levels = new LogbackLevels(logs);
        levels.apply(usable.levels());
        control = new FileConfigControl(file, usable, server(), levels, new Warnings(SystemLimits.here()), now::get);
    }

    void write(String text) throws IOException {
        Files.writeString(path, text);
    }

    String text() throws IOException {
        return Files.readString(path);
    }

    /// Sets a key for good, as ann.
    ReloadResult set(String key, String value) {
        return set(key, value, null);
    }

    ReloadResult set(String key, String value, @Nullable Duration time) {
        return control.set(new Setting(key, value, "ann", time), false);
    }

    void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    int size(String pool) {
        return Objects.requireNonNull(holds.pools().get(pool)).size();
    }

    ConfigEntry entry(String key) {
        return control.entries().stream().filter(one -> one.key().equals(key)).findFirst().orElseThrow();
    }

    static ReloadReport report(ReloadResult result) {
        return Objects.requireNonNull(result.report(), () -> result.problems().toString());
    }

    /// What is wrong, in one line.
    static String problem(ReloadResult result) {
        return Problems.text(result.problems().getFirst());
    }

    private ServerControl server() {
        return (ServerControl) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ServerControl.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "config" -> holds;
                    case "pools" -> List.of();
                    case "plan" -> plan((ServerConfig) arguments[0]);
                    case "resize" -> resize((String) arguments[0], (Integer) arguments[1]);
                    case "apply" -> apply((ServerConfig) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private ReloadReport plan(ServerConfig next) {
        planned.run();
        return ConfigDiff.plan(holds, next);
    }

    private ResizeReport resize(String pool, int size) {
        int before = size(pool);
        holds = holds.withPool(pool, Objects.requireNonNull(holds.pools().get(pool)).withSize(size));
        resized.add(pool + "=" + size);
        return new ResizeReport(pool, before, size, 0);
    }

    private ReloadReport apply(ServerConfig next) {
        if (draining) {
            throw new IllegalStateException("it is draining");
        }
        ReloadReport plan = ConfigDiff.plan(holds, next);
        if (plan.refused()) {
            return plan;
        }
        holds = next;
        return plan.carriedOut();
    }

    @Override
    public void close() {
        control.close();
        logs.stop();
    }
}
