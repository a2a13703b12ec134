package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.line.LineProtocol;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServerStartTest {

    private static ListenerConfig listener(int port) {
        return ListenerConfig.at("127.0.0.1:" + port, new LineProtocol(), (request, call) -> request);
    }

    private static ServerConfig pooled() {
        return ServerConfig.named("start").withDrain(House.QUICK)
                .withPool("steal", PoolConfig.of(new PoolType.WorkStealing(), 2))
                .withPool("fixed", PoolConfig.of(new PoolType.Fixed(), 2));
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith("sluice-")).collect(Collectors.toSet());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whatFailsLeavesNothingAndSaysWhichListenerCouldNotListenWhere() throws IOException {
        Account.Before before = Account.Before.now();
        int free = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            ServerConfig config = pooled()
                    .withListener("first", listener(free).on(IoModel.blocking(), "fixed"))
                    .withListener("loops", listener(0).on(new IoModel.EventLoop(3), "steal"))
                    .withListener("second", listener(taken.getLocalPort()).on(new IoModel.EventLoop(2), ServerConfig.INLINE));
            String message = assertThrows(BindException.class, () -> Server.start(config)).getMessage();
            assertTrue(message.contains("second") && message.contains("127.0.0.1:" + taken.getLocalPort()), message);
            assertEquals(Set.of(), threads(), "threads, at once");
        }
        before.assertNothingLeft();
        new ServerSocket(free, 1, InetAddress.getByName("127.0.0.1")).close();
    }

    @Test
    void whatFailsInTheEmbeddersOwnCodeLeavesNothing() {
        Account.Before before = Account.Before.now();
        ServerConfig unlucky = pooled()
                .withListener("first", listener(0).on(new IoModel.EventLoop(2), "fixed"))
                .withPool("mine", PoolConfig.of(new PoolType.Custom("mine", () -> {
                    throw new LinkageError("asked to fail");
                }, true), 2))
                .withListener("second", listener(0).on(IoModel.blocking(), "mine"));
        IllegalArgumentException unusable = assertThrows(IllegalArgumentException.class, () -> Server.start(unlucky));
        assertTrue(unusable.getMessage().contains("for pool mine cannot be opened") && unusable.getCause() instanceof LinkageError, unusable::toString);
        ServerConfig config = pooled().withListener("first", listener(0)).withListener("second", listener(0));
        RequestProbe.Factory failing = (name, role, protocol) -> {
            if (name.equals("second")) {
                throw new LinkageError("asked to fail");
            }
            return RequestProbe.NONE;
        };
        assertThrows(LinkageError.class, () -> Server.start(config, List.of(), failing));
        assertEquals(Set.of(), threads());
        before.assertNothingLeft();
    }

    @Test
    void aServerWithoutListenersIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> Server.start(ServerConfig.named("none"))).getMessage();
        assertTrue(message.contains("no listeners"), message);
    }

    @Test
    void anExecutorThatIsNotTheServersIsLeftRunning() throws Exception {
        try (ExecutorService mine = Executors.newCachedThreadPool()) {
            ServerConfig config = ServerConfig.named("mine").withDrain(House.QUICK)
                    .withPool("mine", PoolConfig.of(new PoolType.Custom("mine", () -> mine, false), 2))
                    .withListener("only", listener(0).on(new IoModel.EventLoop(1), "mine"));
            try (Server server = Server.start(config); Client client = new Client(server.listeners().getFirst().address(), Speech.LINE)) {
                client.ask("hello").expect("hello");
            }
            assertEquals(false, mine.isShutdown());
            assertEquals("runs", mine.submit(() -> "runs").get());
        }
    }

    @Test
    void closeEndsTheServerAndMayBeCalledTwice() throws IOException {
        Account.Before before = Account.Before.now();
        Server server = Server.start(pooled().withListener("only", listener(0).on(IoModel.duplex(), "steal")));
        server.close();
        server.close();
        assertEquals(List.of(), server.threads());
        before.assertNothingLeft();
    }

    /// An acceptor that still serves when a drain is cancelled listens again itself, and is not forgotten.
    @Test
    void anIterativeAcceptorThatStillServesListensAgain() throws Exception {
        Deeds deeds = new Deeds();
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", Speech.LINE.endpoint(deeds)).on(IoModel.blocking(), ServerConfig.INLINE);
        Server server = Server.start(ServerConfig.named("iterative").withListener("only", listener));
        try (Client client = new Client(server.listeners().getFirst().address(), Speech.LINE)) {
            client.ask("deaf replaced");
            deeds.stop("replaced").awaitArrival();
            server.drain(House.QUICK.withGrace(Duration.ofMillis(50)));
            server.cancelDrain();
            assertEquals(1, server.threads().stream().filter(thread -> thread.kind().equals("acceptor")).count());
            Duration brief = Duration.ofMillis(100);
            var report = server.shutdown(new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, brief, Duration.ZERO, brief, brief, brief));
            assertEquals(List.of("sluice-acceptor-only"), report.threads());
            deeds.stop("replaced").open.countDown();
            await().until(() -> server.threads().isEmpty());
        }
    }
}
