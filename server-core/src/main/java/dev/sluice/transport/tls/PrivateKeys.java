package dev.sluice.transport.tls;

import dev.sluice.api.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// Private keys out of PEM blocks, in all the forms in which other servers take them. Pure functions.
final class PrivateKeys {

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
    private static final byte[] RSA = Der.algorithm(new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1}, new byte[] {5, 0});
    private static final byte[] EC = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private PrivateKeys() {}

    /// The first key of a file.
    static PrivateKey read(Path file, List<Pem> blocks, Optional<Secret> password) throws Unusable {
        for (Pem block : blocks) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return key(file, block.bytes());
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, wrapped(file, block, RSA));
                }
                case "EC PRIVATE KEY" -> {
                    return key(file, wrapped(file, block, Der.algorithm(EC, curve(file, block))));
                }
                case "ENCRYPTED PRIVATE KEY" -> {
                    return key(file, decrypted(file, block.bytes(), password));
                }
                default -> {} // a certificate, or the parameters of a curve
            }
        }
        throw new Unusable(file, "has no private key in it: " + blocks.stream().map(Pem::label).distinct().toList()
                + ", but must have a PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY or ENCRYPTED PRIVATE KEY");
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws Unusable {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException other) {
                // of another algorithm, perhaps
            }
        }
        throw new Unusable(file, "has a private key that is broken, or neither RSA nor EC nor EdDSA");
    }

    /// PKCS #8 around the older forms.
    private static byte[] wrapped(Path file, Pem block, byte[] algorithm) throws Unusable {
        if (!block.headers().isEmpty()) {
            throw new Unusable(file, "has a key that is encrypted in an old way (" + block.headers().lines().findFirst().orElse("")
                    + "): convert it with openssl pkcs8 -topk8 -in " + file.getFileName() + " -out new.key");
        }
        return Der.sequence(new byte[] {2, 1, 0}, algorithm, Der.of(4, block.bytes()));
    }

    /// ECPrivateKey ::= SEQUENCE { version, privateKey, [0] parameters OPTIONAL, [1] publicKey OPTIONAL } (RFC 5915).
    private static byte[] curve(Path file, Pem block) throws Unusable {
        try {
            Der.Reader key = new Der.Reader(block.bytes()).inner(0x30);
            key.skip();
            key.skip();
            return key.inner(0xa0).rest();
        } catch (IllegalArgumentException broken) {
            throw new Unusable(file, "has an EC PRIVATE KEY that is broken, or does not name its curve");
        }
    }

    private static byte[] decrypted(Path file, byte[] bytes, Optional<Secret> password) throws Unusable {
        Secret given = password.orElseThrow(() -> new Unusable(file, "has an encrypted key: its password must be given as key-password"));
        try {
            EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(bytes);
            // Of PBES2 the name says nothing, and the parameters' text is the name of the scheme.
            String scheme = encrypted.getAlgName().equals("PBES2") || encrypted.getAlgName().startsWith("1.2.840.113549.1.5.13")
                    ? encrypted.getAlgParameters().toString() : encrypted.getAlgName();
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(given.text().toCharArray())),
                    encrypted.getAlgParameters());
            return encrypted.getKeySpec(cipher).getEncoded();
        } catch (InvalidKeyException | java.security.spec.InvalidKeySpecException wrong) {
            throw new Unusable(file, "cannot be decrypted: key-password is not the right one, or the key is broken");
        } catch (IOException | GeneralSecurityException broken) {
            throw new Unusable(file, broken instanceof BadPaddingException
                    ? "cannot be decrypted: key-password is not the right one" : "is encrypted in a way that is not known: " + broken.getMessage());
        }
    }
}
