package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.KeepAlive;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerLimits;
import dev.sluice.console.command.Build;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {

    private static final Path SHIPPED = Path.of("../config/sluice.conf");

    @TempDir
    private Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void whatBreaksBehindTheStartEndsTheServerAndIsExitCode1() throws Exception {
        List<String> called = new CopyOnWriteArrayList<>();
        ServerControl server = (ServerControl) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ServerControl.class},
                (proxy, method, arguments) -> {
                    called.add(method.getName());
                    return switch (method.getName()) {
                        case "config" -> ServerConfig.named("breaks");
                        case "shutdown" -> null;
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
        assertEquals(1, run((config, listeners, probes) -> server, "--config", SHIPPED.toString(), "--no-console"));
        assertTrue(called.contains("shutdown"), called.toString());
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("sluice: java.lang.UnsupportedOperationException"), err.toString());
    }

    @Test
    void theShippedConfigurationIsGoodAndItsDefaultsAreTheRealOnes() {
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class,
                new ConfigFile(SHIPPED, List.of(), Providers.load(), SampleProviders.ADMIN).read(Parts.none()));
        assertEquals(List.of("web", "echo", "admin"), List.copyOf(usable.server().listeners().keySet()));
        assertEquals(DrainConfig.DEFAULT, usable.server().drain());
        assertEquals(ServerLimits.DEFAULT, usable.server().limits());
    }

    @Test
    void whatTheShippedConfigurationHasInCommentsIsTheDefault() throws IOException {
        String text = Files.readString(SHIPPED).replaceAll("(?m)^(\\s*)# (limits|timeouts|keep-alive|tcp) \\{", "$1$2 {");
        Files.createDirectory(home.resolve("public"));
        Path uncommented = Files.writeString(home.resolve("all.conf"), text);
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class,
                new ConfigFile(uncommented, List.of(), Providers.load(), SampleProviders.ADMIN).read(Parts.none()));
        assertTrue(usable.found().containsKey("listeners.web.timeouts.linger"));
        ListenerConfig web = usable.server().listeners().get("web");
        ListenerConfig bare = ListenerConfig.at("127.0.0.1:8080", web.endpoint()).on(web.io(), web.pool())
                .withKeepAlive(KeepAlive.DEFAULT.withMaxRequests(0));
        assertEquals(bare, web);
    }

    @Test
    void checkPrintsEveryErrorWithItsLine() throws Exception {
        Path bad = Files.writeString(home.resolve("bad.conf"), "sluice {\n  drain { grace = soon }\n  limits { connections = 0 }\n}\n");
        assertEquals(1, run("check", bad.toString()));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("bad.conf:2: drain.grace is soon, but must be a time"), said);
        assertTrue(said.contains("bad.conf:3: limits.connections is 0, but must be 1 or more"), said);
        assertTrue(said.contains("listeners is empty"), said);
    }

    @Test
    void checkRefusesACertificateThatIsNone() throws Exception {
        Path file = Files.writeString(home.resolve("tls.conf"), "sluice.listeners.web { bind = \"127.0.0.1:0\", protocol = http, service = hello,"
                + " tls { certificate = \"tls.conf\", key = \"tls.conf\" } }");
        assertEquals(1, run("check", file.toString()));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("listener web cannot speak TLS") && said.contains("is no PEM file"), said);
    }

    @Test
    void checkPrintsWhatAGoodFileAmountsTo() throws Exception {
        assertEquals(0, run("check", SHIPPED.toString(), "--set", "pools.workers.size=3"));
        String said = out.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("sluice.conf is good"), said);
        assertTrue(said.matches("(?s).*pools.workers.size = 3 +# command line.*"), said);
        assertTrue(said.matches("(?s).*listeners.echo.timeouts.idle = 1m +# default.*"), said);
    }

    @Test
    void checkPrintsWarningsBelowTheVerdictAndTheyAreNoErrors() throws Exception {
        Files.writeString(Files.createDirectory(home.resolve("plugins")).resolve("x.jar"), "no jar");
        String good = "sluice.listeners.a { bind = \":0\", protocol = line, service = echo }\nsluice.pools.spare {}\n";
        Path file = Files.writeString(home.resolve("s.conf"), good);
        assertEquals(0, run("check", file.toString()));
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.get(0).endsWith("s.conf is good"), lines.toString());
        assertTrue(lines.get(1).startsWith("warning: " + Place.display(home.resolve("plugins/x.jar")) + ": is no jar"), lines.toString());
        assertEquals("warning: pools.spare is used by no listener: name it as the pool of one, or remove it", lines.get(2));
        Files.writeString(file, good.replace("echo", "shout"));
        assertEquals(1, run("check", file.toString()));
        List<String> problems = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, problems.size(), problems.toString());
        assertTrue(problems.get(1).startsWith("warning: ") && problems.get(1).contains("x.jar: is no jar"), problems.toString());
    }

    @Test
    void wrongUsageIsOneLineAndExitCode2() throws Exception {
        assertEquals(2, run("--frobnicate"));
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void versionAndHelpAreSaid() throws Exception {
        assertEquals(0, run("--version"));
        assertEquals(0, run("--help"));
        String said = out.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith("sluice 9.9 (Java "), said);
        assertTrue(said.contains("--until-eof"), said);
    }

    @Test
    void aServerThatCannotStartIsOneLineAndExitCode1() throws Exception {
        assertEquals(1, run("--config", SHIPPED.toString(), "--no-console"));
        assertEquals("sluice: the port is taken\n", err.toString(StandardCharsets.UTF_8));
    }

    private int run(String... words) throws InterruptedException {
        return run((config, listeners, probes) -> {
            throw new IOException("the port is taken");
        }, words);
    }

    private int run(Starter starter, String... words) throws InterruptedException {
        Streams streams = new Streams(new ByteArrayInputStream(new byte[0]), new PrintStream(out), new PrintStream(err), false);
        return new Program(streams, starter, home, new Build("9.9", 1)).run(Arguments.parse(List.of(words)));
    }
}
