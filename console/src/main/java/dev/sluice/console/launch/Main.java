package dev.sluice.console.launch;

import dev.sluice.console.command.Build;
import dev.sluice.server.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// The program. `./sluice --help` says what it takes.
public final class Main {

    private static final String LOG_CONFIG = "logback.configurationFile";

    private Main() {}

    public static void main(String[] words) throws InterruptedException {
        Path home = Path.of(System.getProperty("sluice.home", ""));
        Arguments arguments = Arguments.parse(List.of(words));
        if (arguments instanceof Arguments.Run run) {
            configureLog(run, home);
        }
        String version = Objects.requireNonNullElse(Main.class.getPackage().getImplementationVersion(), "0-dev");
        int code = new Program(Streams.ofProcess(), Server::start, home, Build.of(version)).run(arguments);
        Thread.ofPlatform().name("sluice-halt").daemon().start(() -> halt(code));
        System.exit(code);
    }

    /// The terminal's library closes the terminal as the process exits: for ever when the terminal's output is stopped.
    private static void halt(int code) {
        try {
            Thread.sleep(Duration.ofSeconds(2));
        } catch (InterruptedException early) {
            // then at once
        }
        Runtime.getRuntime().halt(code);
    }

    /// Before the first logger is made: `logback.xml` beside the configuration file, or else the shipped one, or else what the jar carries.
    private static void configureLog(Arguments.Run run, Path home) {
        if (System.getProperty(LOG_CONFIG) != null) {
            return;
        }
        Stream.concat(run.config().map(file -> file.toAbsolutePath().resolveSibling("logback.xml")).stream(),
                        Stream.of(home.resolve("config/logback.xml")))
                .filter(Files::isRegularFile)
                .findFirst()
                .ifPresent(file -> System.setProperty(LOG_CONFIG, file.toString()));
    }
}
