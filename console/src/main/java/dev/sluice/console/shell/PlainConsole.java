package dev.sluice.console.shell;

import dev.sluice.console.command.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Commands' view of two streams: nobody to ask, no screen, no colours. For one thread.
final class PlainConsole implements Console {

    private static final int REMEMBERED = 1_000;

    private final PrintWriter out;
    private final PrintWriter err;
    private final Deque<String> lines = new ArrayDeque<>();

    PlainConsole(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    PlainConsole remembering(String line) {
        lines.addLast(line.strip());
        if (lines.size() > REMEMBERED) {
            lines.removeFirst();
        }
        return this;
    }

    @Override
    public boolean interactive() {
        return false;
    }

    @Override
    public boolean coloured() {
        return false;
    }

    @Override
    public int width() {
        return 0;
    }

    @Override
    public int height() {
        return 0;
    }

    @Override
    public void out(List<String> lines) {
        if (!lines.isEmpty()) {
            String end = System.lineSeparator();
            out.write(String.join(end, lines)); // at once, rather than twice for each of what may be thousands of lines
            out.write(end);
        }
        out.flush();
    }

    @Override
    public void err(String line) {
        err.println(line);
        err.flush();
    }

    @Override
    public void block(List<String> lines) {
        // There is no screen on which anything could be replaced.
    }

    @Override
    public boolean ask(String question) {
        return false;
    }

    @Override
    public boolean pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        return true;
    }

    @Override
    public List<String> history() {
        return List.copyOf(lines);
    }

    @Override
    public void clear() {
        // There is no screen.
    }
}
