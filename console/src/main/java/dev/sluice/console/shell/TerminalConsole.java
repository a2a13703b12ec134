package dev.sluice.console.shell;

import dev.sluice.console.command.Console;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jline.reader.EndOfFileException;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/// Commands' view of a terminal with a person before it. For the session's thread; only Ctrl-C comes from another.
final class TerminalConsole implements Console {

    /// Lines that are printed together; log lines and the status line wait for no more.
    private static final int PART = 200;

    private final Screen screen;
    private final History history;
    private final LineReader question;
    private final Semaphore interrupts = new Semaphore(0);

    TerminalConsole(Screen screen, Terminal terminal, History history) {
        this.screen = screen;
        this.history = history;
        this.question = LineReaderBuilder.builder()
                .terminal(terminal)
                .variable(LineReader.DISABLE_HISTORY, true)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.BRACKETED_PASTE, false)
                .build();
    }

    /// Ctrl-C was pressed. From any thread.
    void interrupt() {
        interrupts.release();
    }

    /// A new command begins: what was pressed before is no concern of it.
    void begin() {
        interrupts.drainPermits();
    }

    @Override
    public boolean interactive() {
        return true;
    }

    @Override
    public boolean coloured() {
        return screen.isColoured();
    }

    @Override
    public int width() {
        return screen.isDumb() ? 0 : screen.width();
    }

    @Override
    public int height() {
        return screen.isDumb() ? 0 : screen.height();
    }

    /// In parts, between which Ctrl-C stops it. What was pressed is left for the command, which may wait for it.
    @Override
    public void out(List<String> lines) {
        int printed = 0;
        do {
            int end = Math.min(lines.size(), printed + PART);
            screen.print(lines.subList(printed, end));
            printed = end;
        } while (printed < lines.size() && interrupts.availablePermits() == 0);
        if (printed < lines.size()) {
            screen.print("… stopped: " + (lines.size() - printed) + " of " + lines.size() + " lines were not shown");
        }
    }

    @Override
    public void err(String line) {
        screen.print(line);
    }

    @Override
    public void block(List<String> lines) {
        screen.block(lines);
    }

    @Override
    public boolean ask(String text) {
        try {
            String answer = screen.readLine(question, text.replace("%", "%%") + " [y/N] ").strip();
            return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
        } catch (UserInterruptException | EndOfFileException no) {
            return false;
        }
    }

    @Override
    public boolean pause(Duration time) throws InterruptedException {
        return !interrupts.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public List<String> history() {
        return StreamSupport.stream(history.spliterator(), false).map(History.Entry::line).toList();
    }

    @Override
    public void clear() {
        screen.clear();
    }
}
