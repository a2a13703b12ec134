package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ConfigKeys;
import dev.sluice.api.PoolProvider;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServiceProvider;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import dev.sluice.reload.ConfigDiff;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No file makes the reading of it fail: it can be used, or each thing that is wrong with it is said.
///
/// Another seed, and more files: `-Dsluice.fuzz-seed=7 -Dsluice.fuzz-cases=1000000`.
class ConfigFuzzTest {

    private static final long SEED = Long.getLong("sluice.fuzz-seed", 20_261_122);
    private static final int CASES = Integer.getInteger("sluice.fuzz-cases", 2_000);

    /// What is wrong with a file as a whole has no line; nor has anything in a file of properties, where the library counts none.
    private static final List<String> OF_THE_WHOLE = List.of("is missing", "is empty", "cannot be read: it is nested too deeply");

    private static final String EVERYTHING = """
            sluice {
              name = edge
              pools { workers { type = work-stealing, size = 8, queue = 5, when-full = wait }, mine { type = elastic, spare = 2 } }
              listeners {
                web {
                  bind = [":8080", "unix:run/web.sock"], protocol { name = line, charset = ISO-8859-1 }
                  service { type = echo }, io { model = duplex, threads = platform }, pool = workers
                  limits { connections = 7, per-address = 6, pipelined = 5, line = 4 KiB, head = 16k, body = 2M, request = 3 MiB }
                  timeouts { idle = 1m, head = 2s, body = 3s, handler = 4s, write = 1500ms, linger = 0 }
                  keep-alive { max-requests = 9, max-age = 1h, pressure-idle = 2s }
                  tcp { backlog = 11, no-delay = false, keep-alive = off, reuse-port = on }
                  unix { mode = 660 }
                }
                files { bind = ":0", protocol = wire, service { type = files, root = ".", depth = 2 }, io { model = event-loop, loops = 2 } }
              }
              limits { connections = 100, per-address = 10, rate-per-address = 12, line = 2 KiB }
              timeouts { idle = 5s }
              drain { lame-duck = 1s, queued = refuse, idle-grace = 2s, spread = 3s, grace = 4s, force = 5s, release = 6s }
              admin { http { bind = ":9180" } }
              log { "dev.sluice" = DEBUG, root = INFO }
            }
            """;
    private static final String REFERRING = """
            sluice {
              include "pools.conf"
              include file("gone.conf")
              name = ${?SLUICE_NOT_SET}
              pools { workers { size = 4, queue = ${?sluice.limits.connections} }, others = ${sluice.pools.workers} { size = 5 } }
              listeners {
                echo { bind = ":"7777, protocol = line, service = echo, timeouts.idle = ${sluice.pools.workers.size}s, pool = others }
                other = ${sluice.listeners.echo} { bind = ":0" }
              }
              listeners.other.io = blocking
            }
            """;

    @TempDir
    private Path folder;

    private Path file;
    private Providers providers;
    private ServerConfig last = ServerConfig.named("none");
    private int usable;

    @BeforeEach
    void prepare() {
        file = folder.resolve("sluice.conf");
        FuzzedFiles.prepare(folder);
        Providers samples = SampleProviders.all();
        List<ServiceProvider> services = new ArrayList<>();
        ServiceLoader.load(ServiceProvider.class).forEach(services::add);
        samples.services().values().forEach(each -> services.addAll(each.values()));
        List<ProtocolProvider> protocols = new ArrayList<>(samples.protocols().values());
        ServiceLoader.load(ProtocolProvider.class).forEach(protocols::add);
        List<PoolProvider> pools = new ArrayList<>(samples.pools().values());
        providers = Providers.of(pools, protocols, services);
    }

    @Test
    void theFilesToBeginWithCanBeUsed() throws IOException {
        Files.createDirectory(folder.resolve("public"));
        for (String text : List.of(shipped(), EVERYTHING, REFERRING)) {
            check(text.getBytes(StandardCharsets.UTF_8), "seed");
        }
        assertTrue(usable == 3, "usable: " + usable);
    }

    @Test
    void aFileCutOffAnywhereIsUsableOrSaysWhatIsWrong() throws IOException {
        String bare = shipped().replaceAll("(?m)^\\s*#.*\n", "");
        for (String text : List.of(bare, EVERYTHING, REFERRING)) {
            byte[] whole = text.getBytes(StandardCharsets.UTF_8);
            for (int length = 0; length < whole.length; length++) {
                check(Arrays.copyOf(whole, length), "cut at " + length);
            }
        }
    }

    @Test
    void aFileThatNobodyWouldWriteIsUsableOrSaysWhatIsWrong() throws IOException {
        Files.createDirectory(folder.resolve("public"));
        FuzzedFiles files = new FuzzedFiles(new Random(SEED), List.of(shipped(), EVERYTHING, REFERRING));
        for (int i = 0; i < CASES; i++) {
            check(files.next(), "seed " + SEED + " case " + i);
        }
        assertTrue(usable > CASES / 20, "only " + usable + " of " + CASES + " could be used: that tells little");
    }

    
    private static String shipped() throws IOException {
        return Files.readString(Path.of("../config/sluice.conf"));
    }

    private void check(byte[] text, String which) throws IOException {
        Files.write(file, text);
        try {
            switch (new ConfigFile(file, List.of(), providers, SampleProviders.ADMIN).read(Parts.none())) {
                case ConfigReading.Broken broken -> check(broken);
                case ConfigReading.Usable good -> check(good);
            }
        } catch (Throwable failed) {
            throw new AssertionError(which + ": " + Escape.lines(new String(text, StandardCharsets.UTF_8)), failed);
        }
    }

    private void check(ConfigReading.Usable good) {
        usable++;
        ConfigDiff.plan(last, good.server());
        assertTrue(ConfigDiff.plan(good.server(), good.server()).changes().isEmpty(), "differs from itself");
        assertTrue(ConfigKeys.of(good.server()).keySet().containsAll(List.of("name", "limits.connections")));
        if (usable % 10 == 0) {
            ConfigEntries.of(Layers.of(good), good.server(), logger -> "");
        }
        last = good.server();
    }

    private static void check(ConfigReading.Broken broken) {
        assertFalse(broken.problems().isEmpty(), "nothing is said");
        for (ConfigProblem problem : broken.problems()) {
            String said = Problems.text(problem);
            assertTrue(said.codePoints().noneMatch(Character::isISOControl), said);
            assertFalse(problem.file().isEmpty() || problem.message().isEmpty(), said);
            assertFalse(problem.file().equals(Place.COMMAND_LINE.file()), said);
            assertFalse(said.contains("resolve()"), said); // the library to a programmer
            assertTrue(problem.line() > 0 || problem.file().endsWith(".properties") || OF_THE_WHOLE.stream().anyMatch(problem.message()::startsWith), said);
        }
    }
}
