package dev.sluice.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {

    private static final Authority AUTHORITY = new Authority("test authority");

    @TempDir
    Path folder;

    private static Credential read(Path certificate, Path key, Optional<Secret> password) throws IOException {
        return Credential.of(certificate, Files.readAllBytes(certificate), key, Files.readAllBytes(key), password, Instant.now());
    }

    private static Credential read(Authority.Issued issued) throws IOException {
        return read(issued.certificate(), issued.key(), Optional.empty());
    }

    private static String refusal(Path certificate, Path key, Optional<Secret> password) {
        return String.valueOf(assertThrows(Unusable.class, () -> read(certificate, key, password)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsAChainAndItsKey(String algorithm) throws IOException {
        Authority.Issued issued = AUTHORITY.issue(folder, "one", algorithm, Duration.ofDays(-1), Duration.ofDays(1), "example.org");
        Credential read = read(issued);
        assertEquals(2, read.chain().size());
        assertEquals(issued.x509(), read.chain().getFirst());
        assertEquals(issued.privateKey(), read.key());
    }

    /// What PKCS #8 has around it is taken off first.
    private static byte[] bare(byte[] pkcs8) {
        Der.Reader outer = new Der.Reader(pkcs8).inner(0x30);
        outer.skip();
        outer.skip();
        return outer.inner(4).rest();
    }

    @Test
    void readsKeysInTheOlderForms() throws IOException {
        Authority.Issued rsa = AUTHORITY.issue(folder, "rsa", "RSA", Duration.ofDays(-1), Duration.ofDays(1), "example.org");
        Authority.write(rsa.key(), Authority.pem("RSA PRIVATE KEY", bare(rsa.privateKey().getEncoded())));
        assertEquals(rsa.privateKey(), read(rsa).key());

        Authority.Issued ec = AUTHORITY.issue(folder, "ec", "example.org");
        byte[] curve = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
        Der.Reader inner = new Der.Reader(bare(ec.privateKey().getEncoded())).inner(0x30);
        inner.skip();
        byte[] number = inner.inner(4).rest();
        byte[] sec1 = Der.sequence(new byte[] {2, 1, 1}, Der.of(4, number), Der.of(0xa0, curve));
        Authority.write(ec.key(), Authority.pem("EC PARAMETERS", curve) + Authority.pem("EC PRIVATE KEY", sec1));
        assertEquals(((ECPrivateKey) ec.privateKey()).getS(), ((ECPrivateKey) read(ec).key()).getS());
    }

    @Test
    void readsAKeyThatIsEncryptedAndSaysWhatIsWrongWithItsPassword() throws Exception {
        Authority.Issued issued = AUTHORITY.issue(folder, "one", "example.org");
        Authority.write(issued.key(), Authority.pem("ENCRYPTED PRIVATE KEY", Authority.encrypted(issued.privateKey(), "right")));
        assertEquals(issued.privateKey(), read(issued.certificate(), issued.key(), Optional.of(new Secret("right"))).key());
        String wrong = refusal(issued.certificate(), issued.key(), Optional.of(new Secret("wrong")));
        assertTrue(wrong.contains(issued.key().toString()) && wrong.contains("key-password is not the right one"), wrong);
        String none = refusal(issued.certificate(), issued.key(), Optional.empty());
        assertTrue(none.contains("its password must be given as key-password"), none);
    }

    @Test
    void refusesWhatCannotBeUsedAndSaysWhy() throws IOException {
        Authority.Issued one = AUTHORITY.issue(folder, "one", "example.org");
        Authority.Issued other = AUTHORITY.issue(folder, "other", "example.org");
        String mismatch = refusal(one.certificate(), other.key(), Optional.empty());
        assertTrue(mismatch.contains("is not the key of the certificate in " + one.certificate()), mismatch);
        String swapped = refusal(one.key(), one.certificate(), Optional.empty());
        assertTrue(swapped.contains(one.key() + " has no certificate in it"), swapped);
        String noKey = refusal(one.certificate(), one.certificate(), Optional.empty());
        assertTrue(noKey.contains("has no private key in it"), noKey);
        Path text = Authority.write(folder.resolve("text"), "hello");
        assertTrue(refusal(text, one.key(), Optional.empty()).contains(text + " is no PEM file"));
        Path cut = Authority.write(folder.resolve("cut"), Files.readString(one.certificate()).substring(0, 200));
        assertTrue(refusal(cut, one.key(), Optional.empty()).contains("it is cut off"));
        Path old = Authority.write(folder.resolve("old"),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertTrue(refusal(one.certificate(), old, Optional.empty()).contains("openssl pkcs8 -topk8"));
    }

    @Test
    void refusesCertificatesThatDoNotHoldNow() {
        Authority.Issued past = AUTHORITY.issue(folder, "past", "EC", Duration.ofDays(-2), Duration.ofDays(-1), "example.org");
        assertTrue(refusal(past.certificate(), past.key(), Optional.empty()).contains("has expired"));
        Authority.Issued future = AUTHORITY.issue(folder, "future", "EC", Duration.ofDays(1), Duration.ofDays(2), "example.org");
        assertTrue(refusal(future.certificate(), future.key(), Optional.empty()).contains("holds only from"));
    }

    @Test
    void coversItsNamesAndOneStepBelowAStar() throws IOException {
        Credential read = read(AUTHORITY.issue(folder, "one", "example.org", "*.Example.net"));
        assertTrue(read.covers("example.org"));
        assertTrue(read.covers("www.example.net"));
        assertFalse(read.covers("example.net"));
        assertFalse(read.covers("a.b.example.net"));
        assertFalse(read.covers("www.example.org"));
        assertFalse(read.covers(""));
    }

    @Test
    void goesByTheCommonNameWhereThereIsNoOther() throws IOException {
        assertTrue(read(AUTHORITY.issue(folder, "plainname")).covers("plainname"));
    }
}
