package dev.sluice.transport.tls;

import dev.sluice.api.CertificateInfo;
import dev.sluice.api.Secret;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A certificate, those that it is signed with, and its private key.
///
/// @param file  of the certificate
/// @param chain the certificate first
/// @param names of the hosts that it covers, in small letters
record Credential(Path file, List<X509Certificate> chain, PrivateKey key, List<String> names) {

    private static final int DNS = 2;
    private static final int ADDRESS = 7;
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,+\\\\]+)");

    /// @param now when the certificate must hold
    /// @throws Unusable also when key and certificate do not belong together
    static Credential of(Path file, byte[] certificates, Path keyFile, byte[] keys, Optional<Secret> password, Instant now) throws Unusable {
        List<X509Certificate> chain = certificates(file, certificates);
        PrivateKey key = PrivateKeys.read(keyFile, Pem.blocks(keyFile, keys), password);
        X509Certificate first = chain.getFirst();
        if (!matches(key, first.getPublicKey())) {
            throw new Unusable(keyFile, "is not the key of the certificate in " + file + ": name the two that were made together");
        }
        if (first.getNotBefore().toInstant().isAfter(now)) {
            throw new Unusable(file, "holds only from " + first.getNotBefore().toInstant() + ", but it is " + now + ": is the clock right?");
        }
        if (first.getNotAfter().toInstant().isBefore(now)) {
            throw new Unusable(file, "has expired at " + first.getNotAfter().toInstant() + ": no client would trust it; have it renewed");
        }
        return new Credential(file, chain, key, names(first));
    }

    /// All certificates of a file.
    static List<X509Certificate> certificates(Path file, byte[] content) throws Unusable {
        List<X509Certificate> chain = new ArrayList<>();
        for (Pem block : Pem.blocks(file, content)) {
            if (!block.label().equals("CERTIFICATE") && !block.label().equals("X509 CERTIFICATE")) {
                continue;
            }
            try {
                chain.add((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.bytes())));
            } catch (CertificateException broken) {
                throw new Unusable(file, "has a certificate that is broken: " + broken.getMessage());
            }
        }
        if (chain.isEmpty()) {
            throw new Unusable(file, "has no certificate in it: a -----BEGIN CERTIFICATE----- is needed");
        }
        return List.copyOf(chain);
    }

    private static boolean matches(PrivateKey key, PublicKey shown) throws Unusable {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "RSASSA-PSS" -> "";
            default -> "EdDSA";
        };
        byte[] words = {1, 2, 3, 4, 5, 6, 7, 8};
        try {
            if (algorithm.isEmpty()) {
                return shown.getAlgorithm().equals("RSASSA-PSS") || shown.getAlgorithm().equals("RSA");
            }
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(words);
            byte[] signature = signing.sign();
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(shown);
            checking.update(words);
            return checking.verify(signature);
        } catch (GeneralSecurityException unlike) {
            return false;
        }
    }

    private static List<String> names(X509Certificate certificate) throws Unusable {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
                if (name.get(0) instanceof Integer kind && (kind == DNS || kind == ADDRESS)) {
                    names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        } catch (CertificateException broken) {
            throw new Unusable("the alternative names of " + certificate.getSubjectX500Principal() + " are broken: " + broken.getMessage());
        }
        if (names.isEmpty()) {
            commonName(certificate).ifPresent(names::add);
        }
        return List.copyOf(names);
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        Matcher matcher = COMMON_NAME.matcher(certificate.getSubjectX500Principal().getName());
        return matcher.find() ? Optional.of(matcher.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
    }

    /// Whether a client that asks for this host is shown this certificate; `*.example.org` covers one step (RFC 6125 §6.4.3).
    ///
    /// @param host in small letters
    boolean covers(String host) {
        int dot = host.indexOf('.');
        String anyHost = dot < 0 ? "" : "*" + host.substring(dot);
        return names.contains(host) || !anyHost.isEmpty() && names.contains(anyHost);
    }

    CertificateInfo info() {
        X509Certificate first = chain.getFirst();
        return new CertificateInfo(file.toString(), first.getSubjectX500Principal().getName(), names,
                first.getNotBefore().toInstant(), first.getNotAfter().toInstant());
    }
}
