package dev.sluice.console.shell;

import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jline.reader.LineReader;
import org.jline.reader.Widget;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.Status;
import org.jspecify.annotations.Nullable;

/// The terminal, as the line being edited, answers, a live block, log lines and the status line share it. `lock` guards the
/// fields and what is sent, and is fair, so that who prints a long table by parts lets others in between them. A line editor's own lock is
/// taken inside, never the other way round.
final class Screen {

    private static final String REFRESH = "sluice-refresh";
    private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
    private static final int USUAL_WIDTH = 80;
    private static final int USUAL_HEIGHT = 24;
    private static final int LEAST_HEIGHT_WITH_STATUS = 5;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Terminal terminal;
    private final boolean dumb;
    private @Nullable LineReader reading;
    private List<String> block = List.of();
    private @Nullable Size drawnOn;

    Screen(Terminal terminal) {
        this.terminal = terminal;
        this.dumb = terminal.getType().startsWith(Terminal.TYPE_DUMB)
                || terminal.getStringCapability(Capability.cursor_up) == null;
        if (terminal.getColumns() <= 0 || terminal.getRows() <= 0) {
            // The line editor lays out by the terminal's own size, and cannot by none.
            terminal.setSize(Size.of(USUAL_WIDTH, USUAL_HEIGHT));
        }
    }

    boolean isDumb() {
        return dumb;
    }

    boolean isColoured() {
        Integer colours = terminal.getNumericCapability(Capability.max_colors);
        return !dumb && colours != null && colours >= 8;
    }

    /// Columns.
    int width() {
        return Math.max(1, terminal.getColumns());
    }

    /// Rows.
    int height() {
        return Math.max(1, terminal.getRows());
    }

    /// A prompt as this terminal can show it.
    String rendered(AttributedString text) {
        // The line editor takes % for the begin of a pattern.
        return (isColoured() ? text.toAnsi(terminal) : text.toString()).replace("%", "%%");
    }

    /// Reads a line, during which other output goes above it.
    String readLine(LineReader reader, String prompt) {
        begin(reader);
        try {
            return reader.readLine(prompt);
        } finally {
            end();
        }
    }

    private void begin(LineReader reader) {
        alone(() -> reading = reader);
    }

    private void end() {
        alone(() -> reading = null);
    }

    private void alone(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    boolean isReading() {
        lock.lock();
        try {
            return reading != null;
        } finally {
            lock.unlock();
        }
    }

    /// Prints a line.
    void print(String line) {
        print(List.of(line));
    }

    /// Prints lines; a block stays above them.
    void print(List<String> lines) {
        alone(() -> write(lines));
    }

    private void write(List<String> lines) {
        block = List.of();
        for (String line : lines) {
            if (!dumb) {
                // After a change of size something may be left where this line goes.
                terminal.puts(Capability.clr_eol);
            }
            terminal.writer().println(line);
        }
        terminal.flush();
    }

    /// Shows lines in place of the block shown last.
    void block(List<String> lines) {
        if (!dumb) {
            alone(() -> redraw(lines));
        }
    }

    private void redraw(List<String> lines) {
        List<String> next = lines.stream().map(this::cut).toList();
        if (!next.equals(block)) {
            StringBuilder drawn = new StringBuilder(up(block.size()));
            next.forEach(line -> drawn.append(line).append(CLEAR_TO_END_OF_LINE).append('\n'));
            int surplus = Math.max(0, block.size() - next.size());
            drawn.append((CLEAR_TO_END_OF_LINE + "\n").repeat(surplus)).append(up(surplus));
            terminal.writer().print(drawn);
            terminal.flush();
        }
        block = next;
    }

    private String cut(String line) {
        return AttributedString.fromAnsi(line).columnSubSequence(0, width() - 1).toAnsi(isColoured() ? terminal : null);
    }

    private static String up(int rows) {
        return rows == 0 ? "" : "\u001b[" + rows + "A\r";
    }

    /// Prints something that has nothing to do with what is going on here, without tearing that.
    void above(String text) {
        alone(() -> insert(text));
    }

    private void insert(String text) {
        LineReader reader = reading;
        if (reader != null) {
            reader.printAbove(text);
            return;
        }
        List<String> shown = block;
        block(List.of());
        print(text);
        block(shown);
    }

    void clear() {
        alone(this::wipe);
    }

    private void wipe() {
        block = List.of();
        drawnOn = null;
        if (!dumb) {
            terminal.puts(Capability.clear_screen);
            terminal.flush();
        }
    }

    /// Draws the status line, and does what else has to be done to a line being edited while nobody types.
    void refresh(AttributedString status, Consumer<LineReader> whileReading) {
        alone(() -> renew(status, whileReading));
    }

    private void renew(AttributedString status, Consumer<LineReader> whileReading) {
        LineReader reader = reading;
        if (dumb || terminal.getRows() < LEAST_HEIGHT_WITH_STATUS) {
            return;
        }
        if (reader == null) {
            draw(status);
        } else if (reader.isReading()) {
            inside(reader, () -> {
                draw(status);
                whileReading.accept(reader);
            });
        }
    }

    /// A widget holds the editor's lock, so that nothing is drawn between two halves of an escape sequence.
    private static void inside(LineReader reader, Runnable action) {
        Map<String, Widget> widgets = reader.getWidgets();
        widgets.put(REFRESH, () -> {
            action.run();
            return true;
        });
        try {
            reader.callWidget(REFRESH);
        } catch (IllegalStateException justEnded) {
            // The line was accepted between the question and the call: the next second brings the next drawing.
        }
    }

    private void draw(AttributedString line) {
        Status status = Status.getStatus(terminal);
        if (status == null) {
            return;
        }
        Size size = terminal.getSize();
        if (!size.equals(drawnOn)) {
            // What is left of the line after a change of size, or on a cleared screen, is unknown.
            status.resize();
            status.update(List.of());
            drawnOn = Size.of(size);
        }
        status.update(List.of(line));
    }

    /// Gives the foot of the screen back. Before the terminal is closed.
    void close() {
        alone(this::giveBack);
    }

    private void giveBack() {
        try {
            Status.getExistingStatus(terminal).ifPresent(status -> {
                status.update(List.of());
                status.close();
            });
            terminal.flush();
        } catch (IllegalStateException gone) {
            // There is no screen any more whose foot could be given back.
        }
    }
}
