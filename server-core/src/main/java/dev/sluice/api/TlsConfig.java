package dev.sluice.api;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// TLS on a listener: what it shows to its clients, and what it asks of them. Files are PEM, as other servers use them; a changed file is taken
/// over within two seconds, for new connections.
///
/// @param certificate       files with a certificate each, followed by those that it is signed with. The server shows the one that the client asks for by
///                          name, and the first when none fits
/// @param key               files with the private keys, in the same order. PKCS #8, PKCS #1 (`RSA PRIVATE KEY`) and SEC 1 (`EC PRIVATE KEY`)
/// @param keyPassword       of keys that are encrypted (PKCS #8)
/// @param clientCertificates whether clients are asked for a certificate
/// @param clientAuthorities files with the certificates that those of clients must be signed with
/// @param protocols         allowed versions: `TLSv1.3`, `TLSv1.2`
public record TlsConfig(
        @Live List<Path> certificate,
        @Live List<Path> key,
        @Live Optional<Secret> keyPassword,
        @Live ClientCertificates clientCertificates,
        @Live List<Path> clientAuthorities,
        @Live List<String> protocols) {

    /// The versions there are, the newest first.
    public static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    /// What is asked of clients.
    public enum ClientCertificates {
        /// Nothing.
        NONE,
        /// A certificate, if they have one. One that is not signed by the authorities is refused.
        OPTIONAL,
        /// A certificate, or they are refused.
        REQUIRED
    }

    public TlsConfig {
        certificate = List.copyOf(certificate);
        key = List.copyOf(key);
        clientAuthorities = List.copyOf(clientAuthorities);
        protocols = List.copyOf(protocols);
        if (certificate.isEmpty()) {
            throw new IllegalArgumentException("certificate is missing, but TLS needs one: a PEM file");
        }
        if (key.size() != certificate.size()) {
            throw new IllegalArgumentException("key names " + files(key) + ", but certificate names " + files(certificate)
                    + ": each certificate needs its key, in the same order");
        }
        if (clientCertificates != ClientCertificates.NONE && clientAuthorities.isEmpty()) {
            throw new IllegalArgumentException("client-authorities is missing, but client-certificates is " + Rendered.text(clientCertificates)
                    + ": name the PEM file of those who sign the certificates of clients");
        }
        if (protocols.isEmpty() || !VERSIONS.containsAll(protocols) || new HashSet<>(protocols).size() < protocols.size()) {
            throw new IllegalArgumentException("protocols is " + protocols + ", but must be TLSv1.3 or TLSv1.2 or both");
        }
    }

    private static String files(List<Path> named) {
        return named.size() == 1 ? "1 file" : named.size() + " files";
    }

    /// One certificate, and nothing asked of clients.
    public static TlsConfig of(Path certificate, Path key) {
        return of(List.of(certificate), List.of(key));
    }

    /// Several certificates, chosen by the name that the client asks for.
    public static TlsConfig of(List<Path> certificate, List<Path> key) {
        return new TlsConfig(certificate, key, Optional.empty(), ClientCertificates.NONE, List.of(), VERSIONS);
    }

    public TlsConfig withFiles(List<Path> nextCertificate, List<Path> nextKey) {
        return new TlsConfig(nextCertificate, nextKey, keyPassword, clientCertificates, clientAuthorities, protocols);
    }

    public TlsConfig withKeyPassword(String next) {
        return new TlsConfig(certificate, key, Optional.of(new Secret(next)), clientCertificates, clientAuthorities, protocols);
    }

    public TlsConfig withClients(ClientCertificates next, List<Path> authorities) {
        return new TlsConfig(certificate, key, keyPassword, next, authorities, protocols);
    }

    public TlsConfig withProtocols(List<String> next) {
        return new TlsConfig(certificate, key, keyPassword, clientCertificates, clientAuthorities, next);
    }
}
