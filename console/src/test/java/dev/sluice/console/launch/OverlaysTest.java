package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.sluice.api.IoModel;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.api.ResizeReport;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.ConfigControl.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is set while the server runs, on top of the file.
class OverlaysTest {

    private static final String TEXT = """
            sluice {
              pools {
                p { size = 8, queue = 10 }
                q { size = 2 }
              }
              listeners {
                web { bind = "127.0.0.1:0", protocol = wire, service { type = files, root = "." }, io = blocking, pool = p }
              }
              admin { http { bind = "127.0.0.1:0" } }
              drain { grace = 10s }
              log { some.part = WARN }
            }
            """;

    @TempDir
    private Path folder;

    private Controlled it;

    @BeforeEach
    void start() throws IOException {
        it = new Controlled(Files.writeString(folder.resolve("sluice.conf"), TEXT), new ConfigFile.Override("drain.spread", "3s"));
    }

    @AfterEach
    void stop() {
        it.close();
    }

    // ---- set ----

    @Test
    void aKeyIsSetAndTheTableSaysSo() {
        ReloadReport report = Controlled.report(it.set("drain.grace", "20s"));
        assertEquals(List.of(new Change("drain.grace", "10s", "20s", Kind.LIVE, Verdict.APPLIED)), report.changes());
        assertEquals(Duration.ofSeconds(20), it.holds.drain().grace());
    }

    @Test
    void aDryRunOnlySays() {
        ReloadReport report = Controlled.report(it.control.set(new Setting("sluice.pools.p.size", "4", "ann", null), true));
        assertEquals(List.of(new Change("pools.p.size", "8", "4", Kind.LIVE, Verdict.PLANNED)), report.changes());
        assertEquals(8, it.size("p"));
        assertEquals(List.of(), it.control.settings());
    }

    @Test
    void itWinsOverTheCommandLineToo() {
        Controlled.report(it.set("drain.spread", "5s"));
        assertEquals(Duration.ofSeconds(5), it.holds.drain().spread());
        it.control.unset("drain.spread", false);
        assertEquals(Duration.ofSeconds(3), it.holds.drain().spread());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        pools.p.sise             | 4    | set by ann: pools.p.sise is not known; did you mean size?
        pools.p.size             | 0    | set by ann: pools.p.size is 0, but must be from 1 to 1000000
        pools.p.size             | many | set by ann: pools.p.size is many, but must be a whole number
        pols.p.size              | 4    | set by ann: pols is not known; did you mean pools?
        pools.r.size             | 4    | set by ann: pools.r.size is of a pool that is not there; did you mean p? (pools are added in the file)
        listeners.wep.pool       | p    | set by ann: listeners.wep.pool is of a listener that is not there; did you mean web? (listeners
        listeners.web.pool       | pp   | set by ann: listeners.web.pool is pp, but there is no such pool; did you mean p?
        pools.admin.size         | 4    | set by ann: pools.admin.size is of a pool that is not there; known are p, q (pools are added in the file)
        admin.http.bind          | :1   | set by ann: admin.http.bind is of the admin listener, which only the file changes
        pools.p                  | 4    | set by ann: pools.p has keys of its own; set one of those, such as pools.p.size
        pools                    | 4    | set by ann: pools has keys of its own; set one of those, such as pools.p.size
        listeners.web            | 4    | set by ann: listeners.web has keys of its own; set one of those, such as listeners.web.pool
        drain                    | 4s   | set by ann: drain is 4s, but must be an object: drain { … }
        drain                    | {}   | set by ann: drain takes one value at a time: set the keys in { … } one by one
        listeners.web.service.rot| x    | set by ann: listeners.web.service.rot is not known to files; did you mean root?
        listeners.web.io.loops   | 2    | set by ann: listeners.web.io.loops is not known; known are model
        log.some.part            | LOUD | set by ann: log.some.part is LOUD, but must be one of TRACE, DEBUG, INFO, WARN, ERROR, OFF
        drain.grace              | 10   | set by ann: drain.grace is 10, but must be a time with its unit, such as 500ms, 10s or 5m
        drain..grace             | 10s  | set by ann: drain..grace is no key
        """)
    void whatCannotBeSetIsRefusedLikeInAFile(String key, String value, String problem) {
        ReloadResult result = it.set(key, value);
        assertTrue(Controlled.problem(result).startsWith(problem), Controlled.problem(result));
        assertEquals(List.of(), it.control.settings());
        assertEquals(8, it.size("p"));
    }

    @Test
    void aKeyThatNeedsARestartIsRefusedByThePlan() {
        ReloadReport report = Controlled.report(it.set("name", "other"));
        assertTrue(report.refused());
        assertEquals("name", report.changes().getFirst().key());
        assertEquals(List.of(), it.control.settings());
    }

    @Test
    void theFileIsNotReadForIt() throws IOException {
        it.write("this is no configuration {");
        Controlled.report(it.set("pools.p.size", "4"));
        it.write(TEXT.replace("queue = 10", "queue = 11"));
        Controlled.report(it.set("pools.p.size", "5"));
        assertEquals(10, Objects.requireNonNull(it.holds.pools().get("p")).queue());
        Controlled.report(it.control.unset("pools.p.size", false));
        assertEquals(8, it.size("p"));
        assertEquals(10, Objects.requireNonNull(it.holds.pools().get("p")).queue());
    }

    @Test
    void theShortFormAndTheFullOneBothWork() {
        assertEquals("listeners.web.io.model", Controlled.report(it.set("listeners.web.io", "duplex")).changes().getFirst().key());
        assertEquals("duplex", io().name());
        Controlled.report(it.set("listeners.web.io.threads", "platform"));
        assertEquals("duplex", io().name());
        assertTrue(io().toString().contains("PLATFORM"), io().toString());
        Controlled.report(it.set("listeners.web.io", "event-loop"));
        assertEquals(List.of("listeners.web.io"), it.control.settings());
        Controlled.report(it.set("listeners.web.io.model", "blocking"));
        assertEquals("blocking", io().name());
        it.control.unset("listeners.web.io.model", false);
        assertEquals("event-loop", io().name());
        it.control.unset("listeners.web.io.model", false);
        assertEquals("blocking", io().name());
    }

    private IoModel io() {
        return Objects.requireNonNull(it.holds.listeners().get("web")).io();
    }

    @Test
    void aSettingOfAServiceIsOneKeyInTheTable() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Change change = Controlled.report(it.set("listeners.web.service.root", other.toString())).changes().getFirst();
        assertEquals(new Change("listeners.web.service.root", ".", other.toString(), Kind.REBIND, Verdict.APPLIED), change);
        // What has nothing to do with it makes no new service.
        assertEquals(1, Controlled.report(it.set("pools.p.size", "3")).changes().size());
        Controlled.report(it.control.unset("listeners.web.service.root", false));
        assertEquals(0, Controlled.report(it.control.reload(true)).changes().stream()
                .filter(row -> row.verdict() != Verdict.OVERRIDDEN).count());
    }

    @Test
    void aListAndAnAddressNeedNoQuotes() {
        Controlled.report(it.set("listeners.web.bind", "[127.0.0.1:1, [::1]:2]"));
        assertEquals("127.0.0.1:1, [0:0:0:0:0:0:0:1]:2", it.entry("listeners.web.bind").value());
        Controlled.report(it.set("listeners.web.bind", "127.0.0.1:3"));
        assertEquals("127.0.0.1:3", it.entry("listeners.web.bind").value());
        Controlled.report(it.set("limits.connections", "  77 "));
        assertEquals(77, it.holds.limits().connections());
        Controlled.report(it.set("listeners.web.limits.line", "9 KiB"));
        assertEquals("9KiB", it.entry("listeners.web.limits.line").value());
    }

    @Test
    void theLevelOfALoggerIsSetHoweverItsNameIsWritten() {
        assertEquals(List.of(new Change("log.some.part", "WARN", "DEBUG", Kind.LIVE, Verdict.APPLIED)),
                Controlled.report(it.set("log.some.part", "debug")).changes());
        assertEquals(Level.DEBUG, it.logs.getLogger("some.part").getLevel());
        Controlled.report(it.set("log.\"some\"", "ERROR"));
        assertEquals(Level.ERROR, it.logs.getLogger("some").getLevel());
        assertEquals(Level.DEBUG, it.logs.getLogger("some.part").getLevel());
        Controlled.report(it.set("log.root", "ERROR"));
        assertEquals(Level.ERROR, it.logs.getLogger("ROOT").getLevel());
        assertEquals(List.of("log.some.part", "log.some", "log.ROOT"), it.control.settings());
        Controlled.report(it.control.unset("log.some.part", false));
        assertEquals(Level.WARN, it.logs.getLogger("some.part").getLevel());
    }

    @Test
    void aReferenceInTheFileFollowsWhatIsSet() throws IOException {
        it.write(TEXT.replace("queue = 10", "queue = ${sluice.pools.q.size}"));
        Controlled.report(it.control.reload(false));
        List<String> keys = Controlled.report(it.set("pools.q.size", "6")).changes().stream().map(Change::key).toList();
        assertEquals(List.of("pools.p.queue", "pools.q.size"), keys);
    }

    @Test
    void whatHoldsAlreadyCanBeSetAndThenStays() throws IOException {
        assertEquals(List.of(), Controlled.report(it.set("pools.p.size", "8")).changes());
        it.write(TEXT.replace("size = 8", "size = 9"));
        Change row = Controlled.report(it.control.reload(false)).changes().getFirst();
        assertEquals("overridden: set to 8 by ann", row.result());
        assertEquals(8, it.size("p"));
    }

    // ---- unset ----

    @Test
    void unsetGoesBackToTheFile() {
        it.set("drain.grace", "20s");
        assertEquals(List.of(new Change("drain.grace", "20s", "10s", Kind.LIVE, Verdict.PLANNED)),
                Controlled.report(it.control.unset("drain.grace", true)).changes());
        assertEquals(List.of(new Change("drain.grace", "20s", "10s", Kind.LIVE, Verdict.APPLIED)),
                Controlled.report(it.control.unset("sluice.drain.grace", false)).changes());
        assertEquals(Duration.ofSeconds(10), it.holds.drain().grace());
        assertEquals("drain.grace is not set, nor is anything else",
                assertThrows(IllegalArgumentException.class, () -> it.control.unset("drain.grace", false)).getMessage());
        it.set("drain.grace", "20s");
        assertEquals("drain.grase is not set; did you mean drain.grace?",
                assertThrows(IllegalArgumentException.class, () -> it.control.unset("drain.grase", false)).getMessage());
    }

    @Test
    void whatAnotherNeedsCannotBeUnsetBeforeIt() {
        Controlled.report(it.set("listeners.web.io", "duplex"));
        Controlled.report(it.set("listeners.web.io.threads", "platform"));
        assertEquals("set by ann: listeners.web.io.threads is not known; known are model",
                Controlled.problem(it.control.unset("listeners.web.io", false)));
        assertEquals("duplex", io().name());
    }

    // ---- for a time ----

    @Test
    void itGoesBackWhenItsTimeIsOver() {
        it.set("drain.grace", "20s", Duration.ofMinutes(10));
        it.set("pools.p.size", "4", Duration.ofMinutes(20));
        it.pass(Duration.ofMinutes(10).minusNanos(1));
        it.control.expire();
        assertEquals(Duration.ofSeconds(20), it.holds.drain().grace());
        it.pass(Duration.ofNanos(1));
        it.control.expire();
        assertEquals(Duration.ofSeconds(10), it.holds.drain().grace());
        assertEquals(List.of("pools.p.size"), it.control.settings());
        it.pass(Duration.ofMinutes(10));
        it.control.expire();
        assertEquals(8, it.size("p"));
    }

    @Test
    void aSecondSetTakesThePlaceOfTheFirstAndOfItsTime() {
        it.set("pools.p.size", "4", Duration.ofMinutes(10));
        it.set("pools.p.size", "5");
        it.pass(Duration.ofHours(1));
        it.control.expire();
        assertEquals(5, it.size("p"));
        it.set("pools.p.size", "6", Duration.ofMinutes(10));
        it.pass(Duration.ofMinutes(10));
        it.control.expire();
        assertEquals(5, it.size("p"), "that of the set before, which has no end");
        assertEquals("set by ann", it.entry("pools.p.size").source());
    }

    @Test
    void unsetTakesAllOfAKey() {
        it.set("pools.p.size", "5");
        it.set("pools.p.size", "6", Duration.ofMinutes(10));
        assertEquals(List.of("pools.p.size"), it.control.settings());
        it.control.unset("pools.p.size", false);
        assertEquals(8, it.size("p"));
        assertEquals(List.of(), it.control.settings());
    }

    @Test
    void whatCannotGoBackNowDoesLater() {
        it.set("drain.grace", "20s", Duration.ofMinutes(10));
        it.draining = true;
        it.pass(Duration.ofMinutes(11));
        it.control.expire();
        it.control.expire();
        assertEquals(Duration.ofSeconds(20), it.holds.drain().grace());
        assertEquals(List.of("drain.grace"), it.control.settings());
        it.draining = false;
        it.control.expire();
        assertEquals(Duration.ofSeconds(10), it.holds.drain().grace());
    }

    @Test
    void oneThatCannotGoBackDoesNotHoldUpAnother() {
        it.set("drain.grace", "20s", Duration.ofMinutes(10));
        it.set("pools.p.size", "4", Duration.ofMinutes(10));
        it.draining = true;
        it.pass(Duration.ofMinutes(10));
        it.control.expire();
        assertEquals(8, it.size("p"));
        assertEquals(List.of("drain.grace"), it.control.settings());
    }

    // ---- resize ----

    @Test
    void aResizeIsAnOverlayAndWorksDuringADrain() {
        it.draining = true;
        assertEquals(4, it.control.resize("p", 4, "ann", Duration.ofMinutes(1)).now());
        assertEquals(List.of("pools.p.size"), it.control.settings());
        assertEquals(4, it.size("p"));
        Controlled.report(it.set("pools.p.size", "5"));
        Controlled.report(it.control.unset("pools.p.size", false));
        assertEquals(List.of("p=4", "p=5", "p=8"), it.resized);
        assertTrue(Controlled.problem(it.set("pools.p.queue", "5")).endsWith("cannot be applied: it is draining"));
        assertEquals(List.of(), it.control.settings());
    }

    @Test
    void aResizeChangesWhatTakesItsValueFromTheSizeToo() throws IOException {
        it.write(it.text().replace("queue = 10", "queue = ${sluice.pools.p.size}"));
        Controlled.report(it.control.reload(false));
        ResizeReport report = it.control.resize("p", 4, "ann", null);
        assertEquals(List.of(8, 4), List.of(report.before(), report.now()));
        assertEquals(4, it.holds.pools().get("p").queue());
    }

    @Test
    void whatIsSetWithoutEffectIsShown() throws IOException {
        it.write(it.text().replace("io = blocking", "timeouts { idle = 7s }, io = blocking"));
        Controlled.report(it.control.reload(false));
        assertEquals(List.of(), Controlled.report(it.set("timeouts.idle", "9s")).changes());
        assertEquals("9s", it.entry("timeouts.idle").value());
        assertTrue(it.entry("timeouts.idle").source().startsWith("set by ann"), it.entry("timeouts.idle").source());
    }

    @Test
    void aSecretIsShownNowhere() throws IOException {
        it.write(it.text().replace("root = \".\"", "root = \".\", password = old-one"));
        Change first = Controlled.report(it.control.reload(false)).changes().getFirst();
        assertEquals(List.of("listeners.web.service.password", "-", "(hidden)"), List.of(first.key(), first.before(), first.after()));
        Change set = Controlled.report(it.set("listeners.web.service.password", "new-one")).changes().getFirst();
        assertEquals(List.of("(hidden)", "(hidden)"), List.of(set.before(), set.after()));
        assertEquals("(hidden)", it.entry("listeners.web.service.password").value());
        SaveResult planned = it.control.save(true);
        assertEquals("", planned.problem());
        String said = planned.toString() + it.control.entries() + it.control.reload(false);
        assertFalse(said.contains("new-one") || said.contains("old-one"), said);
        assertTrue(planned.toString().contains("password = (hidden)"), planned.toString());
    }

    @Test
    void anAddressThatAdminHasIsNotBlamedOnAdmin() throws IOException {
        it.write(it.text().replace("admin { http { bind = \"127.0.0.1:0\" } }", "admin { http { bind = \"127.0.0.1:9999\" } }"));
        Controlled.report(it.control.reload(false));
        assertEquals("set by ann: listeners.web.bind is 127.0.0.1:9999, which is the address of admin already",
                Controlled.problem(it.set("listeners.web.bind", "127.0.0.1:9999")));
        assertEquals("set by ann: listeners.web.bind is empty, but a listener needs at least one address",
                Controlled.problem(it.set("listeners.web.bind", "[]")));
    }

    @Test
    void aSizeThatCannotBeIsRefusedAsInTheFile() {
        assertEquals("pools.p.size is 2000000, but must be from 1 to 1000000",
                assertThrows(IllegalArgumentException.class, () -> it.control.resize("p", 2_000_000, "ann", null)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> it.control.resize("admin", 3, "ann", null));
        assertEquals(8, it.size("p"));
    }

    // ---- reload ----

    @Test
    void aReloadLeavesWhatIsSetOnTop() throws IOException {
        it.set("pools.p.size", "4", Duration.ofMinutes(10));
        it.write(TEXT.replace("size = 8", "size = 9").replace("10s", "11s"));
        Change kept = new Change("pools.p.size", "4", "9", Kind.LIVE, Verdict.OVERRIDDEN, "set to 4 by ann until " + clock(600));
        assertEquals(List.of(new Change("drain.grace", "10s", "11s", Kind.LIVE, Verdict.APPLIED), kept),
                Controlled.report(it.control.reload(false)).changes());
        assertEquals(4, it.size("p"));
        it.pass(Duration.ofMinutes(10));
        it.control.expire();
        assertEquals(9, it.size("p"));
    }

    @Test
    void aReloadWhoseFileSaysTheSameOverridesNothing() throws IOException {
        it.set("pools.p.size", "4");
        it.write(TEXT.replace("size = 8", "size = 4"));
        assertEquals(List.of(), Controlled.report(it.control.reload(false)).changes());
        assertEquals("set by ann", it.entry("pools.p.size").source());
    }

    @Test
    void whatIsSetForAPoolThatGoesIsDropped() throws IOException {
        it.set("pools.q.size", "5");
        it.set("pools.p.size", "4");
        it.write(TEXT.replace("q { size = 2 }", ""));
        List<Change> rows = Controlled.report(it.control.reload(true)).changes();
        assertTrue(rows.contains(new Change("pools.q.size", "5", "-", Kind.LIVE, Verdict.PLANNED,
                "set to 5 by ann, dropped as the file no longer has its pool")), rows.toString());
        assertEquals(2, it.control.settings().size());
        rows = Controlled.report(it.control.reload(false)).changes();
        assertTrue(rows.stream().anyMatch(row -> row.key().equals("pools.q.size") && row.verdict() == Verdict.APPLIED), rows.toString());
        assertEquals(List.of("pools.p.size"), it.control.settings());
    }

    @Test
    void whatIsSetAndDoesNotFitTheNewFileRefusesItAndIsNamed() throws IOException {
        it.set("pools.p.size", "4");
        it.set("listeners.web.io.model", "event-loop");
        it.set("listeners.web.io.loops", "2");
        it.write(TEXT.replace("io = blocking", "io { model = duplex, threads = platform }"));
        ReloadResult result = it.control.reload(false);
        assertNull(result.report());
        assertEquals("set by ann: listeners.web.io.model is event-loop, which the file has no room for any more: "
                + "unset listeners.web.io.model, or change the file", Controlled.problem(result));
        assertTrue(result.problems().stream().anyMatch(problem -> problem.key().equals("listeners.web.io.threads")), result.toString());
        assertFalse(result.problems().stream().anyMatch(problem -> problem.key().startsWith("pools")), result.toString());
        assertEquals("event-loop", io().name());
        it.control.unset("listeners.web.io.loops", false);
        it.control.unset("listeners.web.io.model", false);
        Awaitility.await("the file that was refused holds").until(() -> !it.control.status().lastFailed());
        assertEquals("duplex", io().name());
    }

    // ---- show config ----

    @Test
    void everyValueNamesWhoSetItAndWhatTheFileSays() {
        it.set("pools.p.size", "4", Duration.ofMinutes(10));
        it.set("drain.spread", "5s");
        it.set("listeners.web.io", "duplex", Duration.ofDays(2));
        it.set("log.some.part", "DEBUG");
        assertEquals("set by ann until " + clock(600), it.entry("pools.p.size").source());
        assertEquals("8", it.entry("pools.p.size").inFile());
        assertEquals("16", it.entry("pools.p.size").byDefault());
        assertEquals("set by ann", it.entry("drain.spread").source());
        assertEquals("", it.entry("drain.spread").inFile());
        assertTrue(it.entry("listeners.web.io.model").source().matches("set by ann until 1970-01-0\\d \\d\\d:\\d\\d:\\d\\d"),
                it.entry("listeners.web.io.model").source());
        assertEquals("blocking", it.entry("listeners.web.io.model").inFile());
        assertEquals("set by ann", it.entry("log.some.part").source());
        assertEquals("WARN", it.entry("log.some.part").inFile());
        it.set("timeouts.idle", "7s", Duration.ofMinutes(10));
        assertEquals("7s", it.entry("listeners.web.timeouts.idle").value());
        assertEquals("set by ann until " + clock(600), it.entry("listeners.web.timeouts.idle").source());
        it.logs.getLogger("some.part").setLevel(Level.INFO);
        assertEquals(ConfigEntries.SET_LIVE, it.entry("log.some.part").source());
    }

    @Test
    void aVariableOfTheEnvironmentIsNamed() throws IOException {
        it.write(TEXT.replace("protocol = wire", "protocol { name = wire, charset = \"x\"${sluice.name} }") + """
                sluice.name = ${?PATH}
                sluice.pools.p.queue = ${?SLUICE_NOT_SET}
                """);
        try (Controlled other = new Controlled(it.path)) {
            assertEquals("env PATH", other.entry("name").source());
            assertEquals("env PATH", other.entry("listeners.web.protocol.charset").source());
            assertTrue(other.entry("pools.p.queue").source().endsWith("sluice.conf:3"), other.entry("pools.p.queue").source());
        }
    }

    private String clock(long second) {
        return DateTimeFormatter.ofPattern("HH:mm:ss").format(it.now.get().plusSeconds(second).atZone(ZoneId.systemDefault()));
    }
}
