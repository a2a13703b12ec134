package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.IoModel;
import dev.sluice.api.KeepAlive;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.UnixConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    private static final String MINIMAL = """
            sluice {
              listeners {
                web { bind = "127.0.0.1:8080", protocol = wire, service = echo }
              }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void whatTheParserStumblesOverIsAProblem() throws IOException {
        Path file = folder.resolve("sluice.conf");
        Files.writeString(file, "a {".repeat(100_000));
        ConfigReading.Broken broken = assertInstanceOf(ConfigReading.Broken.class, read(file));
        assertEquals("cannot be read: it is nested too deeply", broken.problems().getFirst().message());
    }

    @Test
    void aPipeIsNoRegularFile() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        ConfigReading.Broken broken = assertInstanceOf(ConfigReading.Broken.class, read(pipe));
        assertEquals("is not a regular file", broken.problems().getFirst().message());
    }

    private static ConfigReading read(Path file) {
        return new ConfigFile(file, List.of(), SampleProviders.all(), SampleProviders.ADMIN).read(Parts.none());
    }

    @Test
    void whatIsNotGivenIsAsInTheDefaultsOfTheRecords() throws IOException {
        ServerConfig server = usable(MINIMAL).server();
        assertEquals("sluice", server.name());
        assertEquals(ServerLimits.DEFAULT, server.limits());
        assertEquals(DrainConfig.DEFAULT, server.drain());
        assertEquals(Map.of(), server.pools());
        ListenerConfig web = server.listeners().get("web");
        assertEquals(IoModel.eventLoop(), web.io());
        assertEquals(ServerConfig.INLINE, web.pool());
        assertEquals(ListenerLimits.DEFAULT, web.limits());
        assertEquals(Timeouts.DEFAULT, web.timeouts());
        assertEquals(KeepAlive.DEFAULT, web.keepAlive());
        assertEquals(TcpConfig.DEFAULT, web.tcp());
        assertEquals("wire", web.endpoint().protocol().name());
        assertEquals("echo", web.endpoint().service());
    }

    @Test
    void everyKeyReachesItsComponent() throws IOException {
        ServerConfig server = usable("""
                sluice {
                  name = edge
                  pools {
                    zeta { type = work-stealing, size = 8, queue = 5, when-full = wait }
                    alpha { type = virtual }
                    mine { type = elastic, size = 3, spare = 2 }
                  }
                  listeners {
                    web {
                      bind = ["[::1]:8080", "unix:run/web.sock"]
                      protocol { name = wire, charset = ISO-8859-1 }
                      service { type = files, root = ".", depth = 2 }
                      io { model = duplex, threads = platform }
                      pool = zeta
                      limits { connections = 7, per-address = 6, rate-per-address = 8, pipelined = 5, line = 4 KiB, head = 16k, body = 2M, request = 3 MiB, spool = 5k,
                               body-rate = 1k }
                      timeouts { preface = 7s, idle = 1m, head = 2s, body = 3s, handler = 4s, write = 1500ms, linger = 0 }
                      keep-alive { max-requests = 9, max-age = 1h, pressure-idle = 2s }
                      tcp { backlog = 11, no-delay = false, keep-alive = off, reuse-port = on }
                      unix { mode = 660 }
                      proxy-protocol { mode = required, from = ["127.0.0.1", 10.0.0.0/8, "2001:db8::/32", unix] }
                    }
                    loops { bind = ":0", protocol = wire, service = echo, io { model = event-loop, loops = 2 } }
                  }
                  limits { connections = 100, per-address = 10, rate-per-address = 12 }
                  drain { lame-duck = 1s, queued = refuse, idle-grace = 2s, spread = 3s, grace = 4s, force = 5s, release = 6s }
                }
                """).server();
        assertEquals("edge", server.name());
        assertEquals(List.of("zeta", "alpha", "mine"), List.copyOf(server.pools().keySet()));
        assertEquals(new PoolConfig(new PoolType.WorkStealing(), 8, 5, PoolConfig.WhenFull.WAIT), server.pools().get("zeta"));
        assertEquals(PoolConfig.of(new PoolType.Virtual(), 10_000), server.pools().get("alpha"));
        assertInstanceOf(PoolType.Custom.class, server.pools().get("mine").type());
        ListenerConfig web = server.listeners().get("web");
        assertEquals(List.of(new InetSocketAddress("::1", 8080), UnixDomainSocketAddress.of(folder.resolve("run/web.sock"))), web.bind());
        assertEquals(new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM), web.io());
        assertEquals("zeta", web.pool());
        assertEquals(new SampleProviders.Wire("wire", "ISO-8859-1"), web.endpoint().protocol());
        assertEquals(new ListenerLimits(7, 6, 8, 5, 4 << 10, 16 << 10, 2 << 20, 3 << 20, 5 << 10, 1 << 10), web.limits());
        assertEquals(
                new Timeouts(
                        Duration.ofSeconds(7), Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofSeconds(3),
                        Duration.ofSeconds(4), Duration.ofMillis(1500), Duration.ZERO),
                web.timeouts());
        assertEquals(KeepAlive.DEFAULT.withMaxRequests(9).withMaxAge(Duration.ofHours(1)).withPressureIdle(Duration.ofSeconds(2)),
                web.keepAlive());
        assertEquals(new TcpConfig(11, false, false, true), web.tcp());
        assertEquals(new UnixConfig("660"), web.unix());
        assertEquals(ProxyProtocol.requiredFrom("127.0.0.1", "10.0.0.0/8", "2001:db8::/32", "unix"), web.proxyProtocol());
        assertEquals(ProxyProtocol.OFF, server.listeners().get("loops").proxyProtocol());
        assertEquals(new IoModel.EventLoop(2), server.listeners().get("loops").io());
        assertEquals(new ServerLimits(100, 10, 12), server.limits());
        assertEquals(DrainConfig.Queued.REFUSE, server.drain().queued());
        assertEquals(Duration.ofSeconds(6), server.drain().release());
    }

    @Test
    void theAdminAddressMakesAListenerWithAPoolOfItsOwn() throws IOException {
        ServerConfig server = usable(MINIMAL + "sluice.admin.http.bind = \"127.0.0.1:9180\"").server();
        ListenerConfig admin = server.listeners().get("admin");
        assertEquals(Role.ADMIN, admin.role());
        assertEquals(List.of(new InetSocketAddress("127.0.0.1", 9180)), admin.bind());
        assertEquals("admin", admin.pool());
        assertSame(SampleProviders.ADMIN, admin.endpoint());
        assertTrue(server.pools().containsKey("admin"));
    }

    @Test
    void levelsOfLoggersAreReadQuotedAndNot() throws IOException {
        ConfigReading.Usable usable = usable(MINIMAL + "sluice.log { \"dev.sluice\" = debug, dev.sluice.engine = WARN, root = INFO }");
        assertEquals(Map.of("dev.sluice", "DEBUG", "dev.sluice.engine", "WARN", "ROOT", "INFO"), usable.levels());
    }

    /// Each line is put at line 4 of a file; the message must have that line, the full key, and say what is wrong and what is allowed.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            pools { p { size = 0 } } | pools.p.size | is 0, but must be from 1 to 1000000
            pools { p { size = many } } | pools.p.size | is many, but must be a whole number
            pools { p { size = 99999999999 } } | pools.p.size | is 99999999999, but must be at most 2147483647
            pools { p { sise = 1 } } | pools.p.sise | is not known; did you mean size?
            pools { p { type = fixd } } | pools.p.type | is fixd, but there is no such type of pool; did you mean fixed?
            pools { p { type = elastic, sp = 1 } } | pools.p.sp | is not known to elastic; known are spare
            pools { p { type = elastic, spare = 11 } } | pools.p.spare | is 11, but must be a whole number from 0 to 10
            pools { p { when-full = block } } | pools.p.when-full | is block, but must be refuse or wait
            pools { p = 4 } | pools.p | is 4, but must be an object: p { … }
            pools { inline { size = 1 } } | pools.inline | is a name that is built in: choose another
            pools { "a b" { size = 1 } } | pools.a b | is no name: letters, digits, - and _ make one
            limits { connections = 1.5 } | limits.connections | is 1.5, but must be a whole number
            limits { conections = 5 } | limits.conections | is not known; did you mean connections?
            drain { grace = 10 } | drain.grace | is 10, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = 10 parsecs } | drain.grace | is 10 parsecs, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = [ 1s ] } | drain.grace | is ["1s"], but must be a time with its unit, such as 500ms, 10s or 5m
            drian { grace = 10s } | drian | is not known; did you mean drain?
            log { "dev.sluice" = LOUD } | log.dev.sluice | is LOUD, but must be one of TRACE, DEBUG, INFO, WARN, ERROR, OFF
            admin { http { bind = "nowhere" } } | admin.http.bind | is "nowhere", but must be host:port, [ipv6]:port, :port or unix:path
            A { protocol = wire, service = echo } | A.bind | is missing
            A { ANY, service = echo } | A.protocol | is missing
            A { ANY, protocol = wire, service { x = 1 } } | A.service.type | is missing
            A { ANY, protocol = wired, service = echo } | A.protocol | is wired, but there is no such protocol; did you mean wire?
            A { ANY, WIRE, service = shout } | A.service | is shout, but there is no such service of protocol wire; known are echo, files
            A { ANY, protocol { name = wire, charzet = x }, UPON } | A.protocol.charzet | is not known to wire; did you mean charset?
            A { ANY, protocol = wire, service { type = files, root = nope } } | A.service.root | is no folder
            A { ECHO, pool = q } | A.pool | is q, but there is no such pool; known are inline
            A { ECHO, io = event-lop } | A.io | is event-lop, but there is no such model; did you mean event-loop?
            A { ECHO, io { model = blocking, loops = 2 } } | A.io.loops | is not known; known are model
            A { ECHO, io { model = event-loop, loops = 0 } } | A.io.loops | is 0, but must be from 1 to 1024
            A { ECHO, timeouts { idle = 0 } } | A.timeouts.idle | is 0 s, but must be above 0
            A { ECHO, limits { line = 8 stones } } | A.limits.line | is 8 stones, but must be a size, such as 8192 or 8 KiB
            A { ECHO, tcp { no-delay = maybe } } | A.tcp.no-delay | is maybe, but must be true or false
            A { ECHO, proxy-protocol { from = "127.0.0.1:80", mode = off } } | A.proxy-protocol.from | is "127.0.0.1:80", but must be an address, a block of addresses as 10.0.0.0/8, or unix; names are not looked up
            A { ECHO, proxy-protocol { mode = on } } | A.proxy-protocol.mode | is on, but must be off or required
            A { ECHO, proxy-protocol { mode = required } } | A.proxy-protocol.mode | cannot be as it is: from is empty, but mode is required: name the addresses of the balancers, as ["127.0.0.1", "10.0.0.0/8"], or unix, or set mode to off
            A { TAKEN, protocol = wire, service = echo } | A.bind | is 127.0.0.1:8080, which is the address of web already
            """)
    void anErrorNamesItsLineItsKeyAndWhatIsAllowed(String line, String key, String message) throws IOException {
        Path file = write("sluice.conf", "sluice {\n  listeners { web { bind = \"127.0.0.1:8080\", protocol = wire, service = echo } }\n\n"
                + expanded(line) + "\n}\n");
        String where = Place.display(file);
        assertEquals(List.of(new ConfigProblem(where, 4, key.replace("A.", "listeners.a."), message)), broken(file).problems());
    }

    @Test
    void aNameLikeNoneOtherIsAnsweredWithAllThereAre() throws IOException {
        ConfigReading.Broken broken = broken(write("sluice.conf", MINIMAL + "sluice.pools { p { type = xyzzy } }"));
        assertEquals(
                "is xyzzy, but there is no such type of pool; known are cached, elastic, fixed, virtual, work-stealing",
                broken.problems().getFirst().message());
    }

    private static String expanded(String line) {
        return line.replace("ECHO", "ANY, WIRE, UPON")
                .replace("WIRE", "protocol = wire").replace("UPON", "service = echo").replace("ANY", "bind = \":0\"")
                .replace("TAKEN", "bind = \"127.0.0.1:8080\"").replace("A {", "listeners.a {");
    }

    @Test
    void duplexInlineIsRefusedAtTheListener() throws IOException {
        List<ConfigProblem> problems = broken(write("sluice.conf", """
                sluice.listeners {

                  a { bind = ":0", protocol = wire, service = echo, io = duplex }
                }
                """)).problems();
        assertEquals(1, problems.size());
        assertEquals(3, problems.getFirst().line());
        assertTrue(problems.getFirst().message().contains("name a pool"), problems.getFirst().message());
    }

    @Test
    void allErrorsAreReportedAtOnceInTheOrderOfTheirLines() throws IOException {
        List<ConfigProblem> problems = broken(write("sluice.conf", """
                sluice {
                  pools {
                    p { size = 0, queue = -1
                        color = red }
                  }
                  listeners { web { bind = nonsense, protocol = wire, service = echo, pool = p } }
                  drain { grace = soon }
                }
                other = 1
                """)).problems();
        assertEquals(List.of(3, 3, 4, 6, 7, 9), problems.stream().map(ConfigProblem::line).toList(), problems.toString());
    }

    @Test
    void aFileThatIsNoHoconIsReportedWithItsLine() throws IOException {
        ConfigProblem problem = broken(write("sluice.conf", "sluice {\n  pools {\n  x = [ }\n")).problems().getFirst();
        assertEquals(3, problem.line());
        assertTrue(problem.file().endsWith("sluice.conf"), problem.file());
    }

    @Test
    void aMissingFileAndAFolderAreReported() throws IOException {
        assertTrue(broken(folder.resolve("nope.conf")).problems().getFirst().message().contains("no such file"));
        assertTrue(broken(Files.createDirectory(folder.resolve("dir.conf"))).problems().getFirst().message().contains("folder"));
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        assertTrue(broken(write("sluice.conf", "")).problems().stream().anyMatch(problem -> problem.message().contains("is missing")));
    }

    @Test
    void anErrorInAnIncludedFileNamesThatFile() throws IOException {
        Files.createDirectory(folder.resolve("parts"));
        write("parts/pools.conf", "\n\npools { p { size = -4 } }\n");
        Path file = write("sluice.conf", MINIMAL + "sluice { include \"parts/pools.conf\" }\n");
        ConfigReading.Broken broken = broken(file);
        assertEquals(
                List.of(new ConfigProblem(Place.display(folder.resolve("parts/pools.conf")), 3, "pools.p.size",
                        "is -4, but must be from 1 to 1000000")),
                broken.problems());
        assertTrue(broken.files().files().contains(folder.resolve("parts/pools.conf").toAbsolutePath()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"required(\"gone.conf\")", "required(file(\"gone.conf\"))"})
    void aRequiredIncludeThatIsNotThereIsReportedWhereItIsRequired(String include) throws IOException {
        write("parts.conf", "# include " + include + "\npools { p { size = 4 } }\ninclude " + include + "\n");
        Path file = write("sluice.conf", MINIMAL + "sluice { include \"parts.conf\" }\n");
        String parts = Place.display(folder.resolve("parts.conf"));
        assertEquals(List.of(new ConfigProblem(parts, 3, "", "\"gone.conf\" is included, but cannot be found")), broken(file).problems());
        Path classpath = write("sluice.conf", "include required(classpath(\"gone.conf\"))\n");
        assertEquals(Place.display(classpath), broken(classpath).problems().getFirst().file());
    }

    @Test
    void controlCharactersOfAFileAreEscapedInItsProblems() throws IOException {
        for (String text : List.of("sluice { a = \u001b[2J ] }",
                "sluice { \"a\u001b[2J\" = 1 }", "sluice { drain { grace = \"\u001b]0\" } }")) {
            List<ConfigProblem> problems = broken(write("sluice.conf", text)).problems();
            assertTrue(problems.toString().chars().noneMatch(Character::isISOControl), problems.toString());
        }
    }

    @Test
    void errorsDoNotHideEachOther() throws IOException {
        List<ConfigProblem> problems = broken(write("sluice.conf", """
                sluice {
                  pools { p { type = fixd
                              sise = 1 } }
                  listeners {
                    a { bind = ":81", protocol = wired, service = echo }
                    b { bind = ":81", protocol = wire, service = echo, io = duplex }
                  }
                }
                """)).problems();
        assertEquals(List.of("pools.p.type", "pools.p.sise", "listeners.a.protocol", "listeners.b", "listeners.b.bind"),
                problems.stream().map(ConfigProblem::key).toList(), problems.toString());
    }

    @Test
    void theWorkingFolderHasAName() {
        assertEquals(".", Place.display(Path.of("")));
    }

    @Test
    void anIncludeThatIsNotThereIsWatchedForToo() throws IOException {
        ConfigReading reading = usable(MINIMAL + "sluice { include \"later.conf\" }\n");
        assertTrue(reading.files().bytes().get(folder.resolve("later.conf").toAbsolutePath()).isEmpty());
    }

    @Test
    void theEnvironmentFillsInAndItsErrorsHaveALine() throws IOException {
        String home = System.getenv("PATH");
        assertEquals(home, usable(MINIMAL + "sluice.name = ${?PATH}\n").server().name());
        assertEquals("plain", usable(MINIMAL + "sluice.name = plain\nsluice.name = ${?SLUICE_NOT_SET}\n").server().name());
        ConfigProblem problem = broken(write("sluice.conf", MINIMAL + "sluice.limits.connections = ${PATH}\n")).problems().getFirst();
        assertEquals(6, problem.line());
        assertEquals("limits.connections", problem.key());
        ConfigReading.Broken unset = broken(write("sluice.conf", MINIMAL + "sluice.limits.connections = ${SLUICE_NOT_SET}\n"));
        assertEquals(6, unset.problems().getFirst().line());
    }

    @Test
    void theCommandLineWins() throws IOException {
        Path file = write("sluice.conf", MINIMAL);
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, file(file,
                new ConfigFile.Override("listeners.web.bind", "127.0.0.1:0"),
                new ConfigFile.Override("limits", "{ connections = 3 }"),
                new ConfigFile.Override("name", "\"edge # 1\""),
                new ConfigFile.Override("sluice.drain.grace", "7s")).read(Parts.none()));
        assertEquals(List.of(new InetSocketAddress("127.0.0.1", 0)), usable.server().listeners().get("web").bind());
        assertEquals(3, usable.server().limits().connections());
        assertEquals(Duration.ofSeconds(7), usable.server().drain().grace());
        assertEquals("edge # 1", usable.server().name());
        assertEquals("command line", usable.found().get("name").place().text());
        assertEquals("command line", usable.found().get("listeners.web.bind").place().text());
        assertTrue(usable.found().get("listeners.web.protocol").place().text().endsWith("sluice.conf:3"));
    }

    @Test
    void anErrorOnTheCommandLineSaysSo() throws IOException {
        Path file = write("sluice.conf", MINIMAL);
        ConfigReading.Broken broken = assertInstanceOf(ConfigReading.Broken.class,
                file(file, new ConfigFile.Override("drain.grase", "7s")).read(Parts.none()));
        assertEquals(List.of(new ConfigProblem("command line", 0, "drain.grase", "is not known; did you mean grace?")), broken.problems());
    }

    @Test
    void whatHasNotChangedIsTheSameInTheNextReading() throws IOException {
        String pools = "sluice.pools.mine { type = elastic, spare = 1 }\n";
        ConfigReading.Usable first = usable(MINIMAL + pools);
        ConfigReading.Usable same = assertInstanceOf(ConfigReading.Usable.class,
                file(write("sluice.conf", MINIMAL + pools + "sluice.drain.grace = 9s\n")).read(first.parts()));
        assertEquals(first.server().listeners(), same.server().listeners());
        assertEquals(first.server().pools(), same.server().pools());
        String changed = MINIMAL.replace("wire,", "{ name = wire, charset = x },") + pools.replace("1", "2");
        ConfigReading.Usable other = assertInstanceOf(ConfigReading.Usable.class, file(write("sluice.conf", changed)).read(same.parts()));
        assertNotEquals(first.server().listeners(), other.server().listeners());
        assertNotEquals(first.server().pools(), other.server().pools());
    }

    private ConfigReading.Usable usable(String text) throws IOException {
        return assertInstanceOf(ConfigReading.Usable.class, file(write("sluice.conf", text)).read(Parts.none()));
    }

    private ConfigReading.Broken broken(Path file) {
        return assertInstanceOf(ConfigReading.Broken.class, file(file).read(Parts.none()));
    }

    private static ConfigFile file(Path file, ConfigFile.Override... overrides) {
        return new ConfigFile(file, List.of(overrides), SampleProviders.all(), SampleProviders.ADMIN);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
