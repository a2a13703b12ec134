package dev.sluice.console.shell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Something happens in the midst of a long table, while one of its lines is on its way to the terminal.
class TerminalConsoleTest {

    private final Line sent = new Line();
    private LineDisciplineTerminal terminal;
    private Screen screen;
    private TerminalConsole console;

    /// To the terminal.
    private static final class Line extends ByteArrayOutputStream {
        private String awaited = "\n";
        private Runnable event = () -> {};

        void at(String line, Runnable action) {
            awaited = line;
            event = action;
        }

        @Override
        public synchronized void write(int octet) {
            super.write(octet);
            if (octet == '\n' && toString(StandardCharsets.UTF_8).contains(awaited)) {
                Runnable once = event;
                event = () -> {};
                once.run();
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int count) {
            for (int i = from; i < from + count; i++) {
                write(bytes[i]);
            }
        }

        List<String> lines() {
            return toString(StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
        }
    }

    @BeforeEach
    void sit() throws IOException {
        terminal = new LineDisciplineTerminal("test", "dumb", sent, StandardCharsets.UTF_8);
        terminal.setSize(Size.of(80, 24));
        screen = new Screen(terminal);
        console = new TerminalConsole(screen, terminal, new DefaultHistory());
    }

    @AfterEach
    void leave() throws IOException {
        terminal.close();
    }

    private static List<String> rows(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(row -> "row " + row + ".").toList();
    }

    @Test
    void aLongTableIsPrintedWhole() {
        console.out(rows(1_001));
        assertEquals(rows(1_001), sent.lines());
    }

    @Test
    void ctrlCStopsATableAndSaysWhatIsMissing() {
        sent.at("row 300.", console::interrupt);
        console.out(rows(18_000));
        assertEquals("… stopped: 17600 of 18000 lines were not shown", sent.lines().getLast());
        assertEquals("row 400.", sent.lines().get(sent.lines().size() - 2));
    }

    /// A line or two are an answer, such as that a drain goes on.
    @Test
    void ctrlCTakesNothingFromAShortAnswer() {
        console.interrupt();
        console.out(rows(3));
        assertEquals(rows(3), sent.lines());
    }

    @Test
    void ctrlCThatStopsATableStopsWhatPrintsItToo() throws Exception {
        sent.at("row 1.", console::interrupt);
        console.out(rows(500));
        assertTrue(!console.pause(Duration.ofSeconds(20)), "goes on");
    }

    @Test
    void whatElseIsPrintedNeedNotWaitForTheEndOfATable() throws InterruptedException {
        Thread log = new Thread(() -> screen.above("in between"));
        sent.at("row 10.", () -> {
            log.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> log.getState() == Thread.State.BLOCKED || log.getState() == Thread.State.WAITING);
        });
        console.out(rows(2_000));
        log.join();
        int place = sent.lines().indexOf("in between");
        assertTrue(place > 0 && place < 1_000, () -> "at line " + place);
    }
}
