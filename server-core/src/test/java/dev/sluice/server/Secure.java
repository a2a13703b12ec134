package dev.sluice.server;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.TlsConfig;
import dev.sluice.transport.tls.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// TLS in tests: one authority that all clients trust, and what they show.
final class Secure {

    static final Authority AUTHORITY = new Authority("test authority");
    static final Path FOLDER = folder();
    static final Authority.Issued LOCALHOST = AUTHORITY.issue(FOLDER, "localhost", "localhost");

    private static final char[] PASSWORD = "secret".toCharArray();

    private Secure() {}

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("secure");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> empty(folder)));
            return folder;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void empty(Path folder) {
        try (var files = Files.list(folder)) {
            files.forEach(file -> file.toFile().delete());
        } catch (IOException left) {
            // a test's temporary files
        }
        folder.toFile().delete();
    }

    static TlsConfig config() {
        return TlsConfig.of(LOCALHOST.certificate(), LOCALHOST.key());
    }

    static ListenerConfig listener(ListenerConfig plain) {
        return plain.withTls(config());
    }

    /// Of a client that trusts the authority, and shows nothing.
    static SSLContext context() {
        return context(null);
    }

    /// @param shown null for none
    static SSLContext context(Authority.Issued shown) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", AUTHORITY.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (shown != null) {
                own.setKeyEntry("own", shown.privateKey(), PASSWORD, new java.security.cert.Certificate[] {shown.x509()});
            }
            keys.init(own, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// TLS over a connected socket; the handshake is done.
    static SSLSocket over(Socket socket, SSLContext context, String host, String... versions) throws IOException {
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (versions.length > 0) {
            parameters.setProtocols(versions);
        }
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }
}
