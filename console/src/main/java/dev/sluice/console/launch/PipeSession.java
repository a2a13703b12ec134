package dev.sluice.console.launch;

import dev.sluice.api.ServerState;
import dev.sluice.console.command.CommandContext;
import dev.sluice.console.shell.PipedShell;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commands from a pipe or a file. An input that ends without a single character, as `/dev/null` does, asked for a daemon. Safe from any
/// thread: `code` is volatile and written by the session's thread alone.
final class PipeSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(PipeSession.class);

    private final CommandContext context;
    private final Streams streams;
    private final CommandInput input;
    private final Runnable ended;
    private final Thread thread = Thread.ofPlatform().name("sluice-console").daemon().unstarted(this::run);
    private volatile int code;

    /// @param ended run when the input or the session has ended and the server goes on
    PipeSession(CommandContext context, Streams streams, Runnable ended) {
        this.context = context;
        this.streams = streams;
        this.input = new CommandInput(streams.in());
        this.ended = ended;
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            code = new PipedShell(context).run(input, writer(streams.out()), writer(streams.err()));
        } catch (UncheckedIOException broken) {
            LOG.debug("event=console-input-failed detail=\"{}\"", broken.getMessage());
        } catch (RuntimeException failed) {
            LOG.error("event=console-failed", failed);
            code = ExitCode.FAILED;
        }
        if (context.server().state() != ServerState.STOPPED) {
            ended.run();
        }
    }

    private static PrintWriter writer(java.io.PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    /// Whether anything was ever read.
    boolean saidAnything() {
        return input.saidAnything();
    }

    /// Whether the input has ended, rather than a command the session.
    boolean inputEnded() {
        return input.isExhausted();
    }

    @Override
    public boolean hangUp() {
        return false;
    }

    /// A command finishes, but nobody waits for input that may never come.
    @Override
    public void end(boolean atOnce) {
        input.end();
        try {
            long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (thread.isAlive() && !input.isWaiting() && System.nanoTime() < deadline) {
                thread.join(Duration.ofMillis(10));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int code() {
        return code;
    }
}
