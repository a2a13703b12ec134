package dev.sluice.console.launch;

import dev.sluice.api.ServerConfig;
import dev.sluice.api.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Certificates that will soon be of no use. Reads their files; what cannot be read the server says itself.
final class CertificateChecks {

    private static final Duration SOON = Duration.ofDays(14);

    private CertificateChecks() {}

    /// One line for each.
    static List<String> warnings(ServerConfig config, Instant now) {
        List<String> warnings = new ArrayList<>();
        config.listeners().forEach((name, listener) -> listener.tls().map(TlsConfig::certificate).orElse(List.of())
                .forEach(file -> check(name, file, now, warnings)));
        return warnings;
    }

    private static void check(String listener, Path file, Instant now, List<String> warnings) {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            Instant until = certificate.getNotAfter().toInstant();
            if (until.isBefore(now)) {
                warnings.add("listeners." + listener + ".tls.certificate " + file + " has expired at " + until + ": have it renewed");
            } else if (until.isBefore(now.plus(SOON))) {
                warnings.add("listeners." + listener + ".tls.certificate " + file + " expires in " + Duration.between(now, until).toDays()
                        + " days, at " + until + ": have it renewed; the new one is taken over as soon as it is there");
            }
        } catch (IOException | CertificateException unreadable) {
            // The server says so, and more exactly.
        }
    }
}
