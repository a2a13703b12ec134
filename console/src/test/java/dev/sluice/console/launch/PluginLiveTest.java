package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerControl;
import dev.sluice.console.command.ConfigControl.ReloadResult;
import dev.sluice.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jars that are exchanged under a server that serves with them.
class PluginLiveTest {

    @TempDir
    private Path home;
    private Path jar;
    private PluginSource source;
    private ServerControl server;
    private FileConfigControl control;

    @BeforeEach
    void start() throws IOException {
        source = PluginSource.of(home, PluginSource.service("Words", "words"));
        jar = Files.createDirectory(home.resolve("plugins")).resolve("words.jar");
        exchange("first");
        Path path = Files.writeString(home.resolve("sluice.conf"), """
                sluice.listeners {
                  words { bind = "127.0.0.1:0", protocol = line, service = words, io = blocking, pool = p }
                  other { bind = "127.0.0.1:0", protocol = line, service = echo }
                }
                sluice.pools.p { type = cached }
                """);
        ConfigFile file = new ConfigFile(path, List.of(), Providers.load(), SampleProviders.ADMIN);
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, file.read(Parts.none()));
        server = Server.start(usable.server(), List.of(), RequestProbe.Factory.NONE);
        control = new FileConfigControl(file, usable, server, new LogbackLevels(new LoggerContext()), new Warnings(SystemLimits.here()),
                InstantSource.system());
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdown(DrainConfig.DEFAULT.withIdleGrace(Duration.ZERO).withGrace(Duration.ZERO));
    }

    @Test
    void aJarWithOtherContentServesAnewAndNobodyElseFeelsIt() throws IOException {
        try (Socket other = client("other")) {
            assertEquals("x", ask(other));
            assertEquals("first", asked());
            exchange("second");
            List<Change> changes = Objects.requireNonNull(control.reload(false).report()).changes();
            assertEquals(List.of("listeners.words.service.type", "plugins.\"words.jar\""), changes.stream().map(Change::key).toList());
            assertTrue(changes.stream().allMatch(change -> change.result().equals("applied")), changes.toString());
            assertEquals("second", asked());
            assertEquals("x", ask(other));
        }
    }

    @Test
    void aJarThatIsHalfThereOrGoneStopsNothing() throws IOException {
        Files.write(jar, Arrays.copyOf(Files.readAllBytes(jar), 500));
        assertEquals(List.of(), Objects.requireNonNull(control.reload(false).report()).changes());
        assertEquals("first", asked(), "of classes that were not loaded before");
        Files.delete(jar);
        ReloadResult gone = control.reload(false);
        assertNull(gone.report());
        assertTrue(gone.problems().getFirst().message().contains("words.jar brought it, and does no more"), gone.problems().toString());
        assertEquals("first", asked());
        exchange("back");
        assertEquals("applied", Objects.requireNonNull(control.reload(false).report()).changes().getFirst().result());
        assertEquals("back", asked());
    }

    private void exchange(String text) throws IOException {
        Files.move(source.with("plug/some words.txt", text).jar(home.resolve("next")), jar, StandardCopyOption.ATOMIC_MOVE);
    }

    private String asked() throws IOException {
        try (Socket client = client("words")) {
            return ask(client);
        }
    }

    private static String ask(Socket client) throws IOException {
        client.getOutputStream().write("x\n".getBytes(StandardCharsets.UTF_8));
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private Socket client(String listener) throws IOException {
        ListenerInfo asked = server.listeners().stream().filter(one -> one.name().equals(listener)).findFirst().orElseThrow();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), asked.address().getPort());
        client.setSoTimeout(20_000);
        return client;
    }
}
