package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.CertificateInfo;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.TlsConfig;
import dev.sluice.api.TlsConfig.ClientCertificates;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.tls.Authority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// What each key of `tls` does, and how changes of it and of its files are taken over.
class TlsEffectTest {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.sluice.transport.tls");

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Authority.Issued first = new Authority.Issued(Path.of(""), Path.of(""), Secure.LOCALHOST.x509(), Secure.LOCALHOST.privateKey());

    @BeforeEach
    void issue() {
        first = Secure.AUTHORITY.issue(folder, "first", "localhost");
        log.start();
        LOG.setLevel(Level.INFO);
        LOG.addAppender(log);
    }

    @AfterEach
    void forget() {
        LOG.detachAppender(log);
        LOG.setLevel(null);
    }

    private Server start(UnaryOperator<ListenerConfig> furnished) throws IOException {
        ListenerConfig plain = ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (line, call) -> line);
        return Server.start(ServerConfig.named("tls").withDrain(House.QUICK)
                .withListener("web", furnished.apply(plain.withTls(TlsConfig.of(first.certificate(), first.key())))));
    }

    private Server start() throws IOException {
        return start(UnaryOperator.identity());
    }

    private static ListenerInfo web(Server server) {
        return server.listeners().getFirst();
    }

    private static Socket socket(Server server) throws IOException {
        InetSocketAddress address = web(server).address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static Client client(Server server, SSLContext context, String... versions) throws IOException {
        return new Client(new Plug.Tcp(Secure.over(socket(server), context, "localhost", versions)), Speech.LINE);
    }

    private static void ask(Server server, SSLContext context, String... versions) throws IOException {
        try (Client client = client(server, context, versions)) {
            client.ask("hello").expect("hello");
        }
    }

    private static X509Certificate shown(Server server) throws IOException {
        try (SSLSocket socket = Secure.over(socket(server), Secure.context(), "localhost")) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static ReloadReport change(Server server, UnaryOperator<TlsConfig> next) {
        ListenerConfig held = server.config().listeners().get("web");
        return server.apply(server.config().withListener("web", held.withTls(next.apply(held.tls().orElseThrow()))));
    }

    private static void live(Server server, UnaryOperator<TlsConfig> next, String... keys) {
        ReloadReport report = change(server, next);
        assertTrue(report.applied(), report::toString);
        assertEquals(java.util.stream.Stream.of(keys).map(key -> "listeners.web.tls." + key + " LIVE").toList(),
                report.changes().stream().map(one -> one.key() + " " + one.kind()).toList());
    }

    @Test
    @Effect({"listeners.*.tls.certificate", "listeners.*.tls.key"})
    void otherFilesAreShownFromNowOnAndWhoIsThereGoesOn() throws IOException {
        Authority.Issued second = Secure.AUTHORITY.issue(folder, "second", "localhost");
        try (Server server = start(); Client before = client(server, Secure.context())) {
            before.ask("hello").expect("hello");
            assertEquals(first.x509(), shown(server));
            live(server, tls -> tls.withFiles(List.of(second.certificate()), List.of(second.key())), "certificate", "key");
            assertEquals(second.x509(), shown(server));
            assertEquals(List.of(second.certificate().toString()), web(server).certificates().stream().map(CertificateInfo::file).toList());
            before.ask("again").expect("again");
        }
    }

    @Test
    @Effect("listeners.*.tls.key-password")
    void aPasswordOpensTheKey() throws Exception {
        Path locked = folder.resolve("locked.key");
        Authority.write(locked, Authority.pem("ENCRYPTED PRIVATE KEY", Authority.encrypted(first.privateKey(), "open sesame")));
        UnaryOperator<TlsConfig> with = tls -> tls.withFiles(List.of(first.certificate()), List.of(locked));
        try (Server server = start()) {
            ReloadReport report = change(server, with);
            assertTrue(report.refused(), report::toString);
            assertTrue(report.toString().contains("its password must be given as key-password"), report::toString);
            live(server, tls -> with.apply(tls).withKeyPassword("open sesame"), "key", "key-password");
            ask(server, Secure.context());
            assertFalse(change(server, tls -> tls.withKeyPassword("wrong")).toString().contains("sesame"));
        }
    }

    @Test
    @Effect({"listeners.*.tls.client-certificates", "listeners.*.tls.client-authorities"})
    void clientsAreAskedForCertificates() throws IOException {
        Path authority = Secure.AUTHORITY.file(folder);
        Authority others = new Authority("others");
        SSLContext ada = Secure.context(Secure.AUTHORITY.issue(folder, "ada", "ada"));
        try (Server server = start()) {
            ask(server, Secure.context());
            live(server, tls -> tls.withClients(ClientCertificates.REQUIRED, List.of(authority)), "client-certificates", "client-authorities");
            ask(server, ada);
            assertThrows(IOException.class, () -> ask(server, Secure.context()));
            live(server, tls -> tls.withClients(ClientCertificates.REQUIRED, List.of(others.file(folder))), "client-authorities");
            assertThrows(IOException.class, () -> ask(server, ada));
            live(server, tls -> tls.withClients(ClientCertificates.OPTIONAL, List.of(others.file(folder))), "client-certificates");
            ask(server, Secure.context());
        }
    }

    @Test
    @Effect("listeners.*.tls.protocols")
    void onlyTheVersionsThatAreAllowedAreSpoken() throws IOException {
        try (Server server = start()) {
            ask(server, Secure.context(), "TLSv1.2");
            live(server, tls -> tls.withProtocols(List.of("TLSv1.3")), "protocols");
            assertThrows(SSLHandshakeException.class, () -> ask(server, Secure.context(), "TLSv1.2"));
            ask(server, Secure.context(), "TLSv1.3");
            live(server, tls -> tls.withProtocols(List.of("TLSv1.2")), "protocols");
            assertThrows(SSLException.class, () -> ask(server, Secure.context(), "TLSv1.3"));
        }
    }

    @Test
    @Effect("listeners.*.timeouts.handshake")
    void aHandshakeHasItsTime() throws IOException {
        try (Server server = start(listener -> listener.withTimeouts(EffectContract.PATIENT)); Socket silent = socket(server)) {
            await().until(() -> server.connections().stream().anyMatch(one -> one.state() == ConnectionState.HANDSHAKE));
            ListenerConfig held = server.config().listeners().get("web");
            server.apply(server.config().withListener("web", held.withTimeouts(held.timeouts().withHandshake(Duration.ofMillis(20)))));
            try (Socket second = socket(server)) {
                assertEquals(-1, orReset(second));
            }
            await().until(() -> !server.recent().closed().isEmpty());
            assertEquals(CloseReason.SLOW_HANDSHAKE, server.recent().closed().getLast().reason());
            assertEquals(1, server.connections().size(), "the one that came before has the time it came with");
            silent.shutdownOutput();
            await().until(() -> server.connections().isEmpty());
        }
    }

    private static int orReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (java.net.SocketException reset) {
            return -1;
        }
    }

    @Test
    void turningItOnOrOffIsAnotherListenerAtTheSameSocket() throws IOException {
        try (Server server = start()) {
            ListenerConfig held = server.config().listeners().get("web");
            InetSocketAddress address = web(server).address();
            ReloadReport off = server.apply(server.config().withListener("web", held.withTls(java.util.Optional.empty())));
            assertTrue(off.applied() && off.changes().stream().allMatch(one -> one.kind() == ReloadReport.Kind.REBIND), off::toString);
            assertEquals(address, web(server).address());
            assertEquals(List.of(), web(server).certificates());
            try (Client clear = new Client(address, Speech.LINE)) {
                clear.ask("hello").expect("hello");
            }
            ReloadReport on = server.apply(server.config().withListener("web", held));
            assertTrue(on.applied() && on.changes().stream().allMatch(one -> one.kind() == ReloadReport.Kind.REBIND), on::toString);
            ask(server, Secure.context());
        }
    }

    private static void replace(Authority.Issued present, Authority.Issued next) throws IOException {
        Files.move(next.certificate(), present.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(next.key(), present.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    private List<String> warnings() {
        return List.copyOf(log.list).stream().filter(event -> event.getLevel() == Level.WARN).map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aChangedFileIsTakenOverByItselfAndNobodyIsLostMeanwhile() throws Exception {
        Authority.Issued second = Secure.AUTHORITY.issue(folder, "second", "localhost");
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Server server = start(); Client before = client(server, Secure.context())) {
            before.ask("hello").expect("hello");
            Thread load = Thread.ofVirtual().start(() -> {
                try {
                    while (!done.get()) {
                        ask(server, Secure.context());
                    }
                } catch (Throwable failed) {
                    failure.set(failed);
                }
            });
            replace(first, second);
            await().pollInterval(Duration.ofMillis(50)).until(() -> shown(server).equals(second.x509()));
            done.set(true);
            load.join();
            assertEquals(null, failure.get());
            before.ask("again").expect("again");
            assertEquals(second.x509().getNotAfter().toInstant(), web(server).certificates().getFirst().until());
        }
        assertEquals(List.of(), warnings());
    }

    @Test
    void aFileThatCannotBeUsedIsToldOfOnceAndTheOneBeforeStays() throws IOException {
        byte[] good = Files.readAllBytes(first.certificate());
        try (Server server = start()) {
            Files.writeString(first.certificate(), "half a certif");
            await().until(() -> !warnings().isEmpty());
            assertTrue(warnings().getFirst().startsWith("event=certificate-not-usable listener=web cause=\"" + first.certificate() + " is no PEM file"),
                    () -> warnings().getFirst());
            assertEquals(first.x509(), shown(server));
            server.apply(server.config());
            assertEquals(1, warnings().size());

            Authority.Issued expired = Secure.AUTHORITY.issue(folder, "expired", "EC", Duration.ofDays(-2), Duration.ofDays(-1), "localhost");
            Files.copy(expired.certificate(), first.certificate(), StandardCopyOption.REPLACE_EXISTING);
            server.apply(server.config()); // a reload looks at once
            assertEquals(2, warnings().size());
            assertNotEquals(warnings().getFirst(), warnings().getLast());
            assertEquals(first.x509(), shown(server));

            Files.write(first.certificate(), good);
            server.apply(server.config());
            ask(server, Secure.context());
            assertEquals(2, warnings().size());
        }
    }

    @Test
    void aServerDoesNotStartWithACertificateThatCannotBeUsed() {
        Path none = folder.resolve("none.pem");
        IOException refused = assertThrows(IOException.class, () -> start(listener -> listener.withTls(TlsConfig.of(none, first.key()))));
        assertTrue(String.valueOf(refused.getMessage()).startsWith("listener web cannot speak TLS: " + none + " is not there"), refused::toString);
    }
}
