package dev.sluice.console.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ServerState;
import dev.sluice.console.command.Fixture;
import dev.sluice.console.command.Level;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipedShellTest {

    private final Fixture fixture = new Fixture();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void end() {
        fixture.close();
    }

    private int run(String input, Level level) {
        return new PipedShell(fixture.context(level)).run(new StringReader(input), new PrintWriter(out), new PrintWriter(err));
    }

    @ParameterizedTest
    @CsvSource({
        "'status', ADMIN, 0", "'', ADMIN, 0", "'\n# comment\n   \n  # another', ADMIN, 0", "'show client 99\nstatus', ADMIN, 1",
        "'bogus\nshow client 99', ADMIN, 2", "'kick 7\nbogus', VIEW, 3", "'status\r\nshow pools\r\n', ADMIN, 0"
    })
    void exitCodeIsThatOfTheWorstCommand(String input, Level level, int code) {
        assertEquals(code, run(input, level));
    }

    @Test
    void answersArePlainLinesWithoutPromptOrEscapeCodes() {
        run("show pools\nresize workers 9", Level.ADMIN);
        assertTrue(out.toString().startsWith("NAME     TYPE"), out::toString);
        assertTrue(out.toString().endsWith("1 rows (shown 1)" + System.lineSeparator() + "workers: 8 -> 9, effective now"
                + System.lineSeparator()), out::toString);
        assertFalse(out.toString().contains("\u001b") || out.toString().contains("admin>"), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void shutdownEndsTheInput() {
        assertEquals(0, run("shutdown\nbogus", Level.ADMIN));
        assertEquals(ServerState.STOPPED, fixture.server.state);
    }

    @Test
    void qIsShutdownAndDetachIsNot() {
        assertEquals(0, run("detach\nq", Level.ADMIN));
        assertEquals(ServerState.RUNNING, fixture.server.state);
        assertEquals(0, run("q\nbogus", Level.ADMIN));
        assertEquals(ServerState.STOPPED, fixture.server.state);
    }

    @Test
    void hostileLinesAreRefusedAndTheNextOnesRun() {
        assertEquals(2, run("a".repeat(1 << 20) + "\nsta\0tus\nkick 'unclosed\nshow loops", Level.ADMIN));
        assertEquals(3, err.toString().lines().count(), err::toString);
        assertTrue(err.toString().contains("longer than 65536") && err.toString().contains("\\x00")
                && err.toString().contains("never closed"), err::toString);
        assertTrue(out.toString().contains("web-loop-1"), out::toString);
    }

    @Test
    void historyIsWhatWasReadSoFar() {
        run("status\nhistory --json", Level.VIEW);
        assertTrue(out.toString().contains("\"history\":[\"status\",\"history --json\"]"), out::toString);
    }
}
