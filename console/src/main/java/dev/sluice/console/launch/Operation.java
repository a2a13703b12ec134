package dev.sluice.console.launch;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.Build;
import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.Level;
import dev.sluice.console.command.Principal;
import dev.sluice.console.command.Reverts;
import dev.sluice.metrics.JvmMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server that runs, with all that surrounds it: its signals, its watched file, its console. For one thread, which waits in `run` until
/// the server has stopped.
final class Operation {

    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

    private final ServerControl server;
    private final FileConfigControl config;
    private final LogbackLevels levels;
    private final MeterRegistry registry;
    private final LoggerContext logs;
    private final Build build;
    private final AtomicReference<Session> session = new AtomicReference<>(Session.NONE);

    Operation(ServerControl server, FileConfigControl config, LogbackLevels levels, MeterRegistry registry, LoggerContext logs,
            Build build) {
        this.server = server;
        this.config = config;
        this.levels = levels;
        this.registry = registry;
        this.logs = logs;
        this.build = build;
    }

    /// @return the exit code of the commands that were read
    int run(Arguments.Run arguments, Streams streams, Path file, Path history, Signals signals) throws InterruptedException {
        Shutdown shutdown = new Shutdown(server, signals::forget);
        try (config;
                JvmMetrics _ = JvmMetrics.bind(registry, new LogbackMetrics(List.of(), logs));
                Reverts reverts = new Reverts()) {
            CommandContext context = new CommandContext(server, config, levels, registry, principal(), build, reverts);
            // A terminal takes Ctrl-C for itself as it opens; with no terminal, or after it, that is a signal like the others.
            session.set(session(arguments, streams, context, file, history, shutdown, signals));
            signals.start(actions(shutdown));
            LOG.info("event=started name={} pid={} config={} listeners=\"{}\"",
                    server.config().name(), build.pid(), Place.display(file), addresses());
            Runnable stopWatching = watch();
            session.get().start();
            server.awaitStopped();
            stopWatching.run();
            session.get().end(shutdown.begun());
            return session.get().code();
        }
    }

    private String addresses() {
        return server.listeners().stream()
                .map(one -> one.name() + " " + Rendered.text(one.bind()))
                .collect(Collectors.joining(", "));
    }

    private Session session(Arguments.Run arguments, Streams streams, CommandContext context, Path file, Path history, Shutdown shutdown,
            Signals signals) {
        if (!arguments.console()) {
            return Session.NONE;
        }
        String goesOn = "the server goes on with pid " + build.pid() + "; kill -TERM " + build.pid() + " drains and ends it";
        if (streams.isTerminal()) {
            try {
                return TerminalSession.open(context, history, Banner.text(build, file, server.listeners()), () -> {
                    signals.handle(List.of("INT"));
                    streams.err().println("sluice: " + goesOn);
                });
            } catch (IOException none) {
                LOG.warn("event=no-terminal detail=\"{}\"", none.getMessage());
            }
        }
        AtomicReference<PipeSession> pipe = new AtomicReference<>();
        pipe.set(new PipeSession(context, streams, () -> {
            if (!pipe.get().inputEnded()) {
                streams.err().println("sluice: the console is left; " + goesOn);
            } else if (arguments.untilEof()) {
                shutdown.begin("end of input");
            } else if (pipe.get().saidAnything()) {
                streams.err().println("sluice: the input has ended; " + goesOn);
            }
        }));
        return pipe.get();
    }

    private Signals.Actions actions(Shutdown shutdown) {
        return new Signals.Actions() {
            @Override
            public void shutDown(String signal) {
                shutdown.begin(signal);
            }

            @Override
            public void force(String signal) {
                LOG.warn("event=drain-forced cause={}", signal);
                server.forceDrain();
            }

            @Override
            public void halt(String signal) {
                Runtime.getRuntime().halt(ExitCode.HALTED);
            }

            @Override
            public void hangUp() {
                if (!session.get().hangUp()) {
                    // Reading the file may take a while, and the next signal should not wait for it.
                    config.reloadSoon("HUP");
                }
            }
        };
    }

    private static Principal principal() {
        return new Principal(System.getProperty("user.name", "?") + "@console:" + ProcessHandle.current().pid(), Level.ADMIN);
    }

    /// @return ends the watching
    private Runnable watch() {
        try {
            return ConfigWatcher.start(config::seen, config::reloadChanged, ConfigWatcher.QUIET, ConfigWatcher.PATROL)::close;
        } catch (IOException none) {
            LOG.warn("event=config-not-watched detail=\"{}\"", none.getMessage());
            return () -> {};
        }
    }
}
