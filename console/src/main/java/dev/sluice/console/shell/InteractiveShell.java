package dev.sluice.console.shell;

import dev.sluice.api.ServerState;
import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.Commands;
import dev.sluice.console.command.Escape;
import dev.sluice.console.command.Reply;
import java.io.IOError;
import java.nio.file.Path;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One session at a terminal: reads lines with editing, history and completion, and runs them as commands. Good for one [#run];
/// [#printAbove] and [#close] may come from any thread. The fields that change are guarded by the shell itself.
public final class InteractiveShell implements AutoCloseable {

    /// How a session ended.
    public enum Ending {
        /// The server goes on: end of input, or `detach`.
        DETACHED,
        /// The server has stopped.
        SHUTDOWN
    }

    private static final Logger LOG = LoggerFactory.getLogger(InteractiveShell.class);
    private static final int HISTORY = 2_000;

    private final Commands commands = Commands.standard();
    private final CommandContext context;
    private final Path historyFile;
    private @Nullable Background background;
    private @Nullable Thread session;
    private boolean closed;
    private volatile String promptState = "";

    /// @param context     of whoever types
    /// @param historyFile where lines are remembered; made when it is not there
    public InteractiveShell(CommandContext context, Path historyFile) {
        this.context = context;
        this.historyFile = historyFile;
    }

    /// Runs the session, on the calling thread, until it ends. Does not close the terminal.
    public Ending run(Terminal terminal) {
        Screen screen = new Screen(terminal);
        LineReaderImpl reader = reader(terminal);
        TerminalConsole console = new TerminalConsole(screen, terminal, reader.getHistory());
        SignalHandler before = terminal.handle(Signal.INT, signal -> console.interrupt());
        try (Background printer = Background.start(screen, () -> eachSecond(screen, reader))) {
            opened(printer);
            return converse(screen, reader, console);
        } catch (InterruptedException ending) {
            return ending();
        } catch (IllegalStateException | IOError gone) {
            // What the line editor and the terminal throw once the terminal was closed under them.
            LOG.info("event=terminal-gone cause=\"{}\"", gone.getMessage());
            return ending();
        } finally {
            ended();
            screen.close();
            terminal.handle(Signal.INT, before);
        }
    }

    private LineReaderImpl reader(Terminal terminal) {
        return (LineReaderImpl) LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("sluice")
                .parser(new DefaultParser())
                .completer(new CommandCompleter(commands, context))
                .variable(LineReader.HISTORY_FILE, historyFile)
                .variable(LineReader.HISTORY_SIZE, HISTORY)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY)
                .option(Option.DISABLE_EVENT_EXPANSION, true)
                .option(Option.HISTORY_TIMESTAMPED, false)
                .option(Option.BRACKETED_PASTE, !terminal.getType().startsWith(Terminal.TYPE_DUMB))
                .build();
    }

    private Ending converse(Screen screen, LineReader reader, TerminalConsole console) throws InterruptedException {
        while (!isOver()) {
            Optional<String> typed = read(screen, reader);
            if (typed.isEmpty()) {
                return ending();
            }
            // A paste may bring several lines at once.
            for (String line : typed.get().split("\n")) {
                console.begin();
                Reply reply = commands.execute(line, context, console);
                if (reply.then() != Reply.Then.CONTINUE) {
                    return reply.then() == Reply.Then.DETACH ? Ending.DETACHED : Ending.SHUTDOWN;
                }
            }
        }
        return ending();
    }

    /// The next line; empty at the end of input and when the session is closed.
    private Optional<String> read(Screen screen, LineReader reader) {
        try {
            Prompt prompt = Prompt.of(context);
            promptState = prompt.state();
            return Optional.of(screen.readLine(reader, screen.rendered(prompt.text())));
        } catch (UserInterruptException pressed) {
            if (isOver()) {
                return Optional.empty();
            }
            screen.print(pressed.getPartialLine().isEmpty() ? "(q shuts the server down, detach leaves it running)" : "^C");
            return Optional.of("");
        } catch (EndOfFileException end) {
            return Optional.empty();
        }
    }

    private void eachSecond(Screen screen, LineReaderImpl reader) {
        if (context.server().state() == ServerState.STOPPED && screen.isReading()) {
            close();
            return;
        }
        screen.refresh(StatusLine.of(context, screen.width()), active -> {
            if (active == reader) {
                followState(screen, reader);
            }
        });
    }

    /// Renews the prompt when the state has changed since it was printed; its number alone is not worth a flicker.
    private void followState(Screen screen, LineReaderImpl reader) {
        Prompt now = Prompt.of(context);
        if (!now.state().equals(promptState)) {
            promptState = now.state();
            reader.setPrompt(screen.rendered(now.text()));
            reader.callWidget(LineReader.REDISPLAY);
        }
    }

    private boolean isOver() {
        return isClosed() || context.server().state() == ServerState.STOPPED;
    }

    private Ending ending() {
        return context.server().state() == ServerState.STOPPED ? Ending.SHUTDOWN : Ending.DETACHED;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void opened(Background printer) {
        background = printer;
        session = Thread.currentThread();
        if (closed) {
            session.interrupt();
        }
    }

    private synchronized void ended() {
        background = null;
        session = null;
        if (closed) {
            // The interruption was for this session, not for what its thread does next.
            Thread.interrupted();
        }
    }

    /// Prints a line of the log above what is being typed. Never waits. Line feeds and tabs are kept, what a terminal would obey is
    /// written out.
    ///
    /// @return false when there is no session (yet, or any more) that could print it
    public synchronized boolean printAbove(String line) {
        Background printer = background;
        if (printer == null) {
            return false;
        }
        printer.print(Escape.lines(line.stripTrailing()));
        return true;
    }

    /// Ends the session, whatever it is doing; the server goes on.
    @Override
    public synchronized void close() {
        closed = true;
        Thread running = session;
        if (running != null) {
            running.interrupt();
        }
    }
}
