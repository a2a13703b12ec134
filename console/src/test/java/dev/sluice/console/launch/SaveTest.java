package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ServerConfig;
import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.ConfigControl.SavedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is set gets into the file.
class SaveTest {

    private static final String TEXT = """
            # What this machine serves.
            sluice {
              pools { p { size = 8, queue = 10 } }   # mind the 8
              listeners {
                web {
                  bind = "127.0.0.1:0"
                  protocol = wire
                  service { type = files, root = "." }
                  io = blocking    # or duplex
                  pool = p
                }
              }
              // as it was agreed
              drain { grace = 10s }
              log {
                # "dev.sluice" = DEBUG
              }
            }
            """;

    @TempDir
    private Path folder;

    private final List<Controlled> all = new ArrayList<>();

    @AfterEach
    void stop() {
        all.forEach(Controlled::close);
    }

    private Controlled start(String text, ConfigFile.Override... overrides) throws IOException {
        return start(Files.writeString(folder.resolve("sluice.conf"), text), overrides);
    }

    private Controlled start(Path path, ConfigFile.Override... overrides) {
        Controlled it = new Controlled(path, overrides);
        all.add(it);
        return it;
    }

    private static SaveResult save(Controlled it) {
        SaveResult result = it.control.save(false);
        assertEquals("", result.problem());
        return result;
    }

    @Test
    void theFileSaysWhatWasSetAndIsOtherwiseTheSame() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "9");
        it.set("listeners.web.io.model", "duplex");
        it.set("listeners.web.timeouts.idle", "5s");
        it.set("log.dev.sluice", "WARN");
        ServerConfig held = it.holds;
        SaveResult result = save(it);
        assertEquals(TEXT.replace("size = 8", "size = 9").replace("io = blocking", "io = duplex")
                .replace("      pool = p\n", "      pool = p\n      timeouts { idle = 5s }\n")
                .replace("DEBUG\n", "DEBUG\n    \"dev.sluice\" = WARN\n"), it.text());
        assertEquals(TEXT, Files.readString(folder.resolve("sluice.conf.bak")));
        assertEquals(new SavedKey("pools.p.size", "8", "9", true, false, "saved"), result.keys().getFirst());
        assertEquals(Place.display(folder.resolve("sluice.conf.bak")), result.backup());
        assertEquals(held, it.holds);
        assertEquals(values(it), values(start(it.path)));
    }

    @Test
    void afterwardsNothingIsSetAndThereIsNothingToReload() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "9");
        save(it);
        assertEquals(List.of(), it.control.settings());
        assertTrue(it.entry("pools.p.size").source().endsWith("sluice.conf:3"), it.entry("pools.p.size").source());
        assertEquals(it.control.seen().again(), it.control.seen());
        it.control.reloadChanged();
        assertEquals(null, it.control.status().lastReload());
        assertEquals(List.of(), Controlled.report(it.control.reload(true)).changes());
        it.pass(Duration.ofHours(1));
        it.control.expire();
        assertEquals(9, it.size("p"));
        assertEquals(List.of(), save(it).keys());
    }

    @Test
    void aDryRunShowsTheLinesAndWritesNothing() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "9");
        it.set("drain.spread", "1s");
        SaveResult result = it.control.save(true);
        assertEquals(List.of(
                "3-   pools { p { size = 8, queue = 10 } }   # mind the 8",
                "3+   pools { p { size = 9, queue = 10 } }   # mind the 8",
                "14-   drain { grace = 10s }",
                "14+   drain { grace = 10s, spread = 1s }"), result.lines());
        assertEquals(List.of("planned", "planned"), result.keys().stream().map(SavedKey::result).toList());
        assertEquals("", result.backup());
        assertEquals(TEXT, it.text());
        assertEquals(2, it.control.settings().size());
        assertFalse(Files.exists(folder.resolve("sluice.conf.bak")));
    }

    @Test
    void aFileThatWasEditedMeanwhileIsLeftAlone() throws IOException {
        Controlled it = start(TEXT + "sluice { include \"more\" }\n");
        it.set("pools.p.size", "9");
        Files.writeString(folder.resolve("more.conf"), "drain.spread = 1s\n");
        assertTrue(it.control.save(false).problem().endsWith("has been edited since it was last applied: reload first"));
        assertEquals(TEXT + "sluice { include \"more\" }\n", it.text());
        it.control.reload(false);
        save(it);
        assertEquals(TEXT.replace("size = 8", "size = 9") + "sluice { include \"more\" }\n", it.text());
    }

    @Test
    void whatTheFileSaysAlreadyIsNoLongerSetAndNothingIsWritten() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "8");
        SaveResult result = save(it);
        assertTrue(result.keys().getFirst().saved());
        assertEquals("", result.backup());
        assertEquals(List.of(), it.control.settings());
        assertTrue(it.entry("pools.p.size").source().endsWith("sluice.conf:3"), it.entry("pools.p.size").source());
        assertEquals(Set.of("sluice.conf"), names(folder));
    }

    // ---- what the file cannot say ----

    @Test
    void whatHasAnEndStaysSetWithWhatItHidesAndGoesBackByItself() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "9");
        it.set("pools.p.size", "12", Duration.ofMinutes(10));
        it.set("drain.grace", "5s");
        List<SavedKey> keys = save(it).keys();
        assertEquals(TEXT.replace("grace = 10s", "grace = 5s"), it.text());
        SavedKey timed = keys.stream().filter(key -> key.key().equals("pools.p.size")).findFirst().orElseThrow();
        assertTrue(timed.timed() && !timed.saved() && timed.result().contains("goes back by itself"), timed::toString);
        assertEquals(12, it.size("p"));
        assertEquals(List.of("pools.p.size"), it.control.settings());
    }

    @Test
    void whatTheCommandLineWinsStaysSetAndIsNamed() throws IOException {
        Controlled it = start(TEXT, new ConfigFile.Override("pools.p.size", "7"));
        it.set("pools.p.size", "9");
        it.set("drain.grace", "5s");
        List<SavedKey> keys = save(it).keys();
        assertEquals("stays set by ann: --set on the command line wins over the file", keys.getFirst().result());
        assertFalse(keys.getFirst().saved());
        assertTrue(keys.getLast().saved());
        assertEquals(TEXT.replace("grace = 10s", "grace = 5s"), it.text());
        assertEquals(List.of("pools.p.size"), it.control.settings());
        assertEquals(9, it.size("p"));
    }

    @Test
    void whatAVariableGivesStaysSet() throws IOException {
        Controlled it = start(TEXT.replace("grace = 10s", "grace = 10s\n    queued = ${?SLUICE_NOT_SET}")
                .replace("\".\"", "${HOME}"));
        it.set("listeners.web.service.root", folder.toString());
        it.set("drain.queued", "refuse");
        List<SavedKey> keys = save(it).keys();
        assertTrue(keys.getFirst().result().contains("the file takes its value from env HOME, at "), keys.toString());
        assertTrue(it.text().contains("queued = refuse\n    queued = ${?SLUICE_NOT_SET}"), it.text());
    }

    @Test
    void whatAnIncludeSaysLaterStaysSetUnlessTheFileCanComeLaterStill() throws IOException {
        Files.writeString(folder.resolve("more.conf"), "size = 6\n");
        Controlled it = start(TEXT.replace("size = 8, queue = 10", "size = 8\n include \"more\"\n"));
        assertEquals(6, it.size("p"));
        it.set("pools.p.size", "9");
        assertTrue(save(it).keys().getFirst().saved());
        assertEquals(9, start(it.path).size("p"));
        assertEquals("size = 6\n", Files.readString(folder.resolve("more.conf")));
    }

    @Test
    void aValueThatAnotherRefersToIsSavedWithIt() throws IOException {
        Controlled it = start(TEXT.replace("queue = 10", "queue = ${sluice.pools.p.size}"));
        it.set("pools.p.size", "9");
        assertTrue(save(it).keys().getFirst().saved());
        assertEquals(9, start(it.path).holds.pools().get("p").queue());
    }

    @Test
    void whatWouldChangeSomethingElseTooStaysSet() throws IOException {
        Controlled it = start(TEXT.replace("size = 8", "size = ${base}").replace("sluice {", "sluice { pools.q { size = ${base} }")
                .replace("${base}", "${sluice.limits.connections}") + "sluice.limits.connections = 8\n");
        it.set("pools.p.size", "9");
        save(it);
        assertTrue(it.text().contains("size = 9, queue"), it.text());
        assertEquals(8, start(it.path).size("q"));
    }

    @Test
    void aDryRunSaysThatTheBackupHasNoRoom() throws IOException {
        Controlled it = start(TEXT);
        Path backup = Files.createDirectory(folder.resolve("sluice.conf.bak"));
        it.set("pools.p.size", "9");
        String problem = it.control.save(true).problem();
        assertTrue(problem.contains(backup.getFileName() + ", where the old one would be kept, is a folder"), problem);
        assertEquals(problem, it.control.save(false).problem());
    }

    @Test
    void whatHasBecomeOfTheFileIsSaid() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "9");
        Files.delete(it.path);
        assertEquals("it cannot be read: there is no such file: reload first", it.control.save(false).problem());
    }

    // ---- how it is written ----

    @Test
    void aLinkIsFollowedAndThePermissionsStay() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.writeString(real.resolve("it.conf"), TEXT + "include \"beside\"\n");
        Files.writeString(folder.resolve("beside.conf"), "sluice.name = beside\n");
        Files.setPosixFilePermissions(real.resolve("it.conf"), PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("sluice.conf"), Path.of("real/it.conf"));
        Controlled it = start(link);
        assertEquals("beside", it.holds.name());
        it.set("pools.p.size", "9");
        save(it);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(TEXT.replace("size = 8", "size = 9") + "include \"beside\"\n", it.text());
        for (String name : List.of("it.conf", "it.conf.bak")) {
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(real.resolve(name))));
        }
        assertEquals(Set.of("it.conf", "it.conf.bak"), names(real));
    }

    @Test
    void aFailureLeavesTheFileAndWhatIsSet() throws IOException {
        Controlled it = start(TEXT);
        it.set("pools.p.size", "9");
        Files.createDirectories(folder.resolve("sluice.conf.bak/full"));
        assertTrue(it.control.save(false).problem().startsWith("the file cannot be written: "), it.control.save(false).problem());
        assertEquals(TEXT, it.text());
        assertEquals(Set.of("sluice.conf", "sluice.conf.bak"), names(folder));
        assertEquals(List.of("pools.p.size"), it.control.settings());
        assertEquals(9, it.size("p"));
    }

    @Test
    void aTextThatIsNotUtf8IsLeftAlone() throws IOException {
        Path path = Files.write(folder.resolve("sluice.conf"), (TEXT + "# \u00e9\n").getBytes(StandardCharsets.ISO_8859_1));
        Controlled it = start(path);
        it.set("pools.p.size", "9");
        assertEquals("the file is not in UTF-8", it.control.save(false).problem());
    }

    @Test
    void whoeverReadsTheFileMeanwhileFindsItWhole() throws Exception {
        Controlled it = start(TEXT);
        Set<String> found = ConcurrentHashMap.newKeySet();
        AtomicBoolean done = new AtomicBoolean();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                found.add(new String(FileContents.read(it.path).orElseThrow().array(), StandardCharsets.UTF_8));
            }
        });
        for (int size = 100; size < 115; size++) {
            it.set("pools.p.size", Integer.toString(size));
            save(it);
        }
        done.set(true);
        reader.join();
        found.removeIf(text -> text.replaceAll("size = \\d+", "size = 8").equals(TEXT));
        assertEquals(Set.of(), found);
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return Set.copyOf(files.map(file -> file.getFileName().toString()).toList());
        }
    }

    // ---- whatever is set ----

    private static final Map<String, List<String>> VALUES = Map.ofEntries(
            Map.entry("pools.p.size", List.of("8", "9", "1000")),
            Map.entry("pools.p.when-full", List.of("wait", "refuse")),
            Map.entry("listeners.web.io", List.of("blocking", "duplex", "event-loop")),
            Map.entry("listeners.web.io.model", List.of("duplex", "event-loop")),
            Map.entry("listeners.web.io.loops", List.of("1", "2")),
            Map.entry("listeners.web.bind", List.of("127.0.0.1:1", "[127.0.0.1:2, 127.0.0.1:3]")),
            Map.entry("listeners.web.pool", List.of("q", "p")),
            Map.entry("listeners.web.protocol", List.of("wire", "other")),
            Map.entry("listeners.web.protocol.charset", List.of("UTF-8", "two words")),
            Map.entry("listeners.web.service", List.of("echo", "shout")),
            Map.entry("listeners.web.service.depth", List.of("2", "3")),
            Map.entry("listeners.web.limits.line", List.of("9 KiB", "1024")),
            Map.entry("listeners.web.timeouts.idle", List.of("5s", "1m")),
            Map.entry("limits.connections", List.of("77", "78")),
            Map.entry("drain.queued", List.of("run", "refuse")),
            Map.entry("log.some.part", List.of("DEBUG", "OFF")),
            Map.entry("log.root", List.of("WARN", "INFO")));

    private static final List<String> FILES = List.of(
            TEXT.replace("# mind", "\n  pools.q = {}\n # mind"),
            """
            sluice.pools { p = { size : 8 }, q {} }
            sluice.log { some.part = INFO, root = WARN }
            sluice.listeners.web = { bind = [":1", ":2"], protocol { name = wire }, io { model = event-loop, loops = 2 }
              service = files, pool = p, limits {
                line = 1 KiB // one
              } }
            """,
            """
            {
              "sluice": {
                "pools": { "p": { "size": 8 }, "q": {} },
                "listeners": {
                  "web": { "bind": "127.0.0.1:0", "protocol": "wire", "service": { "type": "echo" }, "pool": "p" }
                }
              }
            }
            """.replace("\n", "\r\n"));

    @RepeatedTest(60)
    void theFileReadAgainIsWhatHeldWhateverWasSet(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        Controlled it = start(FILES.get(random.nextInt(FILES.size())));
        List<String> keys = VALUES.keySet().stream().sorted().toList();
        for (int i = 0; i < 6; i++) {
            String key = keys.get(random.nextInt(keys.size()));
            List<String> values = VALUES.get(key);
            it.set(key, values.get(random.nextInt(values.size()))); // some do not fit together, and are refused
        }
        List<String> set = it.control.settings();
        SaveResult result = save(it);
        assertTrue(result.keys().stream().allMatch(SavedKey::saved), () -> result.keys().toString());
        assertEquals(set, result.keys().stream().map(SavedKey::key).toList());
        Controlled again = start(it.path);
        assertEquals(values(it), values(again));
        for (String name : List.of("some.part", "ROOT")) {
            assertEquals(it.logs.getLogger(name).getLevel(), again.logs.getLogger(name).getLevel());
        }
    }

    /// Services of two readings are never equal, but their keys are.
    private static List<String> values(Controlled it) {
        return it.control.entries().stream().map(entry -> entry.key() + "=" + entry.value()).toList();
    }
}
