package dev.sluice.protocol;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/// What was agreed on with the client of a TLS connection.
///
/// @param version             `TLSv1.3` or `TLSv1.2`
/// @param cipher              the cipher suite, as Java names it
/// @param serverName          the name that the client asked for (SNI); empty when it asked for none. Not escaped
/// @param applicationProtocol as agreed on by ALPN; empty when there was no such talk
/// @param clientCertificate   that the client has shown, and the listener's authorities have signed; null when it has shown none
public record PeerTls(
        String version, String cipher, String serverName, String applicationProtocol, @Nullable X509Certificate clientCertificate) {

    /// Whom the client's certificate is for, as RFC 2253 writes it; empty when it has shown none. Not escaped.
    public String clientName() {
        return clientCertificate == null ? "" : clientCertificate.getSubjectX500Principal().getName();
    }
}
