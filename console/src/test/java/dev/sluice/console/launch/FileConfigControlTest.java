package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.reload.ConfigDiff;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    private final LoggerContext logs = new LoggerContext();
    private volatile ServerConfig holds = ServerConfig.named("none");
    private boolean draining;
    private Runnable planned = () -> {};
    private Path path;
    private FileConfigControl control;

    @BeforeEach
    void start() throws IOException {
        path = Files.writeString(folder.resolve("sluice.conf"), TEXT);
        List<ConfigFile.Override> overrides = List.of(new ConfigFile.Override("drain.spread", "3s"));
        ConfigFile file = new ConfigFile(path, overrides, SampleProviders.all(), SampleProviders.ADMIN);
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, file.read(Parts.none()));
        holds = usable.server();
        LogbackLevels levels = new LogbackLevels(logs);
        levels.apply(usable.levels());
        control = new FileConfigControl(file, usable, server(), levels, new Warnings(SystemLimits.here()), InstantSource.fixed(Instant.EPOCH));
    }

    @Test
    void aLiveChangeIsPlannedAndThenApplied() throws IOException {
        write(TEXT.replace("size = 8", "size = 9"));
        ReloadReport plan = report(control.reload(true));
        assertEquals(List.of(new Change("pools.p.size", "8", "9", Kind.LIVE, Verdict.PLANNED)), plan.changes());
        assertFalse(plan.applied());
        assertEquals(8, holds.pools().get("p").size());
        assertNull(control.status().lastReload());
        ReloadReport done = report(control.reload(false));
        assertTrue(done.applied());
        assertEquals(9, holds.pools().get("p").size());
        assertEquals(Instant.EPOCH, control.status().lastReload());
        assertFalse(control.status().lastFailed());
        assertEquals("1 change", control.status().summary());
    }

    @Test
    void aBrokenFileChangesNothingAndIsReported() throws IOException {
        write(TEXT.replace("size = 8", "size = 9").replace("grace", "grase"));
        ReloadResult result = control.reload(false);
        assertNull(result.report());
        assertEquals(4, result.problems().getFirst().line());
        assertEquals(8, holds.pools().get("p").size());
        assertTrue(control.status().lastFailed());
        String summary = control.status().summary();
        assertTrue(summary.endsWith("sluice.conf:4: drain.grase is not known; did you mean grace?"), summary);
        write(TEXT);
        assertNotNull(control.reload(false).report());
        assertFalse(control.status().lastFailed());
    }

    @Test
    void aChangeThatNeedsARestartRefusesTheWholeAndNamesTheFilesKey() throws IOException {
        write("sluice.name = other\n" + TEXT.replace("size = 8", "size = 9").replace("WARN", "DEBUG"));
        ReloadReport report = report(control.reload(false));
        assertFalse(report.applied());
        assertTrue(report.refused());
        List<String> keys = report.changes().stream().map(Change::key).toList();
        assertEquals(List.of("name", "pools.p.size", "log.quiet"), keys);
        assertEquals("not applied", report.changes().get(1).result());
        assertEquals("not applied", report.changes().getLast().result());
        assertEquals(8, holds.pools().get("p").size());
        assertEquals("WARN", logs.getLogger("quiet").getLevel().toString());
        assertTrue(control.status().summary().startsWith("name is refused"), control.status().summary());
    }

    @Test
    void theAdminListenerIsNamedAsTheFileNamesIt() throws IOException {
        write(TEXT + "sluice.admin.http.bind = \"127.0.0.1:9\"");
        ReloadReport report = report(control.reload(true));
        assertEquals(List.of("admin.http"), report.changes().stream().map(Change::key).toList());
        assertFalse(report.refused());
    }

    @Test
    void levelsOfLoggersChangeLiveAndGoBack() throws IOException {
        write(TEXT.replace("quiet = WARN", "\"some.part\" = DEBUG"));
        ReloadReport report = report(control.reload(false));
        assertEquals(List.of("log.quiet", "log.some.part"), report.changes().stream().map(Change::key).toList());
        assertEquals("DEBUG", logs.getLogger("some.part").getLevel().toString());
        assertNull(logs.getLogger("quiet").getLevel());
    }

    @Test
    void whatWasResizedStaysSoAndTheReportSaysOverridden() throws IOException {
        holds = holds.withPool("p", holds.pools().get("p").withSize(4));
        write(TEXT.replace("10s", "20s"));
        Change kept = new Change("pools.p.size", "4", "8", Kind.LIVE, Verdict.OVERRIDDEN, "resized to 4");
        assertEquals(List.of(new Change("drain.grace", "10s", "20s", Kind.LIVE, Verdict.APPLIED), kept), report(control.reload(false)).changes());
        assertEquals("1 change, 1 overridden", control.status().summary());
        assertEquals(List.of(kept), report(control.reload(true)).changes());
        assertEquals(List.of(kept), report(control.reload(false)).changes());
        assertEquals("nothing to change, 1 overridden", control.status().summary());
        assertEquals(4, holds.pools().get("p").size());
        write(TEXT.replace("size = 8", "size = 9"));
        List<Change> changes = report(control.reload(false)).changes();
        assertTrue(changes.contains(new Change("pools.p.size", "4", "9", Kind.LIVE, Verdict.OVERRIDDEN, "resized to 4")), changes.toString());
        assertEquals(4, holds.pools().get("p").size());
        holds = holds.withPool("p", holds.pools().get("p").withSize(9));
        write(TEXT.replace("size = 8", "size = 7"));
        report(control.reload(false));
        assertEquals(7, holds.pools().get("p").size());
    }

    @Test
    void aLevelThatAPersonSetIsOverriddenToo() {
        logs.getLogger("quiet").setLevel(Level.DEBUG);
        assertEquals(List.of(new Change("log.quiet", "DEBUG", "WARN", Kind.LIVE, Verdict.OVERRIDDEN, "set to DEBUG")),
                report(control.reload(false)).changes());
        assertEquals(Level.DEBUG, logs.getLogger("quiet").getLevel());
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
        assertEquals(List.of(comes), report(control.reload(true)).changes());
        assertEquals(List.of("applied"), report(control.reload(false)).changes().stream().map(Change::result).toList());
        assertEquals("pools: crew", control.entries().getLast().value());
        assertEquals(List.of(), report(control.reload(false)).changes());
        Files.delete(jar);
        Change goes = new Change("plugins.\"crew.jar\"", "pools: crew", "-", Kind.LIVE, Verdict.APPLIED);
        assertEquals(List.of(goes), report(control.reload(false)).changes());
        assertTrue(control.entries().stream().noneMatch(entry -> entry.key().startsWith("plugins.")));
    }

    @Test
    void aReloadThatTheServerRefusesNowIsAProblem() throws IOException {
        draining = true;
        write(TEXT.replace("10s", "20s"));
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
            draining = true;
            write(TEXT.replace("10s", "20s"));
            control.reloadChanged();
            int once = said.list.size();
            assertTrue(once > 0);
            assertEquals(before, control.seen());
            control.reloadChanged();
            assertEquals(once, said.list.size());
            draining = false;
            control.reloadChanged();
            assertTrue(said.list.getLast().getFormattedMessage().contains("event=reloaded cause=watch"), said.list.toString());
        } finally {
            logger.detachAppender(said);
        }
        assertEquals(Duration.ofSeconds(20), holds.drain().grace());
        assertEquals(control.seen().again(), control.seen());
    }

    @Test
    void aResizeDuringAReloadIsNotLost() throws Exception {
        Thread resizing = Thread.ofPlatform().unstarted(() -> control.resize("p", 4));
        planned = () -> {
            if (resizing.getState() == Thread.State.NEW) {
                resizing.start();
                await().until(() -> resizing.getState() == Thread.State.BLOCKED || !resizing.isAlive());
            }
        };
        write(TEXT.replace("10s", "20s"));
        control.reload(false);
        resizing.join();
        assertEquals(4, holds.pools().get("p").size());
        assertEquals(Duration.ofSeconds(20), holds.drain().grace());
    }

    @Test
    void manyReloadsThatAreAwaitedAreOne() {
        AtomicInteger plans = new AtomicInteger();
        planned = plans::incrementAndGet;
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
        write(TEXT.replace("10s", "20s"));
        control.reload(true);
        assertEquals(before, control.seen());
        control.reload(false);
        assertEquals(control.seen().again(), control.seen());
    }

    @Test
    void everyValueNamesItsSource() {
        holds = holds.withPool("p", holds.pools().get("p").withSize(4));
        Map<String, ConfigEntry> entries = control.entries().stream().collect(Collectors.toMap(ConfigEntry::key, Function.identity()));
        String file = Place.display(path);
        assertEquals(new ConfigEntry("pools.p.size", "4", "16", "8", ConfigEntries.SET_LIVE, "live"), entries.get("pools.p.size"));
        assertEquals(new ConfigEntry("pools.p.queue", "10", "1000", "10", file + ":2", "live"), entries.get("pools.p.queue"));
        assertEquals(new ConfigEntry("pools.p.type", "fixed", "fixed", "", "default", "restart"), entries.get("pools.p.type"));
        assertEquals(new ConfigEntry("listeners.web.bind", "127.0.0.1:0", "", "127.0.0.1:0", file + ":3", "rebind"),
                entries.get("listeners.web.bind"));
        assertEquals(new ConfigEntry("listeners.web.service.root", ".", "", ".", file + ":3", "rebind"),
                entries.get("listeners.web.service.root"));
        assertEquals(file + ":3", Objects.requireNonNull(entries.get("listeners.web.io.model")).source());
        assertEquals(new ConfigEntry("drain.spread", "3s", "0s", "", "command line", "live"), entries.get("drain.spread"));
        assertEquals(new ConfigEntry("log.quiet", "WARN", "", "WARN", file + ":5", "live"), entries.get("log.quiet"));
        assertEquals("default", Objects.requireNonNull(entries.get("listeners.web.timeouts.idle")).source());
    }

    private ReloadReport report(ReloadResult result) {
        return Objects.requireNonNull(result.report(), () -> result.problems().toString());
    }

    private void write(String text) throws IOException {
        Files.writeString(path, text);
    }

    /// A server of which only its configuration is real.
    private ServerControl server() {
        return (ServerControl) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ServerControl.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "config" -> holds;
                    case "plan" -> plan((ServerConfig) arguments[0]);
                    case "resize" -> resize((String) arguments[0], (Integer) arguments[1]);
                    case "apply" -> apply((ServerConfig) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private ReloadReport plan(ServerConfig next) {
        planned.run();
        return ConfigDiff.plan(holds, next);
    }

    private ResizeReport resize(String pool, int size) {
        int before = holds.pools().get(pool).size();
        holds = holds.withPool(pool, holds.pools().get(pool).withSize(size));
        return new ResizeReport(pool, before, size, 0);
    }

    private ReloadReport apply(ServerConfig next) {
        if (draining) {
            throw new IllegalStateException("it is draining");
        }
        ReloadReport plan = ConfigDiff.plan(holds, next);
        if (plan.refused()) {
            return plan;
        }
        holds = next;
        return plan.carriedOut();
    }
}
