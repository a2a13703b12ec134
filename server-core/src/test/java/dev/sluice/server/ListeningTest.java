package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.Addresses;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.UnixConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Where a server listens, seen from its clients.
class ListeningTest {

    private final Deeds deeds = new Deeds();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("listen");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        Files.delete(folder); // where nothing is left in it
    }

    private ListenerConfig listener(String... bind) {
        return ListenerConfig.at("127.0.0.1:0", Speech.LINE.endpoint(deeds)).on(IoModel.blocking(), "clients")
                .withBind(Arrays.stream(bind).map(Addresses::parse).toList());
    }

    private Server start(ListenerConfig web, UnaryOperator<ServerConfig> change) throws IOException {
        Server server = Server.start(change.apply(ServerConfig.named("listening").withDrain(House.QUICK)
                .withPool("clients", PoolConfig.of(new PoolType.Virtual(), 100)).withListener("web", web)));
        open.add(server);
        return server;
    }

    private Server start(ListenerConfig web) throws IOException {
        return start(web, UnaryOperator.identity());
    }

    private static List<SocketAddress> bound(Server server) {
        return server.listeners().getFirst().bind();
    }

    private String unix() {
        return "unix:" + folder.resolve("web.sock");
    }

    private Client client(SocketAddress at) throws IOException {
        Client client = new Client(at, Speech.LINE);
        open.add(client);
        return client;
    }

    private static SocketAddress at(String host, SocketAddress portOf) {
        return new InetSocketAddress(host, ((InetSocketAddress) portOf).getPort());
    }

    private static void assumeIpv6() {
        try (ServerSocketChannel six = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            six.bind(new InetSocketAddress("::1", 0));
        } catch (IOException | UnsupportedOperationException none) {
            assumeTrue(false, "no IPv6 here");
        }
    }

    @Test
    void oneListenerServesAtSeveralAddressesOfAllKinds() throws IOException {
        Server server = start(listener("127.0.0.1:0", unix(), "127.0.0.2:0"));
        assertEquals(3, bound(server).size());
        for (SocketAddress each : bound(server)) {
            client(each).ask("hello").expect("1:hello");
        }
        assertEquals(3, server.listeners().getFirst().accepted());
    }

    @Test
    void aListenerTakesAUnixDomainSocketUpHandsItOverAndGivesItUp() throws IOException {
        Path path = folder.resolve("web.sock");
        Server server = start(listener("127.0.0.1:0"));
        apply(server, listener("127.0.0.1:0", unix()));
        SocketAddress unix = UnixDomainSocketAddress.of(path);
        Client before = client(unix);
        before.ask("hello").expect("1:hello");
        Object file = Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class).fileKey();

        apply(server, listener(unix()).on(IoModel.eventLoop(), "clients").withUnix(new UnixConfig("666")));
        assertEquals(file, Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class).fileKey(), "it was never closed");
        assertEquals("rw-rw-rw-", mode(path), "and has the new mode");
        client(unix).ask("hello").expect("1:hello");
        before.expectEnd();

        apply(server, listener("127.0.0.1:0"));
        await("the file is gone").until(() -> Files.notExists(path));
        client(bound(server).getFirst()).ask("hello").expect("1:hello");
    }

    private static void apply(Server server, ListenerConfig web) {
        ReloadReport report = server.apply(server.config().withListener("web", web));
        assertTrue(report.applied(), report::toString);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    @Effect("listeners.*.unix.mode")
    void theModeOfASocketIsChangedWhileItServes() throws IOException {
        Path path = folder.resolve("web.sock");
        Server server = start(listener(unix()).withUnix(new UnixConfig("660")));
        assertEquals("rw-rw----", mode(path));
        Client client = client(UnixDomainSocketAddress.of(path));
        client.ask("a").expect("1:a");
        apply(server, listener(unix()).withUnix(new UnixConfig("600")));
        assertEquals("rw-------", mode(path));
        client.ask("b").expect("2:b");
        server.close();
        assertTrue(Files.notExists(path));
    }

    @Test
    void aServerLeavesTheSocketOfAnotherAloneAndTakesThatOfADeadOne() throws Exception {
        Path path = folder.resolve("web.sock");
        Server first = start(listener(unix()));
        String message = assertThrows(BindException.class, () -> start(listener("127.0.0.1:0", unix()))).getMessage();
        assertTrue(message.contains("web") && message.contains(unix()) && message.contains("another server answers on it"), message);
        client(UnixDomainSocketAddress.of(path)).ask("hello").expect("1:hello");
        first.close();
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(path));
        }
        start(listener(unix()));
        client(UnixDomainSocketAddress.of(path)).ask("hello").expect("1:hello");
    }

    /// On a dual-stack socket the kernel calls a client of IPv4 `::ffff:127.0.0.1`.
    @Test
    void aClientOfIpv4IsTheSameWhicheverSocketItComesBy() throws IOException {
        assumeIpv6();
        ListenerConfig web = listener("[::]:0", "127.0.0.1:0");
        Server server = start(web.withLimits(web.limits().withConnections(100, 2)));
        SocketAddress dual = at("127.0.0.1", bound(server).getFirst());
        client(dual).ask("hello").expect("1:hello");
        client(bound(server).get(1)).ask("hello").expect("1:hello");
        assertTrue(server.connections().stream().map(ConnectionInfo::address).allMatch(address -> address.startsWith("127.0.0.1:")),
                () -> server.connections().toString());
        assertFalse(client(dual).answer().ok());
        assertEquals(1, server.stats().refused().get(RefusalReason.ADDRESS_LIMIT));
        client(at("::1", bound(server).getFirst())).ask("hello").expect("1:hello");
    }

    @Test
    @Effect("listeners.*.tcp.reuse-port")
    void twoServersThatShareAPortBothServe() throws IOException {
        ListenerConfig sharing = listener("127.0.0.1:0").withTcp(TcpConfig.DEFAULT.withReusePort(true));
        Server one = start(sharing);
        Server two = start(sharing.withBind(bound(one)));
        for (int i = 0; i < 2_000 && (one.stats().accepted() == 0 || two.stats().accepted() == 0); i++) {
            try (Client client = new Client(bound(one).getFirst(), Speech.LINE)) {
                client.ask("hello").expect("1:hello");
            }
        }
        assertTrue(one.stats().accepted() > 0 && two.stats().accepted() > 0, "the kernel shares connections out");
    }

    /// Linux completes connections until one more than the backlog waits; the handshake of the next goes unanswered, and is tried again. A listener that moves has
    /// another backlog at its new address.
    @Test
    @Effect("listeners.*.tcp.backlog")
    void aPausedListenerHoldsAsManyAsItsBacklog() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "as Linux counts");
        Server server = start(listener("127.0.0.1:0").withTcp(TcpConfig.DEFAULT.withBacklog(7)));
        assertHolds(server, 7);
        apply(server, listener("127.0.0.2:0").withTcp(TcpConfig.DEFAULT.withBacklog(12)));
        assertHolds(server, 12);
    }

    /// Those beyond it find room all at once when they try again.
    private void assertHolds(Server server, int backlog) throws IOException {
        long accepted = server.stats().accepted();
        server.pause("web");
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < backlog + 5; i++) {
            SocketChannel client = SocketChannel.open();
            open.add(client);
            client.configureBlocking(false);
            client.connect(bound(server).getFirst());
            clients.add(client);
        }
        int held = 0;
        for (SocketChannel client : clients) {
            held += client.finishConnect() ? 1 : 0;
        }
        assertEquals(backlog + 1, held);
        server.resume("web");
        await("those beyond it try again").atMost(Duration.ofSeconds(20)).until(() -> {
            for (SocketChannel client : clients) {
                if (!client.finishConnect()) {
                    return false;
                }
            }
            return server.stats().accepted() - accepted == clients.size();
        });
    }
}
