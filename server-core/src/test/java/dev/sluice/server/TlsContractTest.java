package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Kick;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.TlsConfig;
import dev.sluice.protocol.PeerTls;
import dev.sluice.server.Cell.Place;
import dev.sluice.transport.tls.Authority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a client may rely on under TLS, on each model; what it may rely on anyhow is held by the other contracts, whose places speak TLS too.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsContractTest {

    static final List<Place> PLACES = Cell.tls().toList();
    static final List<Place> LINES = PLACES.stream().filter(place -> place.speech() == Speech.LINE).toList();
    static final List<Place> HTTP = PLACES.stream().filter(place -> place.speech() == Speech.HTTP).toList();
    private static final Duration BRIEF = Duration.ofMillis(400);

    private House house;

    static Stream<Arguments> versions() {
        return PLACES.stream().flatMap(place -> TlsConfig.VERSIONS.stream().map(version -> Arguments.of(place, version)));
    }

    @BeforeAll
    void open() throws IOException {
        Authority.Issued other = Secure.AUTHORITY.issue(Secure.FOLDER, "other", "RSA", Duration.ofDays(-1), Duration.ofDays(30), "other.example.org");
        TlsConfig tls = TlsConfig.of(List.of(Secure.LOCALHOST.certificate(), other.certificate()), List.of(Secure.LOCALHOST.key(), other.key()))
                .withClients(TlsConfig.ClientCertificates.OPTIONAL, List.of(Secure.AUTHORITY.file(Secure.FOLDER)));
        house = House.Plan.of(PLACES)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0)).withTls(tls)
                        .withTimeouts(listener.timeouts().withHandshake(Duration.ofSeconds(60))))
                .open();
    }

    @AfterAll
    void close() {
        house.close();
    }

    private Socket connected(Place place) throws IOException {
        return connected(house, place);
    }

    private static Socket connected(House house, Place place) throws IOException {
        InetSocketAddress address = (InetSocketAddress) house.address(place);
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static Client over(SSLSocket socket, Place place) throws IOException {
        return new Client(new Plug.Tcp(socket), place.speech());
    }

    private Client secure(Place place, String... versions) throws IOException {
        return over(Secure.over(connected(place), Secure.context(), "localhost", versions), place);
    }

    private PeerTls agreed(Place place, Client client) {
        ConnectionInfo info = house.connections(place).stream().filter(one -> one.address().endsWith(":" + client.port())).findFirst().orElseThrow();
        return house.server.connection(info.id()).orElseThrow().tls().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void answersInEitherVersion(Place place, String version) throws IOException {
        try (Client client = secure(place, version)) {
            for (int i = 1; i <= 5; i++) {
                client.ask("hello").expect(i + ":hello");
            }
            PeerTls agreed = agreed(place, client);
            assertEquals(version, agreed.version());
            assertEquals("localhost", agreed.serverName());
            assertTrue(agreed.cipher().startsWith("TLS_"), agreed::toString);
        }
        house.assertSettled(place);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void answersManyRequestsThatComeAtOnce(Place place, String version) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 400; i++) {
            all.append(new String(place.speech().ask("word " + "-".repeat(50) + i), StandardCharsets.ISO_8859_1));
        }
        try (Client client = secure(place, version)) {
            client.send(all.toString().getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 1; i <= 400; i++) {
                client.expect(i + ":word " + "-".repeat(50) + i);
            }
        }
    }

    /// Larger than all that lies between, so that each side has to wait for room.
    @ParameterizedTest
    @FieldSource("HTTP")
    void carriesLargeBodiesBothWays(Place place) throws IOException {
        String large = "y".repeat(900_000);
        try (Client client = secure(place)) {
            client.ask("big 6000000").expect("x".repeat(6_000_000));
            client.ask(large).expect("2:" + large);
            client.ask("more").expect("3:more");
        }
        house.assertSettled(place);
    }

    @ParameterizedTest
    @FieldSource("LINES")
    void showsTheCertificateOfTheNameThatIsAskedFor(Place place) throws IOException {
        try (SSLSocket socket = Secure.over(connected(place), Secure.context(), "other.example.org"); Client client = over(socket, place)) {
            client.ask("hello").expect("1:hello"); // the client has checked the name
            assertEquals("other.example.org", agreed(place, client).serverName());
        }
        // The first is shown to those who ask for an unknown one, and then it is theirs to refuse it.
        assertThrows(SSLHandshakeException.class, () -> Secure.over(connected(place), Secure.context(), "unknown.example.org"));
        house.assertServes(place);
    }

    @ParameterizedTest
    @FieldSource("LINES")
    void knowsTheClientByItsCertificateIfItHasOne(Place place) throws IOException {
        Authority.Issued ada = Secure.AUTHORITY.issue(Secure.FOLDER, "ada-" + place, "ada");
        try (Client client = over(Secure.over(connected(place), Secure.context(ada), "localhost"), place)) {
            client.ask("hello").expect("1:hello");
            assertEquals("CN=ada", agreed(place, client).clientName());
        }
        // A client is told who signs, and shows nothing when it has nothing of theirs.
        Authority.Issued stranger = new Authority("nobody knows").issue(Secure.FOLDER, "stranger-" + place, "stranger");
        try (Client client = over(Secure.over(connected(place), Secure.context(stranger), "localhost"), place)) {
            client.ask("hello").expect("1:hello");
            assertEquals("", agreed(place, client).clientName());
        }
        house.assertServes(place);
    }

    @ParameterizedTest
    @FieldSource("HTTP")
    void agreesOnTheProtocolAndRefusesWhoInsistsOnAnother(Place place) throws IOException {
        assertEquals("http/1.1", application(place, "h2", "http/1.1"));
        assertThrows(SSLException.class, () -> application(place, "h2"));
        house.assertServes(place);
    }

    private String application(Place place, String... offered) throws IOException {
        try (Socket socket = connected(place);
                SSLSocket secure = (SSLSocket) Secure.context().getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true)) {
            var parameters = secure.getSSLParameters();
            parameters.setApplicationProtocols(offered);
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            return secure.getApplicationProtocol();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void saysThatItEndsWhenAnOperatorEndsAnIdleConnection(Place place, String version) throws IOException {
        try (Client client = secure(place, version)) {
            client.ask("hello").expect("1:hello");
            house.awaitState(place, ConnectionState.IDLE, 1);
            house.server.kick(info -> info.listener().equals(place.name()), new Kick(Kick.Mode.AFTER_REQUEST, "test", ""));
            client.expectEnd(); // an end without close_notify would be an exception
        }
        house.assertSettled(place);
    }

    @ParameterizedTest
    @FieldSource("LINES")
    void endsAHandshakeThatTakesTooLong(Place place) throws IOException {
        try (House brief = House.Plan.of(place).listener(listener -> listener.withTimeouts(listener.timeouts().withHandshake(BRIEF))).open()) {
            try (Socket silent = connected(brief, place)) {
                brief.awaitState(place, ConnectionState.HANDSHAKE, 1);
                assertEquals(-1, orReset(silent.getInputStream()));
            }
            try (Socket half = connected(brief, place)) {
                half.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0, 1});
                assertEquals(-1, orReset(half.getInputStream()));
            }
            await().until(() -> brief.ends(place).equals(List.of(CloseReason.SLOW_HANDSHAKE, CloseReason.SLOW_HANDSHAKE)));
            brief.assertSettled(place);
        }
    }

    /// The balancer's header comes in the clear, and its end and the beginning of TLS in whatever pieces.
    @SideBySide
    @FieldSource("PLACES")
    void beginsBehindAProxyHeader(Place place) throws IOException {
        try (House behind = House.Plan.of(place).listener(listener -> listener.withTls(Secure.config())
                .withKeepAlive(listener.keepAlive().withMaxRequests(0)).withProxyProtocol(ProxyProtocol.requiredFrom("127.0.0.1"))).open()) {
            for (byte[] header : List.of(Balancer.text("192.0.2.7", 4711), Balancer.binary("192.0.2.7", 4711))) {
                Socket socket = connected(behind, place);
                socket.setTcpNoDelay(true);
                socket.getOutputStream().write(header, 0, 5);
                socket.getOutputStream().write(header, 5, header.length - 5);
                try (Client client = over(Secure.over(socket, Secure.context(), "localhost"), place)) {
                    client.ask("peer").expect("1:192.0.2.7:4711 198.51.100.1:80");
                    client.ask("again").expect("2:again");
                }
            }
            behind.assertSettled(place);
        }
    }

    /// FAULTS: a client of TLS 1.2 that begins one handshake after the other.
    @SideBySide
    @FieldSource("PLACES")
    void endsWhoAsksForAnotherHandshake(Place place) throws IOException {
        SSLSocket socket = Secure.over(connected(place), Secure.context(), "localhost", "TLSv1.2");
        try (Client client = over(socket, place)) {
            client.ask("first").expect("1:first");
            assertThrows(IOException.class, () -> {
                socket.startHandshake();
                client.ask("second").expect("2:second");
            });
        }
        house.assertSettled(place);
    }

    private static int orReset(InputStream in) throws IOException {
        try {
            return in.read();
        } catch (java.net.SocketException reset) {
            return -1;
        }
    }

    @ParameterizedTest
    @FieldSource("PLACES")
    void answersARequestInTheClearInTheClear(Place place) throws IOException {
        try (Client client = new Client(house.address(place), place.speech())) {
            client.ask("hello");
            String text = client.expectRefusal().text();
            assertTrue(text.contains("TLS"), text);
            client.expectEnd();
        }
        house.awaitEnd(place, CloseReason.HANDSHAKE_FAILED);
        house.assertServes(place);
    }

    /// What has come without a close_notify may be somebody else's end.
    @ParameterizedTest
    @FieldSource("LINES")
    void takesNoRequestThatIsCutOffForAWholeOne(Place place) throws IOException {
        long served = house.outcomes(place, dev.sluice.protocol.Outcome.SUCCESS);
        try (Socket socket = connected(place); SSLSocket secure = Secure.over(socket, Secure.context(), "localhost", "TLSv1.3")) {
            secure.getOutputStream().write("unfinish".getBytes(StandardCharsets.US_ASCII));
            house.awaitState(place, ConnectionState.READING, 1);
            socket.shutdownOutput();
            assertEquals(-1, orReset(secure.getInputStream()), "an answer to half a request");
        } catch (SSLException cut) {
            // where the client misses our close_notify
        }
        house.assertSettled(place);
        assertEquals(served, house.outcomes(place, dev.sluice.protocol.Outcome.SUCCESS));
        assertFalse(house.ends(place).isEmpty());
    }

    @ParameterizedTest
    @FieldSource("LINES")
    void takesAnEndAtABoundaryForAnEnd(Place place) throws IOException {
        try (Socket socket = connected(place); SSLSocket secure = Secure.over(socket, Secure.context(), "localhost", "TLSv1.3")) {
            Client client = over(secure, place);
            client.ask("hello").expect("1:hello");
            socket.shutdownOutput();
            assertEquals(-1, secure.getInputStream().read());
        }
        house.awaitEnd(place, CloseReason.PEER);
        house.assertSettled(place);
    }

    @ParameterizedTest
    @FieldSource("LINES")
    void endsEachWhoSendsGarbageAndServesOn(Place place) throws IOException {
        java.util.Random random = new java.util.Random(11);
        for (int i = 0; i < 10; i++) {
            byte[] garbage = new byte[1 << random.nextInt(15)];
            random.nextBytes(garbage);
            garbage[0] = (byte) (i % 2 == 0 ? 22 : 0x80 + i);
            if (i % 2 == 0 && garbage.length > 4) {
                garbage[1] = 3;
                garbage[2] = 3;
                garbage[3] = (byte) (0x45 + i); // a record larger than there may be
            }
            try (Socket socket = connected(place)) {
                socket.getOutputStream().write(garbage);
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes(); // an alert, perhaps
            } catch (java.net.SocketException reset) {
                // it was ended before all was sent
            }
        }
        house.assertSettled(place);
        house.assertServes(place);
    }
}
