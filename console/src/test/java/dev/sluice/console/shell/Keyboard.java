package dev.sluice.console.shell;

import static org.awaitility.Awaitility.await;

import dev.sluice.console.command.CommandContext;
import dev.sluice.console.shell.InteractiveShell.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;

/// A person at a terminal in memory: keys go in, what the screen was sent can be read.
final class Keyboard implements AutoCloseable {

    static final String UP = "\u001bOA";
    static final String CTRL_C = "\u0003";
    static final String CTRL_D = "\u0004";

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final LineDisciplineTerminal terminal;
    private final FutureTask<Ending> session;
    final InteractiveShell shell;
    final Thread thread;
    private int seen;
    private boolean gone;

    Keyboard(CommandContext context, Path history, String type, Size size) throws IOException {
        terminal = new LineDisciplineTerminal("test", type, sent, StandardCharsets.UTF_8);
        terminal.setSize(size);
        shell = new InteractiveShell(context, history);
        session = new FutureTask<>(() -> shell.run(terminal));
        thread = Thread.ofPlatform().daemon().name("session").start(session);
    }

    Keyboard type(String keys) throws IOException {
        terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /// Everything the screen was sent, escape sequences and all.
    String raw() {
        return sent.toString(StandardCharsets.UTF_8);
    }

    /// Waits until a text appears behind what was awaited before. Escape sequences are left out of the comparison.
    Keyboard sees(String text) {
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5))
                .until(() -> visible().indexOf(text, seen) >= 0);
        seen = visible().indexOf(text, seen) + text.length();
        return this;
    }

    String visible() {
        return raw().replaceAll("\u001b\\[[0-9;?]*[ -/]*[@-~]|\u001b[()][A-Z0-9]|\u001b[=>78M]|\r", "");
    }

    Ending ends() throws Exception {
        return session.get(10, TimeUnit.SECONDS);
    }

    /// The line goes dead.
    void hangsUp() throws IOException {
        gone = true;
        terminal.close();
    }

    @Override
    public void close() throws IOException {
        shell.close();
        await().atMost(Duration.ofSeconds(10)).until(session::isDone);
        if (!gone) {
            terminal.close();
        }
    }
}
