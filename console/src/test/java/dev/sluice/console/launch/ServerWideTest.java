package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.api.KeepAlive;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.api.UnixConfig;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.reload.ConfigDiff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerWideTest {

    private static final String LISTENERS = """
            sluice.listeners {
              web { bind = ":0", protocol = wire, service = echo }
              own { bind = ":0", protocol = wire, service = echo, timeouts { idle = 7s }, keep-alive { max-requests = auto },
                    limits { line = 3 KiB }, tcp { no-delay = true } }
            }
            sluice.admin.http.bind = "127.0.0.1:9180"
            """;
    private static final String ALL = """
            sluice {
              timeouts { idle = 5s, linger = 100ms }
              keep-alive { max-requests = 100, max-age = 1h }
              tcp { backlog = 64, no-delay = false }
              unix { mode = 660 }
              limits {
                connections = 50, per-address = 5, rate-per-address = 6
                pipelined = 7, line = 1 KiB, head = 2 KiB, body = 3 KiB, request = 4 KiB
              }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void aListenerHasWhatIsGivenForAllAndTheTotalsAreTheServers() throws IOException {
        ServerConfig server = usable(LISTENERS + ALL).server();
        ListenerConfig web = listener(server, "web");
        assertEquals(Timeouts.DEFAULT.withIdle(Duration.ofSeconds(5)).idle(), web.timeouts().idle());
        assertEquals(Duration.ofMillis(100), web.timeouts().linger());
        assertEquals(Timeouts.DEFAULT.head(), web.timeouts().head());
        assertEquals(new KeepAlive(OptionalInt.of(100), Duration.ofHours(1), KeepAlive.DEFAULT.pressureIdle()), web.keepAlive());
        assertEquals(new TcpConfig(64, false, true, false), web.tcp());
        assertEquals(new UnixConfig("660"), web.unix());
        assertEquals(new ListenerLimits(10_000, 10_000, 0, 7, 1 << 10, 2 << 10, 3 << 10, 4 << 10, 64 << 10, 256), web.limits());
        assertEquals(new ServerLimits(50, 5, 6), server.limits());
    }

    @Test
    void whatAListenerSaysItselfWins() throws IOException {
        ListenerConfig own = listener(usable(LISTENERS + ALL).server(), "own");
        assertEquals(Duration.ofSeconds(7), own.timeouts().idle());
        assertEquals(Duration.ofMillis(100), own.timeouts().linger());
        assertEquals(OptionalInt.empty(), own.keepAlive().maxRequests());
        assertEquals(Duration.ofHours(1), own.keepAlive().maxAge());
        assertEquals(3 << 10, own.limits().line());
        assertEquals(2 << 10, own.limits().head());
        assertEquals(new TcpConfig(64, true, true, false), own.tcp());
    }

    @Test
    void theAdminListenerInheritsNothing() throws IOException {
        ServerConfig server = usable(LISTENERS + ALL).server();
        assertEquals(listener(usable(LISTENERS).server(), "admin"), listener(server, "admin"));
    }

    @Test
    void theSourceOfAnInheritedValueIsThePlaceOfTheKeyForAll() throws IOException {
        ConfigReading.Usable usable = usable(LISTENERS + ALL);
        String file = Place.display(folder.resolve("sluice.conf"));
        assertEquals(new ConfigEntry("listeners.web.timeouts.idle", "5s", "1m", "5s", file + ":8", "live"),
                entry(usable, "listeners.web.timeouts.idle"));
        assertEquals(file + ":3", entry(usable, "listeners.own.timeouts.idle").source());
        assertEquals(file + ":8", entry(usable, "listeners.own.timeouts.linger").source());
        assertEquals(file + ":14", entry(usable, "listeners.web.limits.line").source());
        assertEquals("8KiB", entry(usable, "listeners.web.limits.line").byDefault());
        assertEquals("default", entry(usable, "listeners.web.limits.connections").source());
        assertEquals("default", entry(usable, "listeners.web.timeouts.head").source());
    }

    @Test
    void theCommandLineGivesForAllToo() throws IOException {
        ConfigReading.Usable usable = usable(LISTENERS + ALL, new ConfigFile.Override("timeouts.idle", "9s"));
        assertEquals(Duration.ofSeconds(9), listener(usable.server(), "web").timeouts().idle());
        assertEquals("command line", entry(usable, "listeners.web.timeouts.idle").source());
        assertEquals(Duration.ofSeconds(7), listener(usable.server(), "own").timeouts().idle());
    }

    @Test
    void aKeyForAllTakesEffectAsItDoesWithAListener() throws IOException {
        ServerConfig server = usable(LISTENERS).server();
        assertEquals(ReloadReport.Kind.LIVE, Keys.kind(server, "timeouts.idle"));
        assertEquals(ReloadReport.Kind.LIVE, Keys.kind(server, "limits.line"));
        assertEquals(ReloadReport.Kind.REBIND, Keys.kind(server, "tcp.backlog"));
    }

    @Test
    void aChangeForAllChangesThoseThatInherit() throws IOException {
        ServerConfig before = usable(LISTENERS + ALL).server();
        ServerConfig after = usable(LISTENERS + ALL.replace("idle = 5s", "idle = 6s")).server();
        // The endpoints are made anew by each reading here, and are therefore others.
        assertEquals(List.of("listeners.web.timeouts.idle"), ConfigDiff.plan(before, after).changes().stream()
                .map(ReloadReport.Change::key).filter(key -> !key.endsWith("service.type")).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            timeouts { idel = 5s } | timeouts.idel | is not known; did you mean idle?
            timeout { idle = 5s } | timeout | is not known; did you mean timeouts?
            timeouts { idle = 0 } | timeouts.idle | is 0 s, but must be above 0
            tcp = fast | tcp | is fast, but must be an object: tcp { … }
            unix { mode = 999 } | unix.mode | is 999, but must be three octal digits, such as 600 or 660
            limits { lin = 5 } | limits.lin | is not known; did you mean line?
            limits { line = 0 } | limits.line | is 0, but must be from 1 to 67108864
            limits { connections = 0 } | limits.connections | is 0, but must be 1 or more
            """)
    void anErrorIsReportedOnceAndAtItsOwnLine(String line, String key, String message) throws IOException {
        Path file = write(LISTENERS + "sluice {\n" + line + "\n}\n");
        ConfigReading.Broken broken = assertInstanceOf(ConfigReading.Broken.class, file(file).read(Parts.none()));
        assertEquals(List.of(new ConfigProblem(Place.display(file), 8, key, message)), broken.problems());
    }

    private static ListenerConfig listener(ServerConfig server, String name) {
        return Objects.requireNonNull(server.listeners().get(name));
    }

    private static ConfigEntry entry(ConfigReading.Usable usable, String key) {
        return ConfigEntries.of(Layers.of(usable), usable.server(), logger -> "").stream()
                .filter(entry -> entry.key().equals(key)).findFirst().orElseThrow();
    }

    private ConfigReading.Usable usable(String text, ConfigFile.Override... overrides) throws IOException {
        return assertInstanceOf(ConfigReading.Usable.class, file(write(text), overrides).read(Parts.none()));
    }

    private static ConfigFile file(Path file, ConfigFile.Override... overrides) {
        return new ConfigFile(file, Arrays.asList(overrides), SampleProviders.all(), SampleProviders.ADMIN);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("sluice.conf"), text);
    }
}
