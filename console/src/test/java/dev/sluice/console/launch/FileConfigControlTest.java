package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class FileConfigControlTest {

    private static final String TEXT = """
            sluice {
              pools { p { size = 8, queue = 10 } }
              listeners { web { bind = "127.0.0.1:0", protocol = wire, service { type = files, root = "." }, io = blocking, pool = p } }
              drain { grace = 10s }
              log { quiet = WARN }
            }
            """;

    @TempDir
    private Path folder;

    private Controlled it;
    private FileConfigControl control;

    @BeforeEach
    void start() throws IOException {
        it = new Controlled(Files.writeString(folder.resolve("sluice.conf"), TEXT), new ConfigFile.Override("drain.spread", "3s"));
        control = it.control;
    }

    @AfterEach
    void stop() {
        it.close();
    }

    @Test
    void aLiveChangeIsPlannedAndThenApplied() throws IOException {
        it.write(TEXT.replace("size = 8", "size = 9"));
        ReloadReport plan = Controlled.report(control.reload(true));
        assertEquals(List.of(new Change("pools.p.size", "8", "9", Kind.LIVE, Verdict.PLANNED)), plan.changes());
        assertFalse(plan.applied());
        assertEquals(8, it.size("p"));
        assertNull(control.status().lastReload());
        ReloadReport done = Controlled.report(control.reload(false));
        assertTrue(done.applied());
        assertEquals(9, it.size("p"));
        assertEquals(Instant.EPOCH, control.status().lastReload());
        assertFalse(control.status().lastFailed());
        assertEquals("1 change", control.status().summary());
    }

    @Test
    void aBrokenFileChangesNothingAndIsReported() throws IOException {
        it.write(TEXT.replace("size = 8", "size = 9").replace("grace", "grase"));
        ReloadResult result = control.reload(false);
        assertNull(result.report());
        assertEquals(4, result.problems().getFirst().line());
        assertEquals(8, it.size("p"));
        assertTrue(control.status().lastFailed());
        String summary = control.status().summary();
        assertTrue(summary.endsWith("sluice.conf:4: drain.grase is not known; did you mean grace?"), summary);
        it.write(TEXT);
        assertNotNull(control.reload(false).report());
        assertFalse(control.status().lastFailed());
    }

    @Test
    void aChangeThatNeedsARestartRefusesTheWholeAndNamesTheFilesKey() throws IOException {
        it.write("sluice.name = other\n" + TEXT.replace("size = 8", "size = 9").replace("WARN", "DEBUG"));
        ReloadReport report = Controlled.report(control.reload(false));
        assertFalse(report.applied());
        assertTrue(report.refused());
        List<String> keys = report.changes().stream().map(Change::key).toList();
        assertEquals(List.of("name", "pools.p.size", "log.quiet"), keys);
        assertEquals("not applied", report.changes().get(1).result());
        assertEquals("not applied", report.changes().getLast().result());
        assertEquals(8, it.size("p"));
        assertEquals("WARN", it.logs.getLogger("quiet").getLevel().toString());
        assertTrue(control.status().summary().startsWith("name is refused"), control.status().summary());
    }

    @Test
    void theAdminListenerIsNamedAsTheFileNamesIt() throws IOException {
        it.write(TEXT + "sluice.admin.http.bind = \"127.0.0.1:9\"");
        ReloadReport report = Controlled.report(control.reload(true));
        assertEquals(List.of("admin.http"), report.changes().stream().map(Change::key).toList());
        assertFalse(report.refused());
    }

    @Test
    void levelsOfLoggersChangeLiveAndGoBack() throws IOException {
        it.write(TEXT.replace("quiet = WARN", "\"some.part\" = DEBUG"));
        ReloadReport report = Controlled.report(control.reload(false));
        assertEquals(List.of("log.quiet", "log.some.part"), report.changes().stream().map(Change::key).toList());
        assertEquals("DEBUG", it.logs.getLogger("some.part").getLevel().toString());
        assertNull(it.logs.getLogger("quiet").getLevel());
    }

    @Test
    void whatWasResizedStaysSoAndTheReportSaysOverridden() throws IOException {
        control.resize("p", 4, "ann", null);
        it.write(TEXT.replace("10s", "20s"));
        Change kept = new Change("pools.p.size", "4", "8", Kind.LIVE, Verdict.OVERRIDDEN, "set to 4 by ann");
        assertEquals(List.of(new Change("drain.grace", "10s", "20s", Kind.LIVE, Verdict.APPLIED), kept),
                Controlled.report(control.reload(false)).changes());
        assertEquals("1 change, 1 overridden", control.status().summary());
        assertEquals(List.of(kept), Controlled.report(control.reload(true)).changes());
        assertEquals(List.of(kept), Controlled.report(control.reload(false)).changes());
        assertEquals("nothing to change, 1 overridden", control.status().summary());
        it.write(TEXT.replace("size = 8", "size = 9"));
        List<Change> changes = Controlled.report(control.reload(false)).changes();
        assertTrue(changes.contains(new Change("pools.p.size", "4", "9", Kind.LIVE, Verdict.OVERRIDDEN, "set to 4 by ann")), changes.toString());
        assertEquals(4, it.size("p"));
        control.unset("pools.p.size", false);
        assertEquals(9, it.size("p"));
        it.write(TEXT.replace("size = 8", "size = 7"));
        Controlled.report(control.reload(false));
        assertEquals(7, it.size("p"));
    }

    @Test
    void aLevelThatAPersonSetIsOverriddenToo() {
        it.logs.getLogger("quiet").setLevel(Level.DEBUG);
        assertEquals(List.of(new Change("log.quiet", "DEBUG", "WARN", Kind.LIVE, Verdict.OVERRIDDEN, "set to DEBUG")),
                Controlled.report(control.reload(false)).changes());
        assertEquals(Level.DEBUG, it.logs.getLogger("quiet").getLevel());
    }

    @Test
    void aJarThatComesOrGoesIsALiveChange() throws IOException {
        PluginSource source = PluginSource.of(folder, """
                class Crew implements PoolProvider {
                    public String name() { return "crew"; }
                    public ExecutorService open(Settings settings) { return Executors.newCachedThreadPool(); }
                }
                """);
        Path jar = source.jar(Files.createDirectory(folder.resolve("plugins")).resolve("crew.jar"));
        Change comes = new Change("plugins.\"crew.jar\"", "-", "pools: crew", Kind.LIVE, Verdict.PLANNED);
        assertEquals(List.of(comes), Controlled.report(control.reload(true)).changes());
        assertEquals(List.of("applied"), Controlled.report(control.reload(false)).changes().stream().map(Change::result).toList());
        assertEquals("pools: crew", control.entries().getLast().value());
        assertEquals(List.of(), Controlled.report(control.reload(false)).changes());
        Files.delete(jar);
        Change goes = new Change("plugins.\"crew.jar\"", "pools: crew", "-", Kind.LIVE, Verdict.APPLIED);
        assertEquals(List.of(goes), Controlled.report(control.reload(false)).changes());
        assertTrue(control.entries().stream().noneMatch(entry -> entry.key().startsWith("plugins.")));
    }

    @Test
    void aReloadThatTheServerRefusesNowIsAProblem() throws IOException {
        it.draining = true;
        it.write(TEXT.replace("10s", "20s"));
        ReloadResult result = control.reload(false);
        assertNull(result.report());
        assertEquals("cannot be applied: it is draining", result.problems().getFirst().message());
    }

    @Test
    void whatTheServerRefusesForNowIsAppliedLaterAndSaidOnce() throws IOException {
        FileContents before = control.seen();
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(FileConfigControl.class);
        said.start();
        logger.addAppender(said);
        try {
            it.draining = true;
            it.write(TEXT.replace("10s", "20s"));
            control.reloadChanged();
            int once = said.list.size();
            assertTrue(once > 0);
            assertEquals(before, control.seen());
            control.reloadChanged();
            assertEquals(once, said.list.size());
            it.draining = false;
            control.reloadChanged();
            assertTrue(said.list.getLast().getFormattedMessage().contains("event=reloaded cause=watch"), said.list.toString());
        } finally {
            logger.detachAppender(said);
        }
        assertEquals(Duration.ofSeconds(20), it.holds.drain().grace());
        assertEquals(control.seen().again(), control.seen());
    }

    @Test
    void aResizeDuringAReloadIsNotLost() throws Exception {
        Thread resizing = Thread.ofPlatform().unstarted(() -> control.resize("p", 4, "ann", null));
        it.planned = () -> {
            if (resizing.getState() == Thread.State.NEW) {
                resizing.start();
                await().until(() -> resizing.getState() == Thread.State.BLOCKED || !resizing.isAlive());
            }
        };
        it.write(TEXT.replace("10s", "20s"));
        control.reload(false);
        resizing.join();
        assertEquals(4, it.size("p"));
        assertEquals(Duration.ofSeconds(20), it.holds.drain().grace());
    }

    @Test
    void manyReloadsThatAreAwaitedAreOne() {
        AtomicInteger plans = new AtomicInteger();
        it.planned = plans::incrementAndGet;
        synchronized (control) {
            for (int i = 0; i < 100; i++) {
                control.reloadSoon("HUP");
            }
        }
        await().until(() -> control.status().lastReload() != null);
        synchronized (control) {
            assertEquals(1, plans.get());
        }
        control.reloadSoon("HUP");
        await().until(() -> plans.get() == 2);
    }

    @Test
    void onlyAReloadThatWasMeantCountsAsSeen() throws IOException {
        FileContents before = control.seen();
        it.write(TEXT.replace("10s", "20s"));
        control.reload(true);
        assertEquals(before, control.seen());
        control.reload(false);
        assertEquals(control.seen().again(), control.seen());
    }

    @Test
    void everyValueNamesItsSource() {
        control.resize("p", 4, "ann", null);
        Map<String, ConfigEntry> entries = control.entries().stream().collect(Collectors.toMap(ConfigEntry::key, Function.identity()));
        String file = Place.display(it.path);
        assertEquals(new ConfigEntry("pools.p.size", "4", "16", "8", "set by ann", "live"), entries.get("pools.p.size"));
        assertEquals(new ConfigEntry("pools.p.queue", "10", "1000", "10", file + ":2", "live"), entries.get("pools.p.queue"));
        assertEquals(new ConfigEntry("pools.p.type", "fixed", "fixed", "", "default", "live"), entries.get("pools.p.type"));
        assertEquals(new ConfigEntry("listeners.web.bind", "127.0.0.1:0", "", "127.0.0.1:0", file + ":3", "rebind"),
                entries.get("listeners.web.bind"));
        assertEquals(new ConfigEntry("listeners.web.service.root", ".", "", ".", file + ":3", "rebind"),
                entries.get("listeners.web.service.root"));
        assertEquals(file + ":3", Objects.requireNonNull(entries.get("listeners.web.io.model")).source());
        assertEquals(new ConfigEntry("drain.spread", "3s", "0s", "", "command line", "live"), entries.get("drain.spread"));
        assertEquals(new ConfigEntry("log.quiet", "WARN", "", "WARN", file + ":5", "live"), entries.get("log.quiet"));
        assertEquals("default", Objects.requireNonNull(entries.get("listeners.web.timeouts.idle")).source());
    }
}
