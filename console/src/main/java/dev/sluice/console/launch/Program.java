package dev.sluice.console.launch;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.Build;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.Escape;
import dev.sluice.metrics.AdminEndpoint;
import dev.sluice.metrics.ServerMetrics;
import dev.sluice.server.Server;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Everything between the command line and the exit code. For one thread.
final class Program {

    private final Streams streams;
    private final Starter starter;
    private final Path home;
    private final Build build;

    /// @param home the folder of config, logs and run
    Program(Streams streams, Starter starter, Path home, Build build) {
        this.streams = streams;
        this.starter = starter;
        this.home = home;
        this.build = build;
    }

    /// @return the exit code
    int run(Arguments arguments) throws InterruptedException {
        return switch (arguments) {
            case Arguments.Help help -> said(Arguments.USAGE.stripTrailing());
            case Arguments.Version version -> said("sluice " + build.version() + " (Java " + Runtime.version() + ")");
            case Arguments.Wrong wrong -> refused("sluice: " + wrong.message() + " (sluice --help says more)", ExitCode.WRONG_USAGE);
            case Arguments.Check check -> check(check);
            case Arguments.Certify certify -> certify(certify);
            case Arguments.Run run -> serve(run);
        };
    }

    private int said(String text) {
        streams.out().println(text);
        return ExitCode.OK;
    }

    private int refused(String text, int code) {
        streams.err().println(text);
        return code;
    }

    private int certify(Arguments.Certify wanted) throws InterruptedException {
        Path folder = wanted.out().orElseGet(() -> home.resolve("config"));
        try {
            return said(new CertificateMaker(folder, wanted.hosts(), wanted.days(), wanted.force()).make());
        } catch (IOException failed) {
            return refused("sluice: " + failed.getMessage(), ExitCode.FAILED);
        }
    }

    private int check(Arguments.Check check) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ConfigFile file = new ConfigFile(check.config(), check.overrides(), Providers.load(), AdminEndpoint.of(registry, () -> null));
        return switch (file.read(Parts.none())) {
            case ConfigReading.Broken broken -> problems(broken);
            case ConfigReading.Usable usable -> {
                List<String> unusable = Server.unusableCertificates(usable.server());
                if (!unusable.isEmpty()) {
                    unusable.forEach(one -> streams.err().println(Place.display(check.config()) + ": " + Escape.line(one)));
                    yield ExitCode.FAILED;
                }
                streams.out().println(Place.display(check.config()) + " is good");
                Warnings.lines(usable, SystemLimits.here()).forEach(line -> streams.out().println("warning: " + line));
                print(ConfigEntries.of(Layers.of(usable), usable.server(), logger -> usable.levels().getOrDefault(logger, "")));
                yield ExitCode.OK;
            }
        };
    }

    private void print(List<ConfigEntry> entries) {
        int widest = entries.stream().mapToInt(entry -> setting(entry).length()).max().orElse(0);
        for (ConfigEntry entry : entries) {
            streams.out().println("  " + setting(entry) + " ".repeat(widest - setting(entry).length()) + "  # " + entry.source());
        }
    }

    private static String setting(ConfigEntry entry) {
        return Escape.line(entry.key() + " = " + entry.value());
    }

    private int problems(ConfigReading.Broken broken) {
        broken.problems().forEach(problem -> streams.err().println(Problems.text(problem)));
        broken.warnings().forEach(warning -> streams.err().println("warning: " + Problems.text(warning)));
        return ExitCode.FAILED;
    }

    private int serve(Arguments.Run arguments) throws InterruptedException {
        AtomicReference<@Nullable ServerControl> server = new AtomicReference<>();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Path path = arguments.config().orElseGet(() -> home.resolve("config/sluice.conf"));
        ConfigFile file = new ConfigFile(path, arguments.overrides(), Providers.load(), AdminEndpoint.of(registry, server::get));
        return switch (file.read(Parts.none())) {
            case ConfigReading.Broken broken -> problems(broken);
            case ConfigReading.Usable usable -> serve(arguments, file, usable, registry, server);
        };
    }

    private int serve(Arguments.Run arguments, ConfigFile file, ConfigReading.Usable usable, PrometheusMeterRegistry registry,
            AtomicReference<@Nullable ServerControl> started) throws InterruptedException {
        LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
        LogbackLevels levels = new LogbackLevels(logs);
        levels.apply(usable.levels());
        Warnings warnings = new Warnings(SystemLimits.here());
        warnings.log(usable, usable);
        LastReport last = new LastReport();
        try (ServerMetrics metrics = new ServerMetrics(registry); Signals signals = new Signals(System::nanoTime)) {
            signals.handle(List.of("TERM", "INT", "HUP"));
            ServerControl server = starter.start(usable.server(), List.of(metrics, last), metrics);
            started.set(server);
            int session;
            try {
                metrics.observe(server);
                Operation operation = new Operation(server, new FileConfigControl(file, usable, server, levels, warnings,
                        InstantSource.system()), levels, registry, logs, build);
                session = operation.run(arguments, streams, file.path(), home.resolve("run/history"), signals);
            } catch (RuntimeException | Error broken) {
                return broke(server, broken);
            }
            return last.await(Duration.ofSeconds(1)).map((DrainReport report) -> ExitCode.of(report, session)).orElse(ExitCode.FAILED);
        } catch (IOException | IllegalArgumentException failed) {
            return refused("sluice: " + failed.getMessage(), ExitCode.FAILED);
        } finally {
            logs.stop(); // writes what the asynchronous appenders still hold
        }
    }

    /// Nobody can end the server any more, so it is ended.
    private int broke(ServerControl server, Throwable broken) throws InterruptedException {
        LoggerFactory.getLogger(Program.class).error("event=start-broke", broken);
        server.shutdown(server.config().drain());
        return refused("sluice: " + broken, ExitCode.FAILED);
    }
}
