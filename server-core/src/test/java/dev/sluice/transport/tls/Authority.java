package dev.sluice.transport.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/// Makes certificates for tests: an authority, and what it signs.
public final class Authority {

    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.of(6, new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2}));
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final String name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    /// A certificate with its key, as files.
    public record Issued(Path certificate, Path key, X509Certificate x509, PrivateKey privateKey) {}

    public Authority(String name) {
        this.name = name;
        keys = pair("EC");
        certificate = sign(name, keys, name, keys, List.of(), true, Duration.ofDays(-1), Duration.ofDays(3_650));
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public Path file(Path folder) {
        return write(folder.resolve(name + "-ca.pem"), pem("CERTIFICATE", encoded(certificate)));
    }

    /// A good certificate for these hosts.
    public Issued issue(Path folder, String file, String... hosts) {
        return issue(folder, file, "EC", Duration.ofHours(-1), Duration.ofDays(90), hosts);
    }

    /// @param from  relative to now
    /// @param until relative to now
    public Issued issue(Path folder, String file, String algorithm, Duration from, Duration until, String... hosts) {
        KeyPair pair = pair(algorithm);
        X509Certificate signed = sign(hosts.length == 0 ? file : hosts[0], pair, name, keys, List.of(hosts), false, from, until);
        Path at = write(folder.resolve(file + ".pem"), pem("CERTIFICATE", encoded(signed)) + pem("CERTIFICATE", encoded(certificate)));
        Path key = write(folder.resolve(file + ".key"), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        return new Issued(at, key, signed, pair.getPrivate());
    }

    public static KeyPair pair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else if (algorithm.equals("RSA")) {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static X509Certificate sign(String subject, KeyPair pair, String issuer, KeyPair by, List<String> hosts, boolean authority,
            Duration from, Duration until) {
        Instant now = Instant.now();
        byte[] body = Der.sequence(
                Der.of(0xa0, Der.of(2, new byte[] {2})),
                Der.of(2, java.math.BigInteger.valueOf(SERIAL.getAndIncrement()).toByteArray()),
                ECDSA_SHA256, name(issuer), Der.sequence(time(now.plus(from)), time(now.plus(until))), name(subject),
                pair.getPublic().getEncoded(), Der.of(0xa3, Der.sequence(extensions(hosts, authority))));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(by.getPrivate());
            signature.update(body);
            byte[] whole = Der.sequence(body, ECDSA_SHA256, Der.of(3, prepended(0, signature.sign())));
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new java.io.ByteArrayInputStream(whole));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[][] extensions(List<String> hosts, boolean authority) {
        byte[] constraints = Der.sequence(Der.of(6, new byte[] {0x55, 0x1d, 0x13}), Der.of(1, new byte[] {-1}),
                Der.of(4, authority ? Der.sequence(Der.of(1, new byte[] {-1})) : Der.sequence()));
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        hosts.forEach(host -> names.writeBytes(Der.of(0x82, host.getBytes(StandardCharsets.US_ASCII))));
        byte[] alternatives = Der.sequence(Der.of(6, new byte[] {0x55, 0x1d, 0x11}), Der.of(4, Der.of(0x30, names.toByteArray())));
        return hosts.isEmpty() ? new byte[][] {constraints} : new byte[][] {constraints, alternatives};
    }

    private static byte[] name(String common) {
        byte[] type = Der.of(6, new byte[] {0x55, 4, 3});
        return Der.sequence(Der.of(0x31, Der.sequence(type, Der.of(0x0c, common.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant at) {
        return Der.of(0x18, DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] prepended(int first, byte[] rest) {
        byte[] all = new byte[rest.length + 1];
        all[0] = (byte) first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    /// PKCS #8, encrypted as OpenSSL does it by default.
    public static byte[] encrypted(PrivateKey key, String password) throws GeneralSecurityException, IOException {
        String scheme = "PBEWithHmacSHA256AndAES_256";
        SecretKey secret = SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(scheme);
        cipher.init(Cipher.ENCRYPT_MODE, secret,
                new PBEParameterSpec(SecureRandom.getSeed(16), 2_048, new IvParameterSpec(SecureRandom.getSeed(16))));
        byte[] identifier = {0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 5, 0x0d};
        return Der.sequence(Der.algorithm(identifier, cipher.getParameters().getEncoded()), Der.of(4, cipher.doFinal(key.getEncoded())));
    }

    public static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label + "-----\n";
    }

    private static byte[] encoded(Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
