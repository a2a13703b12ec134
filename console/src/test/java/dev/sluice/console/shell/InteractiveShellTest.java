package dev.sluice.console.shell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ServerState;
import dev.sluice.console.command.ConfigControl.ConfigStatus;
import dev.sluice.console.command.Fixture;
import dev.sluice.console.command.Level;
import dev.sluice.console.shell.InteractiveShell.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jline.terminal.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractiveShellTest {

    private static final Size USUAL = Size.of(160, 40);

    @TempDir
    private Path folder;
    private final Fixture fixture = new Fixture();

    private Keyboard sit() throws IOException {
        return sit("xterm-256color", USUAL);
    }

    private Keyboard sit(String terminal, Size size) throws IOException {
        return new Keyboard(fixture.context(Level.ADMIN), folder.resolve("history"), terminal, size);
    }

    @AfterEach
    void end() {
        fixture.close();
    }

    @Test
    void promptShowsNameStateConnectionsAndLevel() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("edge[RUNNING 3]admin> ");
        }
    }

    @Test
    void promptTellsThatTheLastReloadFailed() throws Exception {
        fixture.configStatus = new ConfigStatus("sluice.conf", null, true, "line 3");
        try (Keyboard person = sit()) {
            person.sees("edge[RELOAD FAILED 3]admin> ");
        }
    }

    @Test
    void promptTakesPercentSignsOfTheNameAsTheyAre() throws Exception {
        fixture.server.name = "100%N";
        try (Keyboard person = sit()) {
            person.sees("100%N[RUNNING");
        }
    }

    @Test
    void answersAppearBelowTheLine() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("show pools\r").sees("workers").sees("1 rows (shown 1)").sees("admin> ");
        }
    }

    @Test
    void tabCompletesCommandsNamesAndLiveIds() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("stat\t").sees("status ");
            person.type("\u0015resize w\t").sees("resize workers ");
            person.type("\u0015show client \t").sees("10.1.2.3:5001");
            person.type("\u0015show clients li\t").sees("listener=").type("e\t").sees("cho ");
        }
    }

    @Test
    void upArrowRecallsLinesOfEarlierRunsToo() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("wait clients==3\r").sees("clients==3 after").type(Keyboard.CTRL_D);
            assertEquals(Ending.DETACHED, person.ends());
        }
        assertTrue(Files.readString(folder.resolve("history")).contains("wait clients==3"));
        try (Keyboard person = sit()) {
            person.sees("admin> ").type(Keyboard.UP).sees("wait clients==3").type("\r").sees("clients==3 after");
            person.type("history\r").sees("wait clients==3");
        }
    }

    @Test
    void endOfInputDetachesAndLeavesNoThread() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type(Keyboard.CTRL_D);
            assertEquals(Ending.DETACHED, person.ends());
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sluice-console-screen")));
        assertEquals(ServerState.RUNNING, fixture.server.state);
    }

    @Test
    void ctrlCOnAnEmptyLineSaysHowToLeave() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("unfinished").sees("unfinished").type(Keyboard.CTRL_C).sees("^C").sees("admin> ");
            person.type(Keyboard.CTRL_C).sees("detach leaves it running").sees("admin> ");
        }
    }

    @Test
    void quittingAsksFirst() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("q\r").sees("[y/N] ").type("n\r").sees("the server goes on").sees("admin> ");
            person.type("q\r").sees("[y/N] ").type("y\r").sees("drained clean");
            assertEquals(Ending.SHUTDOWN, person.ends());
        }
    }

    @Test
    void theAnswerToAQuestionIsNoLineOfTheHistory() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("q\r").sees("[y/N] ").type("n\r").sees("goes on").sees("admin> ");
            person.type(Keyboard.CTRL_D);
            person.ends();
        }
        assertFalse(Files.readString(folder.resolve("history")).contains("n\nn"));
        assertEquals(1, Files.readAllLines(folder.resolve("history")).size());
    }

    @Test
    void drainShowsItsProgressAndCtrlCLeavesItGoingOn() throws Exception {
        fixture.server.draining = new CompletableFuture<>();
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("drain\r");
            fixture.server.state = ServerState.DRAINING;
            fixture.server.progress = new DrainProgress(DrainPhase.ACTIVE, Duration.ofSeconds(3), Duration.ofSeconds(30),
                    Duration.ofSeconds(4), 0, 1, 2, 1, List.of());
            person.sees("ACTIVE").sees("active 2").type(Keyboard.CTRL_C).sees("the drain goes on").sees("edge[DRAINING 3]admin> ");
            person.type("drain cancel\r").sees("running again").sees("edge[RUNNING 3]admin> ");
        }
    }

    @Test
    void thePromptFollowsTheStateWhileNobodyTypes() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("edge[RUNNING 3]admin> ").type("half a li").sees("half a li");
            fixture.server.state = ServerState.DRAINING;
            // Only what differs is drawn anew.
            person.sees("DRAIN");
            person.type("\u0015show loops\r").sees("web-loop-1");
        }
    }

    @Test
    void logLinesArePrintedAboveWhatIsBeingTyped() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("show loo").sees("show loo");
            assertTrue(person.shell.printAbove("12:00 INFO evil \u001b[2J line\n\tat Code.java:1\n"));
            person.sees("12:00 INFO evil \\x1b[2J line").sees("at Code.java:1").sees("show loo").type("ps\r").sees("web-loop-1");
            assertFalse(person.raw().contains("evil \u001b"));
        }
    }

    @Test
    void logLinesFindNoSessionBeforeAndAfterIt() throws Exception {
        InteractiveShell unused = new InteractiveShell(fixture.context(Level.VIEW), folder.resolve("history"));
        assertFalse(unused.printAbove("early"));
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("detach\r");
            person.ends();
            assertFalse(person.shell.printAbove("late"));
        }
    }

    @Test
    void statusBarShowsTheServerAtTheFootOfTheScreen() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("RUNNING | 3 connections | 12.5 req/s | p99 5ms | workers 3/8");
        }
    }

    @Test
    void dumbTerminalGetsNoEscapeCodesAndNoStatusBar() throws Exception {
        try (Keyboard person = sit("dumb", USUAL)) {
            person.sees("edge[RUNNING 3]admin> ").type("status\r").sees("config").type("show pools --watch 1s --count 1\r").sees("1 rows");
            person.type("bad\r").sees("unknown command").type(Keyboard.CTRL_D);
            person.ends();
            assertFalse(person.raw().contains("\u001b"), person::raw);
            assertFalse(person.raw().contains("req/s |"), person::raw);
        }
    }

    @Test
    void terminalWithoutSizeWorks() throws Exception {
        try (Keyboard person = sit("xterm-256color", Size.of(0, 0))) {
            person.sees("admin> ").type("show pools\r").sees("workers").sees("1 rows").type("show pools --watch 100ms --count 2\r")
                    .sees("1 rows").type("show cl\t").sees("closed").type(Keyboard.CTRL_C).type("detach\r");
            assertEquals(Ending.DETACHED, person.ends());
        }
    }

    @Test
    void watchIsDrawnInPlaceUntilCtrlC() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("show pools --watch 100ms\r").sees("1 rows (shown 1)");
            fixture.server.resize("workers", 77);
            person.sees("77").sees("1 rows").type(Keyboard.CTRL_C).sees("admin> ");
            assertTrue(person.raw().contains("\u001b[3A"), person::raw);
        }
    }

    @Test
    void closingFromAnotherThreadEndsTheSessionAndLeavesNoInterruption() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("show pools --watch 1s\r").sees("1 rows");
            person.shell.close();
            assertEquals(Ending.DETACHED, person.ends());
        }
    }

    @Test
    void aTerminalThatGoesAwayEndsTheSession() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").hangsUp();
            assertEquals(Ending.DETACHED, person.ends());
        }
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("show pools --watch 100ms\r").sees("1 rows").hangsUp();
            assertEquals(Ending.DETACHED, person.ends());
        }
    }

    @Test
    void theEndOfTheServerEndsTheSession() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ");
            fixture.server.state = ServerState.STOPPED;
            assertEquals(Ending.SHUTDOWN, person.ends());
        }
    }

    @Test
    void shutdownThatWasCancelledKeepsTheSession() throws Exception {
        fixture.server.draining = CompletableFuture.completedFuture(DrainReport.Result.CANCELLED);
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("shutdown\r").sees("cancelled after").sees("admin> ");
        }
    }

    @Test
    void pastedLinesAreCommandsEach() throws Exception {
        try (Keyboard person = sit()) {
            person.sees("admin> ").type("\u001b[200~show loops\nshow pools\n\u001b[201~\r");
            person.sees("web-loop-1").sees("workers").sees("admin> ");
        }
    }
}
