package dev.sluice.console.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ServerState;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.ConfigControl.SavedKey;
import dev.sluice.console.command.ConfigControl.Setting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActingCommandsTest {

    private final Fixture console = new Fixture();

    @AfterEach
    void end() {
        console.close();
    }

    @Test
    void kickOfOneClientDoesNotAsk() throws Exception {
        assertEquals(0, console.run("kick 7 --reason 'stuck upload'"));
        assertEquals(List.of("kick [7] AFTER_REQUEST by tester because stuck upload"), console.server.done);
        assertTrue(console.out().contains("matched 1, closed 1") && console.out().contains("ids 7"), console.out());
    }

    @Test
    void kickOfManyWithoutATerminalNeedsAWord() throws Exception {
        assertEquals(2, console.run("kick state=idle"));
        assertTrue(console.err().contains("2 clients match") && console.err().contains("--yes or --max N"), console.err());
        assertEquals(1, console.run("kick state=idle --max 1"));
        assertEquals(List.of(), console.server.done);
        assertEquals(0, console.run("kick state=idle --max 2 --now"));
        assertEquals(List.of("kick [8, 9] NOW by tester because "), console.server.done);
    }

    @Test
    void kickOfManyAtATerminalAsks() throws Exception {
        console.console.interactive = true;
        assertEquals(1, console.run("kick state=idle"));
        assertEquals(List.of("Kick 2 clients?"), console.console.questions);
        assertEquals(List.of(), console.server.done);
        console.console.answer = true;
        assertEquals(0, console.run("kick state=idle"));
        assertEquals(1, console.server.done.size());
    }

    @Test
    void dryRunOfKickIsTheList() throws Exception {
        assertEquals(0, console.run("kick addr=10.0.0.0/8 --dry-run"));
        assertTrue(console.out().contains("10.1.2.3:5001") && console.out().endsWith("2 rows (shown 2)"), console.out());
        assertEquals(List.of(), console.server.done);
    }

    @Test
    void pauseAndResumeTakeOneListenerOrAllThatFit() throws Exception {
        assertEquals(0, console.run("pause"));
        assertEquals(0, console.run("resume"));
        assertEquals(0, console.run("resume web"));
        assertEquals(List.of("pause web", "resume web", "resume echo", "resume web"), console.server.done);
    }

    @Test
    void resumeOfADrainedServerTakesTheDrainBack() throws Exception {
        console.server.state = ServerState.DRAINED;
        assertEquals(0, console.run("resume"));
        assertEquals(ServerState.RUNNING, console.server.state);
        console.server.cancellable = false;
        assertEquals(1, console.run("drain cancel"));
    }

    @Test
    void resizeSaysWhenItIsEffective() throws Exception {
        console.run("resize workers 1");
        assertEquals("workers: 8 -> 1, effective after 2 running finish", console.out());
    }

    @Test
    void setTakesAValueWithoutQuotesAndATime() throws Exception {
        Change change = new Change("drain.grace", "30s", "5s", ReloadReport.Kind.LIVE, ReloadReport.Verdict.APPLIED);
        console.reload = new ReloadResult(new ReloadReport(List.of(change), true), List.of());
        assertEquals(0, console.run("set listeners.web.bind [:80, :81] for 10m"));
        assertEquals(new Setting("listeners.web.bind", "[:80, :81]", "tester", Duration.ofMinutes(10)), console.asked.getFirst());
        assertTrue(console.out().startsWith("changed, for 10m:\nKEY ") && console.out().contains("drain.grace  30s  5s   live   applied"),
                console.out());
        console.run("set listeners.web.limits.line 8 KiB");
        assertEquals(new Setting("listeners.web.limits.line", "8 KiB", "tester", null), console.asked.getLast());
        assertEquals(2, console.run("set drain.grace 5s for"));
        assertEquals(2, console.run("set drain.grace 5s for ever"));
        assertEquals(2, console.run("set drain.grace 5s for 0s"));
        assertEquals(2, console.run("set drain.grace"));
        assertEquals(2, console.asked.size());
    }

    @Test
    void setOfWhatHoldsAlreadySaysThatItStays() throws Exception {
        console.run("set drain.grace 30s");
        assertEquals("nothing changes by it; it is kept, and holds whatever the file says, until it is unset or saved", console.out());
        console.run("set drain.grace 30s for 1h --dry-run");
        assertEquals("nothing would change by it; it would be kept, whatever the file says, for 1h", console.out());
    }

    @Test
    void whatCannotBeSetFailsAndIsNamed() throws Exception {
        console.reload = new ReloadResult(null, List.of(new ConfigProblem("set by tester", 0, "drain.grase", "is not known")));
        assertEquals(1, console.run("set drain.grase 5s"));
        assertEquals("set by tester: drain.grase: is not known\nnothing changed", console.out());
        assertEquals(1, console.run("unset drain.grase"));
        assertEquals("drain.grase is not set", console.err());
        assertEquals(3, console.reply("set drain.grace 5s", Level.OPERATE).code());
    }

    @Test
    void resizeForATimeIsASetting() throws Exception {
        assertEquals(0, console.run("resize workers 4 for 10m"));
        assertEquals("workers: 8 -> 4, effective now, for 10m", console.out());
        assertEquals(new Setting("workers", "4", "tester", Duration.ofMinutes(10)), console.asked.getFirst());
    }

    @Test
    void saveShowsWhatItWroteAndFailsForWhatItCouldNot() throws Exception {
        assertEquals(0, console.run("save"));
        assertEquals("nothing is set: what holds is what sluice.conf says", console.out());
        SavedKey saved = new SavedKey("drain.grace", "30s", "5s", true, false, "saved");
        SavedKey stays = new SavedKey("name", "a", "b", false, false, "stays set by ann: --set on the command line wins over the file");
        console.saved = new SaveResult("sluice.conf", "sluice.conf.bak", List.of(saved), List.of("3- a", "3+ b"), "");
        assertEquals(0, console.run("save"));
        assertEquals("""
                1 key written into sluice.conf, which was kept as sluice.conf.bak
                KEY          OLD  NEW  RESULT
                drain.grace  30s  5s   saved
                1 rows (shown 1)""", console.out());
        console.run("save --dry-run");
        assertTrue(console.out().startsWith("1 key would be written into sluice.conf") && console.out().endsWith("lines\n  3- a\n  3+ b"),
                console.out());
        console.saved = new SaveResult("sluice.conf", "", List.of(saved), List.of(), "");
        assertEquals(0, console.run("save"));
        assertTrue(console.out().startsWith("1 key no longer set, as sluice.conf says the same already\n"), console.out());
        console.saved = new SaveResult("sluice.conf", "", List.of(stays), List.of(), "");
        assertEquals(1, console.run("save"));
        console.saved = new SaveResult("sluice.conf", "", List.of(), List.of(), "it cannot be written");
        assertEquals(1, console.run("save --json"));
        assertTrue(console.out().contains("\"outcome\":\"refused\",\"file\":\"sluice.conf\""), console.out());
    }

    @Test
    void reloadShowsWhatChanged() throws Exception {
        Change change = new Change("pools.workers.size", "8", "16", ReloadReport.Kind.LIVE, ReloadReport.Verdict.APPLIED);
        console.reload = new ReloadResult(new ReloadReport(List.of(change), true), List.of());
        assertEquals(0, console.run("reload"));
        assertEquals("""
                changed:
                KEY                 OLD  NEW  CLASS  RESULT
                pools.workers.size  8    16   live   applied
                1 rows (shown 1)""", console.out());
        console.run("reload --dry-run");
        assertEquals(List.of(false, true), console.dryRuns);
    }

    @Test
    void reloadOfWhatIsOverriddenSaysSo() throws Exception {
        Change kept = new Change("pools.p.size", "30", "10", ReloadReport.Kind.LIVE, ReloadReport.Verdict.OVERRIDDEN, "resized to 30");
        console.reload = new ReloadResult(new ReloadReport(List.of(kept), true), List.of());
        assertEquals(0, console.run("reload"));
        assertTrue(console.out().startsWith("nothing to change: what was set") && console.out().contains("resized to 30"), console.out());
        console.run("reload --json");
        assertTrue(console.out().contains("\"outcome\":\"unchanged\"") && console.out().contains("overridden: resized to 30"),
                console.out());
    }

    @Test
    void reloadOfABrokenFileNamesEveryPlaceAndFails() throws Exception {
        console.reload = new ReloadResult(null, List.of(
                new ConfigProblem("sluice.conf", 3, "pools.workers.sise", "unknown; did you mean size?"),
                new ConfigProblem("sluice.conf", 0, "", "cannot be read")));
        assertEquals(1, console.run("reload"));
        assertEquals("sluice.conf:3: pools.workers.sise: unknown; did you mean size?\nsluice.conf: cannot be read\nnothing changed",
                console.out());
        assertEquals(1, console.run("reload --json"));
        assertTrue(console.out().contains("\"problems\":[{\"file\":\"sluice.conf\",\"line\":3,\"key\":\"pools.workers.sise\""),
                console.out());
    }

    @Test
    void reloadThatIsRefusedFails() throws Exception {
        Change change = new Change("listeners.web.bind", ":1", ":2", ReloadReport.Kind.RESTART, ReloadReport.Verdict.REFUSED, "needs a restart");
        console.reload = new ReloadResult(new ReloadReport(List.of(change), false), List.of());
        assertEquals(1, console.run("reload"));
        assertTrue(console.out().startsWith("refused, nothing changed"), console.out());
    }

    @Test
    void drainPrintsALineForEachPhaseAndTheReport() throws Exception {
        console.server.draining = new CompletableFuture<>();
        Deque<DrainPhase> phases = new ArrayDeque<>(List.of(DrainPhase.MARK, DrainPhase.IDLE, DrainPhase.IDLE, DrainPhase.ACTIVE));
        console.console.pause = () -> {
            DrainPhase phase = phases.poll();
            if (phase == null) {
                console.server.draining.complete(DrainReport.Result.CLEAN);
            } else {
                console.server.progress = new DrainProgress(
                        phase, Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO, 0, 1, 2, 0, List.of());
            }
            return true;
        };
        assertEquals(0, console.run("drain --grace 10s --lame-duck 1s --spread 2s"));
        List<String> lines = console.console.out;
        assertEquals("drain: MARK, up to 1s; left: queued 0, idle 1, active 2", lines.get(0));
        assertTrue(lines.get(1).startsWith("drain: IDLE") && lines.get(2).startsWith("drain: ACTIVE"), console.out());
        assertEquals("drained clean in 1.2s", lines.get(3));
        assertTrue(console.server.done.getFirst().contains("lameDuck=PT1S")
                && console.server.done.getFirst().contains("spread=PT2S, grace=PT10S"));
    }

    @Test
    void drainThatIsIncompleteFailsAndAnUnwatchedOneDoesNot() throws Exception {
        console.server.draining = CompletableFuture.completedFuture(DrainReport.Result.INCOMPLETE);
        assertEquals(1, console.run("drain"));
        console.server.draining = new CompletableFuture<>();
        console.console.pause = () -> false;
        assertEquals(0, console.run("drain"));
        assertTrue(console.out().contains("the drain goes on"), console.out());
        console.server.draining.complete(DrainReport.Result.CLEAN);
    }

    @Test
    void drainStatusShowsWhoHoldsItUp() throws Exception {
        DrainProgress.Blocker blocker = new DrainProgress.Blocker(console.server.clients.getFirst(), "Slow.java:42");
        console.server.progress = new DrainProgress(DrainPhase.ACTIVE, Duration.ofSeconds(3), Duration.ofSeconds(30), Duration.ofSeconds(4),
                0, 0, 4, 2, List.of(blocker));
        console.server.state = ServerState.DRAINING;
        console.run("drain status");
        assertTrue(console.out().contains("DRAINING  phase ACTIVE  for 3s  of 30s  in all 4s"), console.out());
        assertTrue(console.out().contains("eta 2s") && console.out().contains("Slow.java:42"), console.out());
        assertEquals(0, console.run("drain force"));
        assertEquals(List.of("force"), console.server.done);
    }

    @Test
    void shutdownEndsTheSessionAndACancelledOneDoesNot() throws Exception {
        console.server.draining = CompletableFuture.completedFuture(DrainReport.Result.CANCELLED);
        assertEquals(new Reply(1, Reply.Then.CONTINUE), console.reply("shutdown", Level.ADMIN));
        console.server.draining = CompletableFuture.completedFuture(DrainReport.Result.FORCED);
        assertEquals(new Reply(0, Reply.Then.SHUTDOWN), console.reply("shutdown --now", Level.ADMIN));
        assertTrue(console.server.done.getLast().contains("queued=REFUSE, idleGrace=PT0S, spread=PT0S, grace=PT0S"),
                console.server.done::toString);
    }

    @Test
    void qAsksOnlyAPerson() throws Exception {
        console.console.interactive = true;
        assertEquals(new Reply(1, Reply.Then.CONTINUE), console.reply("q", Level.ADMIN));
        assertEquals(1, console.console.questions.size());
        console.console.interactive = false;
        assertEquals(new Reply(0, Reply.Then.SHUTDOWN), console.reply("q", Level.ADMIN));
    }

    @Test
    void logLevelGoesBackByItself() throws Exception {
        assertEquals(0, console.run("log dev.sluice DEBUG for 50ms"));
        assertEquals("dev.sluice: INFO -> DEBUG, for 50ms", console.out());
        assertEquals("DEBUG", console.levels.get("dev.sluice"));
        await().atMost(Duration.ofSeconds(5)).until(() -> !console.levels.containsKey("dev.sluice"));
    }

    @Test
    void logLevelSetTwiceGoesBackToTheFirst() throws Exception {
        console.levels.put("dev.sluice", "WARN");
        console.run("log dev.sluice DEBUG for 1h");
        console.run("log dev.sluice TRACE for 50ms");
        await().atMost(Duration.ofSeconds(5)).until(() -> "WARN".equals(console.levels.get("dev.sluice")));
    }

    @Test
    void logLevelWithoutTimeStaysAndCanBeInheritedAgain() throws Exception {
        console.run("log dev.sluice DEBUG for 1h");
        console.run("log dev.sluice ERROR");
        assertEquals("ERROR", console.levels.get("dev.sluice"));
        console.run("log dev.sluice inherit");
        assertFalse(console.levels.containsKey("dev.sluice"));
        console.run("log dev.slice DEBUG");
        assertTrue(console.out().contains("nothing has logged under that name yet; did you mean dev.sluice?"), console.out());
    }

    @Test
    void waitEndsWhenItHoldsOrTheTimeIsUp() throws Exception {
        assertEquals(0, console.run("wait clients == 3"));
        assertEquals(0, console.run("wait state==running"));
        assertEquals(0, console.run("wait pool.workers.idle>=5"));
        assertEquals(0, console.run("wait listener.web.state=listening"));
        assertEquals(0, console.run("wait queued.lt=10"));
        console.console.pause = () -> {
            console.server.clients.clear();
            return true;
        };
        assertEquals(0, console.run("wait clients==0 --timeout 10s"));
        assertEquals(1, console.run("wait clients>0 --timeout 1ms"));
        assertTrue(console.out().startsWith("clients>0 does not hold after "), console.out());
    }

    @Test
    void waitStopsAtCtrlC() throws Exception {
        console.console.pause = () -> false;
        assertEquals(1, console.run("wait clients==99"));
    }
}
