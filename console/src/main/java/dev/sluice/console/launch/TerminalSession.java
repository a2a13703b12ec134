package dev.sluice.console.launch;

import dev.sluice.console.command.CommandContext;
import dev.sluice.console.shell.InteractiveShell;
import java.io.FileInputStream;
import java.io.IOError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commands typed by a person. While it lasts, Ctrl-C belongs to the shell. Safe from any thread: all state is the thread's, the shell's
/// or atomic.
final class TerminalSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(TerminalSession.class);

    private final Terminal terminal;
    private final InteractiveShell shell;
    private final String banner;
    private final Runnable left;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread = Thread.ofPlatform().name("sluice-console").daemon().unstarted(this::run);

    TerminalSession(Terminal terminal, InteractiveShell shell, String banner, Runnable left) {
        this.terminal = terminal;
        this.shell = shell;
        this.banner = banner;
        this.left = left;
    }

    /// @param history file that remembers what was typed
    /// @param banner  printed first
    /// @param left    run when the person has left and the server goes on; the terminal is closed then
    /// @throws IOException when there is no terminal to be had
    static TerminalSession open(CommandContext context, Path history, String banner, Runnable left) throws IOException {
        Terminal terminal = TerminalBuilder.builder().name("sluice").system(true).build();
        return new TerminalSession(terminal, new InteractiveShell(context, history), banner, left);
    }

    @Override
    public void start() {
        ShellAppender.handTo(shell::printAbove);
        thread.start();
    }

    private void run() {
        InteractiveShell.Ending ending = InteractiveShell.Ending.DETACHED;
        try {
            terminal.writer().println(banner);
            terminal.flush();
            ending = shell.run(terminal);
        } catch (RuntimeException | IOError failed) {
            if (hasTerminal()) {
                LOG.warn("event=console-failed detail=\"{}\"", failed.toString());
            } else {
                LOG.info("event=console-closed cause=hangup");
            }
        } finally {
            ShellAppender.handTo(line -> false);
            closeTerminal();
        }
        if (ending == InteractiveShell.Ending.DETACHED) {
            left.run();
        }
    }

    /// The library's terminals do not bear to be closed twice, and write what they still hold first: for ever when the person has stopped
    /// the terminal's output.
    private void closeTerminal() {
        if (closed.getAndSet(true)) {
            return;
        }
        Thread closing = Thread.ofPlatform().name("sluice-console-close").daemon().start(() -> {
            try {
                terminal.close();
            } catch (IOException | RuntimeException failed) {
                LOG.debug("event=terminal-not-closed detail=\"{}\"", failed.getMessage());
            }
        });
        try {
            closing.join(Duration.ofSeconds(1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean hangUp() {
        if (hasTerminal() || gone.getAndSet(true)) {
            return false;
        }
        shell.close();
        return true;
    }

    /// Whether this process still has a terminal: the kernel takes it away before it sends the signal.
    private static boolean hasTerminal() {
        try (FileInputStream opened = new FileInputStream("/dev/tty")) {
            return opened.getFD().valid();
        } catch (IOException none) {
            return false;
        }
    }

    @Override
    public void end(boolean atOnce) {
        try {
            if (atOnce || !thread.join(Duration.ofSeconds(3))) {
                shell.close();
                thread.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        closeTerminal();
    }

    @Override
    public int code() {
        return ExitCode.OK;
    }
}
