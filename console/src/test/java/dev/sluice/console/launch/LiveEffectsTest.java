package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerState;
import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.console.command.Build;
import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.ConfigControl;
import dev.sluice.console.command.Level;
import dev.sluice.console.command.Principal;
import dev.sluice.console.command.Reverts;
import dev.sluice.console.shell.PipedShell;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.server.Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an edit of the file of a running server does to its clients.
class LiveEffectsTest {

    private static final String TEXT = """
            sluice {
              pools {
                workers { type = fixed, size = 8, queue = 1 }
                clients { type = virtual, size = 100 }
              }
              listeners {
                lines { bind = "127.0.0.1:0", protocol = line, service { type = park }, io = event-loop, pool = workers,
                        limits { connections = 50 }, keep-alive { max-requests = 50 }, timeouts { idle = 60s } }
                threads { bind = "127.0.0.1:0", protocol = line, service { type = park }, io = blocking, pool = clients }
              }
            }
            """;

    @TempDir
    private Path folder;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger parked = new AtomicInteger();
    private final List<Client> clients = new ArrayList<>();
    private Path path;
    private Server server;
    private FileConfigControl control;
    private ConfigWatcher watcher;

    /// A service that waits, for a line that asks it to.
    private final class Park implements ServiceProvider {
        @Override
        public String name() {
            return "park";
        }

        @Override
        public String protocol() {
            return "line";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.<String, String>of((line, call) -> line.equals("park") ? parkedHere() : line);
        }
    }

    private String parkedHere() throws InterruptedException {
        parked.incrementAndGet();
        gate.await();
        return "went on";
    }

    private record Client(Socket socket, BufferedReader in) implements AutoCloseable {

        Client ask(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return this;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        path = Files.writeString(folder.resolve("sluice.conf"), TEXT);
        List<ServiceProvider> services = new ArrayList<>(List.of(new Park()));
        ServiceLoader.load(ServiceProvider.class).forEach(services::add);
        Providers providers = Providers.of(List.of(), ServiceLoader.load(dev.sluice.api.ProtocolProvider.class), services);
        ConfigFile file = new ConfigFile(path, List.of(), providers, SampleProviders.ADMIN);
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, file.read(Parts.none()));
        server = Server.start(usable.server(), List.of(), RequestProbe.Factory.NONE);
        control = new FileConfigControl(file, usable, server, new LogbackLevels(new LoggerContext()),
                new Warnings(SystemLimits.here()), InstantSource.system());
        watcher = ConfigWatcher.start(control::seen, () -> control.reloadFor("watch"), Duration.ofMillis(20), Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() throws Exception {
        gate.countDown();
        for (Client client : clients) {
            client.close();
        }
        watcher.close();
        control.close();
        server.shutdown(DrainConfig.DEFAULT.withIdleGrace(Duration.ZERO));
    }

    private Client client(String listener) throws IOException {
        int port = server.listeners().stream().filter(one -> one.name().equals(listener)).findFirst().orElseThrow().address().getPort();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        Client client = new Client(socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        clients.add(client);
        return client;
    }

    private void edit(String from, String to) throws IOException {
        assertTrue(TEXT.contains(from), from);
        Path next = Files.writeString(folder.resolve("next"), TEXT.replace(from, to));
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aNinthHandlerRunsOnceTheFileAllowsIt() throws IOException {
        for (int i = 0; i < 9; i++) {
            client("lines").ask("park");
        }
        await().until(() -> parked.get() == 8 && server.pools().getFirst().queued() == 1);
        edit("size = 8", "size = 9");
        await().until(() -> parked.get() == 9);
    }

    @Test
    void aLongerQueueTakesWhatWasRefused() throws IOException {
        for (int i = 0; i < 9; i++) {
            client("lines").ask("park");
        }
        await().until(() -> parked.get() == 8 && server.pools().getFirst().queued() == 1);
        assertTrue(client("lines").ask("one more").in().readLine().startsWith("error: busy"));
        edit("queue = 1", "queue = 2");
        await().until(() -> server.pools().getFirst().capacity() == 2);
        Client queued = client("lines").ask("and another");
        await().until(() -> server.pools().getFirst().queued() == 2);
        gate.countDown();
        assertEquals("and another", queued.in().readLine());
    }

    @Test
    void aPoolTakesTheTypeThatTheFileNowSaysAndFinishesWhatItHolds() throws IOException {
        Client before = client("lines").ask("park");
        await().until(() -> parked.get() == 1);
        edit("type = fixed", "type = virtual");
        await().until(() -> server.pools().getFirst().type().equals("virtual"));
        assertEquals(1, server.pools().getFirst().retiring());
        assertEquals("on a new thread", client("lines").ask("on a new thread").in().readLine());
        gate.countDown();
        assertEquals("went on", before.in().readLine());
        await().until(() -> server.pools().getFirst().retiring() == 0);
        await().until(() -> server.threads().stream().noneMatch(thread -> thread.name().startsWith("sluice-workers-")));
    }

    @Test
    void aLowerLimitRefusesTheNextClient() throws IOException {
        assertEquals("hello", client("lines").ask("hello").in().readLine());
        edit("connections = 50", "connections = 1");
        await().until(() -> Objects.requireNonNull(server.config().listeners().get("lines")).limits().connections() == 1);
        Client refused = client("lines");
        assertTrue(refused.in().readLine().startsWith("error:"), "said before it is closed");
        assertNull(refused.in().readLine());
    }

    @Test
    void fewerRequestsAConnectionHoldForOpenOnes() throws IOException {
        Client client = client("lines").ask("first");
        assertEquals("first", client.in().readLine());
        edit("max-requests = 50", "max-requests = 2");
        await().until(() -> Objects.requireNonNull(server.config().listeners().get("lines")).maxRequests() == 2);
        assertEquals("second", client.ask("second").in().readLine());
        assertNull(client.in().readLine());
    }

    @Test
    void anIdleClientIsEndedAtTheNewTime() throws IOException {
        Client client = client("lines").ask("hello");
        assertEquals("hello", client.in().readLine());
        edit("idle = 60s", "idle = 100ms");
        await().until(() -> control.status().lastReload() != null);
        assertNull(client.in().readLine());
    }

    @Test
    void aPoolIsResizedDuringADrain() throws Exception {
        for (int i = 0; i < 9; i++) {
            client("lines").ask("park");
        }
        await().until(() -> parked.get() == 8 && server.pools().getFirst().queued() == 1);
        Thread draining = Thread.ofPlatform().start(() -> {
            try {
                server.drain(DrainConfig.DEFAULT);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> server.state() == ServerState.DRAINING);
        ConfigControl.ReloadResult refused = control.set(new ConfigControl.Setting("drain.grace", "1s", "ann", null), false);
        assertTrue(refused.problems().getFirst().message().startsWith("cannot be applied: "), refused.toString());
        assertEquals(9, control.resize("workers", 9, "ann", null).now());
        await().until(() -> parked.get() == 9);
        gate.countDown();
        draining.join();
        assertEquals("workers", server.pools().getFirst().name());
        assertEquals(List.of("pools.workers.size"), control.settings());
    }

    @Test
    void aChangeThatNeedsARestartIsRefusedByNameAndChangesNothing() throws IOException {
        String begin = "sluice {\n  pools {\n    workers { type = fixed, size = 8";
        edit(begin, begin.replace("pools", "name = other, pools").replace("8", "9"));
        await().until(() -> control.status().lastFailed());
        assertEquals("name is refused: nothing was changed", control.status().summary());
        assertEquals(8, Objects.requireNonNull(server.config().pools().get("workers")).size());
    }

    @Test
    void theStackOfThePlatformThreadThatServesAClientIsShown() throws Exception {
        showsTheParkedLine("lines", "sluice-workers-");
    }

    @Test
    void theStackOfTheVirtualThreadThatServesAClientIsShown() throws Exception {
        showsTheParkedLine("threads", "sluice-clients-v");
    }

    private void showsTheParkedLine(String listener, String thread) throws Exception {
        client(listener).ask("park");
        await().until(() -> parked.get() == 1);
        ConnectionInfo info = server.connections().getFirst();
        assertEquals(ConnectionState.HANDLING, info.state());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try (Reverts reverts = new Reverts()) {
            CommandContext context = new CommandContext(server, control, new LogbackLevels(new LoggerContext()), new SimpleMeterRegistry(),
                    new Principal("tester", Level.ADMIN), new Build("test", 1), reverts);
            int code = new PipedShell(context).run(new StringReader("show client " + info.id() + "\n"), new PrintWriter(out), new PrintWriter(err));
            assertEquals(0, code, err::toString);
        }
        assertTrue(out.toString().contains(thread), out::toString);
        assertTrue(out.toString().contains("LiveEffectsTest.parkedHere(LiveEffectsTest.java:" + lineOfTheWait() + ")"), out::toString);
    }

    /// Where `parkedHere` waits.
    private static int lineOfTheWait() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("src/test/java/dev/sluice/console/launch/LiveEffectsTest.java"));
        return lines.indexOf("        gate.await();") + 1;
    }
}
