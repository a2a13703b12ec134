package dev.sluice.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedKeysTest {

    @TempDir
    Path folder;

    private final Authority authority = new Authority("test authority");
    private NamedKeys keys = new NamedKeys(List.of());

    @BeforeEach
    void make() throws IOException {
        keys = new NamedKeys(List.of(credential("first", "EC", "first.org"), credential("second", "EC", "*.second.org"),
                credential("second-rsa", "RSA", "*.second.org")));
    }

    private Credential credential(String file, String algorithm, String host) throws IOException {
        Authority.Issued issued = authority.issue(folder, file, algorithm, Duration.ofDays(-1), Duration.ofDays(1), host);
        return Credential.of(issued.certificate(), Files.readAllBytes(issued.certificate()), issued.key(), Files.readAllBytes(issued.key()),
                Optional.empty(), Instant.now());
    }

    private String file(String host, String keyType) {
        return String.valueOf(assertNotNullAnd(keys.chosen(host, keyType)).file().getFileName());
    }

    private static Credential assertNotNullAnd(Credential chosen) {
        assertNotNull(chosen);
        return chosen;
    }

    @Test
    void showsTheCertificateThatCoversTheName() {
        assertEquals("second.pem", file("www.second.org", "EC"));
        assertEquals("first.pem", file("first.org", "EC"));
    }

    @Test
    void showsTheFirstWhereNoneDoes() {
        assertEquals("first.pem", file("third.org", "EC"));
        assertEquals("first.pem", file("", "EC"));
    }

    @Test
    void showsTheOneWithAKeyOfTheTypeThatIsAskedFor() {
        assertEquals("second-rsa.pem", file("www.second.org", "RSA"));
        assertNull(keys.chosen("first.org", "RSA"));
    }
}
