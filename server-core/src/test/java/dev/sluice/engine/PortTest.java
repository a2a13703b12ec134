package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.UnixConfig;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.line.LineProtocol;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Listening sockets of every kind, against the kernel's own behaviour.
class PortTest {

    private static final SelectorProvider REAL = SelectorProvider.provider();

    private final List<AutoCloseable> open = new ArrayList<>();
    /// Short, since the path of a socket may have 106 bytes.
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("port");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static ListenerConfig config() {
        return ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (request, call) -> request);
    }

    private Port bind(SocketAddress at, UnaryOperator<ListenerConfig> change, SelectorProvider provider) throws BindException {
        Port port = Port.bind("web", at, at, change.apply(config()), provider);
        open.add(port::close);
        return port;
    }

    private Port bind(SocketAddress at) throws BindException {
        return bind(at, UnaryOperator.identity(), REAL);
    }

    private Port bind(Path path, String mode) throws BindException {
        return bind(UnixDomainSocketAddress.of(path), config -> config.withUnix(new UnixConfig(mode)), REAL);
    }

    private Port bind(Path path) throws BindException {
        return bind(path, "600");
    }

    private static String failure(Executable bind) {
        return assertThrows(BindException.class, bind).getMessage();
    }

    private SocketChannel connect(SocketAddress to) throws IOException {
        SocketChannel client = SocketChannel.open(to);
        open.add(client);
        return client;
    }

    private SocketChannel accepted(Port port) throws IOException {
        SocketChannel accepted = await().pollDelay(Duration.ZERO).until(port::accept, Objects::nonNull);
        open.add(accepted);
        return accepted;
    }

    private static int tcp(Port port) {
        return ((InetSocketAddress) port.bound()).getPort();
    }

    private static SocketAddress at(String host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    private static void assumeIpv6() {
        try (ServerSocketChannel six = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            six.bind(at("::1", 0));
        } catch (IOException | UnsupportedOperationException none) {
            assumeTrue(false, "no IPv6 here");
        }
    }

    // ---- TCP ----

    @Test
    void takesIpv4AloneAtAllAddressesOfIpv4() throws IOException {
        assumeIpv6();
        Port port = bind(at("0.0.0.0", 0));
        assertEquals("127.0.0.1", client(port, "127.0.0.1"));
        assertThrows(ConnectException.class, () -> connect(at("::1", tcp(port))));
    }

    private String client(Port port, String from) throws IOException {
        connect(at(from, tcp(port)));
        return ((InetSocketAddress) accepted(port).getRemoteAddress()).getAddress().getHostAddress();
    }

    /// On a dual-stack socket the kernel calls it `::ffff:127.0.0.1`.
    @Test
    void takesBothAtAllAddressesAndKnowsAClientOfIpv4ByItsOwn() throws IOException {
        assumeIpv6();
        Port port = bind(Addresses.parse(":0"));
        assertEquals("127.0.0.1", client(port, "127.0.0.1"));
        assertEquals("0:0:0:0:0:0:0:1", client(port, "::1"));

        connect(at("127.0.0.1", tcp(port)));
        SocketChannel four = accepted(port);
        Peer peer = new Peer(1, "web", four.getRemoteAddress(), four.getLocalAddress());
        Peer other = new Peer(2, "web", at("127.0.0.1", 9), at("127.0.0.1", 9));
        assertEquals(ConnectionRegistry.addressKey(other), ConnectionRegistry.addressKey(peer));
        assertTrue(Addresses.text(peer).startsWith("127.0.0.1:"), Addresses.text(peer));
        assertEquals("127.0.0.1:" + tcp(port), Addresses.text(peer.local()));
    }

    /// As where IPv6 was turned off.
    private static final class NoIpv6 extends Relaying {
        @Override
        public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
            if (family == StandardProtocolFamily.INET6) {
                throw new UnsupportedOperationException("IPv6 not available");
            }
            return super.openServerSocketChannel(family);
        }
    }

    @Test
    void takesAllAddressesForThoseOfIpv4WhereThereIsNoIpv6() throws IOException {
        Port port = bind(Addresses.parse(":0"), UnaryOperator.identity(), new NoIpv6());
        assertEquals("0.0.0.0", ((InetSocketAddress) port.bound()).getAddress().getHostAddress());
        assertEquals("127.0.0.1", client(port, "127.0.0.1"));
        String message = failure(() -> bind(at("::1", 0), UnaryOperator.identity(), new NoIpv6()));
        assertTrue(message.contains("web") && message.contains("[0:0:0:0:0:0:0:1]:0") && message.contains("no IPv6"), message);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "127.0.0.1, 0.0.0.0", "0.0.0.0, 127.0.0.1"})
    void saysThatAnAddressIsTakenAndByWhat(String first, String second) throws IOException {
        int taken = tcp(bind(at(first, 0)));
        String message = failure(() -> bind(at(second, taken)));
        assertTrue(message.startsWith("listener web cannot listen on " + second + ":" + taken), message);
        assertTrue(message.contains("another process or listener has it") && message.contains("all addresses"), message);
    }

    @Test
    void saysThatAnAddressIsNotOfThisMachine() {
        String message = failure(() -> bind(at("192.0.2.77", 0)));
        assertTrue(message.contains("192.0.2.77") && message.contains("no address of this machine") && message.contains("0.0.0.0"), message);
    }

    @Test
    void namesPrivilegesWhereAPortNeedsThem() throws IOException {
        Path limit = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        assumeTrue(Files.exists(limit) && Integer.parseInt(Files.readString(limit).strip()) > 7, "no port is privileged here");
        try (ServerSocketChannel other = ServerSocketChannel.open()) {
            try {
                other.bind(at("127.0.0.1", 7));
            } catch (IOException denied) {
                // the very case
            }
            String message = failure(() -> bind(at("127.0.0.1", 7)));
            assertTrue(message.contains("privileged processes") && message.contains("CAP_NET_BIND_SERVICE"), message);
        }
    }

    @Test
    void sharesAnAddressOnlyWithThoseThatShareItToo() throws IOException {
        Port alone = bind(at("127.0.0.1", 0));
        UnaryOperator<ListenerConfig> sharing = config -> config.withTcp(TcpConfig.DEFAULT.withReusePort(true));
        String message = failure(() -> bind(at("127.0.0.1", tcp(alone)), sharing, REAL));
        assertTrue(message.contains("without sharing it"), message);

        Port one = bind(at("127.0.0.1", 0), sharing, REAL);
        Port two = bind(at("127.0.0.1", tcp(one)), sharing, REAL);
        int first = 0;
        int second = 0;
        for (int i = 0; i < 2_000 && (first == 0 || second == 0); i++) {
            connect(one.bound()).close();
            SocketChannel at = one.accept();
            first += at == null ? 0 : 1;
            SocketChannel other = at == null ? two.accept() : null;
            second += other == null ? 0 : 1;
            if (at != null) {
                at.close();
            }
            if (other != null) {
                other.close();
            }
        }
        assertTrue(first > 0 && second > 0, "the kernel shares connections out: " + first + " and " + second);
    }

    /// The kernel completes connections until more than the backlog wait, and then answers no more: a client that does not wait sees none.
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 17})
    void holdsAsManyAsTheBacklogUntilTheyAreAccepted(int backlog) throws IOException {
        Port port = bind(at("127.0.0.1", 0), config -> config.withTcp(TcpConfig.DEFAULT.withBacklog(backlog)), REAL);
        assertEquals(backlog + 1, connectedWithoutAccept(port.bound(), backlog + 10));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 17})
    void holdsAsManyOfAUnixDomainSocketAsWell(int backlog) throws IOException {
        SocketAddress path = UnixDomainSocketAddress.of(folder.resolve("s"));
        Port port = bind(path, config -> config.withTcp(TcpConfig.DEFAULT.withBacklog(backlog)), REAL);
        assertEquals(backlog + 1, connectedWithoutAccept(port.bound(), backlog + 10));
    }

    private int connectedWithoutAccept(SocketAddress to, int tries) throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "as Linux counts");
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
            boolean unix = to instanceof UnixDomainSocketAddress;
            SocketChannel client = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
            open.add(client);
            client.configureBlocking(false);
            if (begins(client, to)) {
                clients.add(client);
            }
        }
        int connected = 0;
        for (SocketChannel client : clients) {
            connected += client.isConnected() || client.finishConnect() ? 1 : 0;
        }
        return connected;
    }

    /// @return false where the kernel says at once that there is no room, as it does of Unix domain sockets
    private static boolean begins(SocketChannel client, SocketAddress to) throws IOException {
        try {
            client.connect(to);
            return true;
        } catch (ConnectException refused) {
            throw refused;
        } catch (java.net.SocketException full) {
            return false;
        }
    }

    // ---- Unix domain sockets ----

    @Test
    void listensOnAPathAndKnowsTheUserWhoConnects() throws IOException {
        Path path = folder.resolve("web.sock");
        Port port = bind(path);
        assertEquals(UnixDomainSocketAddress.of(path), port.bound());
        connect(port.bound());
        SocketChannel accepted = accepted(port);
        Peer peer = Arrival.at(port, accepted, "web", 1).peer();
        assertEquals(Files.getOwner(folder).getName(), peer.user().split(":")[0]);
        assertEquals("unix:" + Files.getOwner(folder).getName(), Addresses.text(peer));
        assertEquals("unix:" + path, Addresses.text(peer.local()));
    }

    @ParameterizedTest
    @CsvSource({"600, rw-------", "660, rw-rw----", "666, rw-rw-rw-", "000, ---------"})
    void letsInWhomTheModeLetsIn(String mode, String permissions) throws IOException {
        Path path = folder.resolve("web.sock");
        Port port = bind(path, mode);
        assertEquals(permissions, permissions(path));
        port.mode(new UnixConfig("640"));
        assertEquals("rw-r-----", permissions(path));
        assertEquals(List.of(path), files(), "nothing else is left in the folder");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"600, rwx------", "660, rwx--x---", "666, rwx--x--x"})
    void makesTheLastDirectoryForThoseWhoMayConnect(String mode, String permissions) throws IOException {
        Path path = folder.resolve("run").resolve("web.sock");
        bind(path, mode);
        assertEquals(permissions, permissions(path.getParent()));
        connect(UnixDomainSocketAddress.of(path));
    }

    @Test
    void saysThatDirectoriesAreMissing() throws IOException {
        String message = failure(() -> bind(folder.resolve("no/such/web.sock")));
        assertTrue(message.contains("unix:" + folder.resolve("no/such/web.sock")), message);
        assertTrue(message.contains(folder.resolve("no/such") + " does not exist"), message);
        assertEquals(List.of(), files());
        Path file = Files.createFile(folder.resolve("file"));
        assertTrue(failure(() -> bind(file.resolve("web.sock"))).contains(file + " is no directory"));
    }

    @Test
    void takesThePlaceOfASocketThatNobodyAnswersOn() throws IOException {
        Path path = folder.resolve("web.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path), "Java leaves the file");
        Port port = bind(path);
        connect(port.bound());
        accepted(port);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void refusesASocketThatAServerAnswersOnHoweverBusyThatIs(int backlog) throws IOException {
        Path path = folder.resolve("web.sock");
        ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), backlog);
        open.add(live);
        connectedWithoutAccept(live.getLocalAddress(), backlog == 1 ? 3 : 0);
        String message = failure(() -> bind(path));
        String answers = backlog == 1 ? "may answer on it" : "another server answers on it";
        assertTrue(message.contains("unix:" + path) && message.contains(answers), message);
        assertTrue(Files.exists(path));
        assertEquals(List.of(path), files());
    }

    @Test
    void refusesASymbolicLinkAndWhateverIsNoSocket() throws IOException {
        Path target = folder.resolve("elsewhere.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(target));
        }
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        assertTrue(failure(() -> bind(link)).contains("symbolic link"));
        assertTrue(Files.isSymbolicLink(link) && Files.exists(target), "both are as they were");

        Path precious = Files.writeString(folder.resolve("precious"), "data");
        assertTrue(failure(() -> bind(precious)).contains("no socket"));
        assertEquals("data", Files.readString(precious));
        Path directory = Files.createDirectory(folder.resolve("directory"));
        assertTrue(failure(() -> bind(directory)).contains("no socket"));
        assertEquals(4, files().size());
    }

    @Test
    void removesItsFileAtTheEndButNotAnothers() throws IOException {
        Path path = folder.resolve("web.sock");
        bind(path).close();
        assertEquals(List.of(), files());

        Port first = bind(path);
        Files.delete(path);
        Port second = bind(path);
        assertThrows(IOException.class, () -> first.mode(new UnixConfig("666")));
        first.close();
        assertEquals("rw-------", permissions(path));
        connect(second.bound());
        accepted(second);
        second.close();
        second.close();
        assertEquals(List.of(), files());
    }

    @Test
    void letsNobodyNewInWhereItIsConcealedAndKeepsThoseWhoCameBefore() throws IOException {
        Path path = folder.resolve("web.sock");
        Port port = bind(path);
        connect(port.bound());
        port.conceal();
        assertThrows(IOException.class, () -> connect(port.bound()));
        open.add(port.accept());
        assertNull(port.accept());
    }

    @Test
    void takesAPathAsLongAsTheSystemAllowsIfItsNameLeavesRoom() throws IOException {
        Path path = folder.resolve("x".repeat(106 - folder.toString().length() - 1));
        assertEquals(106, path.toString().length());
        connect(bind(path).bound());

        Path deep = folder.resolve("d".repeat(106 - folder.toString().length() - 3));
        String message = failure(() -> bind(deep.resolve("s")));
        assertTrue(message.contains("too long by 6 bytes"), message);
        Files.deleteIfExists(deep);
        assertEquals(List.of(path), files());
    }

    /// What the process's mask would let in, the moment between bind and chmod must not.
    @Test
    void hasNoFileThatOthersSeeBeforeItHasItsMode() throws IOException {
        Path path = folder.resolve("web.sock");
        List<String> seen = new ArrayList<>();
        SelectorProvider watching = new Relaying() {
            @Override
            Ear relay(ServerSocketChannel real) {
                return new Ear(this, real) {
                    @Override
                    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
                        super.bind(local, backlog);
                        Path bound = ((UnixDomainSocketAddress) local).getPath();
                        assertNotEquals(path, bound);
                        seen.add(permissions(bound.getParent()));
                        return this;
                    }
                };
            }
        };
        bind(UnixDomainSocketAddress.of(path), UnaryOperator.identity(), watching);
        assertEquals(List.of("rwx------"), seen);
        assertFalse(files().stream().anyMatch(file -> !file.equals(path)));
    }
}
