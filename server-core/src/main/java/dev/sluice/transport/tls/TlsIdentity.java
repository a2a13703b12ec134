package dev.sluice.transport.tls;

import dev.sluice.api.CertificateInfo;
import dev.sluice.api.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// What a listener speaks TLS with: its certificates, keys and terms, as they were in their files at one moment. Immutable; safe from any thread.
public final class TlsIdentity {

    static {
        // JSSE reads it once. Without it a client of TLS 1.2 may ask for one handshake after the other, each of which costs the server more than the client.
        if (System.getProperty("jdk.tls.rejectClientInitiatedRenegotiation") == null) {
            System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        }
    }

    private static final int LARGEST_FILE = 1 << 20;

    private final TlsConfig config;
    private final List<Credential> credentials;
    private final SSLContext context;
    private final SSLParameters parameters;
    private final byte[] fingerprint;

    private TlsIdentity(TlsConfig config, List<Credential> credentials, SSLContext context, SSLParameters parameters, byte[] fingerprint) {
        this.config = config;
        this.credentials = credentials;
        this.context = context;
        this.parameters = parameters;
        this.fingerprint = fingerprint;
    }

    /// Reads the files of a configuration.
    ///
    /// @param applicationProtocols to agree on by ALPN; none for no such talk
    /// @param now                  when the certificates must hold
    /// @throws Unusable naming the file, what is wrong, and what is allowed
    public static TlsIdentity load(TlsConfig config, List<String> applicationProtocols, Instant now) throws Unusable {
        return of(config, applicationProtocols, contents(config), now);
    }

    static TlsIdentity of(TlsConfig config, List<String> applicationProtocols, Map<Path, byte[]> contents, Instant now) throws Unusable {
        List<Credential> credentials = new ArrayList<>();
        for (int i = 0; i < config.certificate().size(); i++) {
            Path file = config.certificate().get(i);
            Path key = config.key().get(i);
            credentials.add(Credential.of(file, content(contents, file), key, content(contents, key), config.keyPassword(), now));
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new NamedKeys(credentials)}, trust(config, contents), null);
            return new TlsIdentity(config, List.copyOf(credentials), context, parameters(config, context, applicationProtocols), fingerprint(contents));
        } catch (GeneralSecurityException | IOException failed) {
            throw new Unusable("TLS cannot be set up with " + config.certificate() + ": " + failed.getMessage());
        }
    }

    private static byte[] content(Map<Path, byte[]> contents, Path file) {
        return Objects.requireNonNull(contents.get(file));
    }

    /// Of all files that a configuration names, in their order.
    static Map<Path, byte[]> contents(TlsConfig config) throws Unusable {
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        for (List<Path> files : List.of(config.certificate(), config.key(), config.clientAuthorities())) {
            for (Path file : files) {
                contents.put(file, bytes(file));
            }
        }
        return contents;
    }

    private static byte[] bytes(Path file) throws Unusable {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new Unusable(file, "is no file: a PEM file is needed");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw new Unusable(file, "is larger than 1 MiB: that is no PEM file of certificates");
            }
            return bytes;
        } catch (NoSuchFileException none) {
            throw new Unusable(file, "is not there: name a PEM file, or make one to try with ./sluice cert");
        } catch (AccessDeniedException denied) {
            throw new Unusable(file, "may not be read by this user: change its owner or its mode");
        } catch (Unusable known) {
            throw known;
        } catch (IOException failed) {
            throw new Unusable(file, "cannot be read: " + failed.getMessage());
        }
    }

    static byte[] fingerprint(Map<Path, byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            contents.values().forEach(content -> {
                digest.update((content.length + ":").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                digest.update(content);
            });
            return digest.digest();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static TrustManager @Nullable [] trust(TlsConfig config, Map<Path, byte[]> contents) throws GeneralSecurityException, IOException {
        if (config.clientCertificates() == TlsConfig.ClientCertificates.NONE) {
            return new TrustManager[0];
        }
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        int number = 0;
        for (Path file : config.clientAuthorities()) {
            for (X509Certificate authority : Credential.certificates(file, content(contents, file))) {
                authorities.setCertificateEntry("authority-" + number++, authority);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(authorities);
        return factory.getTrustManagers();
    }

    private static SSLParameters parameters(TlsConfig config, SSLContext context, List<String> applicationProtocols) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(config.protocols().toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        switch (config.clientCertificates()) {
            case NONE -> {}
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        if (!applicationProtocols.isEmpty()) {
            parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
        }
        return parameters;
    }

    SSLContext context() {
        return context;
    }

    /// A server's side of one connection.
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// The configuration it was read for.
    public TlsConfig config() {
        return config;
    }

    /// What clients may be shown, the first by default.
    public List<CertificateInfo> certificates() {
        return credentials.stream().map(Credential::info).toList();
    }

    /// Whether it was made of files with these contents.
    boolean madeOf(byte[] other) {
        return Arrays.equals(fingerprint, other);
    }
}
