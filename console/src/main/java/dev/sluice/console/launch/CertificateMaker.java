package dev.sluice.console.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Makes a self-signed certificate to try TLS with, by the `keytool` of the Java that runs this, and writes it with its key as PEM files, which nobody else may read.
///
/// @param folder of the files
/// @param hosts  names and addresses that it is for, the first in its subject too
/// @param days   that it holds
/// @param force  whether files that are there are replaced
record CertificateMaker(Path folder, List<String> hosts, int days, boolean force) {

    static final String CERTIFICATE = "cert.pem";
    static final String KEY = "cert.key";

    private static final String ALIAS = "sluice";
    private static final String PASSWORD = "SLUICE_CERT_PASSWORD";
    private static final long PATIENCE_SECONDS = 60;
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    /// Makes both files.
    ///
    /// @return what to tell the person who asked for it
    /// @throws IOException naming what stands in the way
    String make() throws IOException, InterruptedException {
        Path certificate = folder.resolve(CERTIFICATE);
        Path key = folder.resolve(KEY);
        if (!force) {
            requireFree(certificate);
            requireFree(key);
        }
        Files.createDirectories(folder);
        Path work = Files.createTempDirectory("sluice-cert");
        try {
            KeyStore made = generated(work.resolve("made.p12"));
            write(key, pem("PRIVATE KEY", made.getKey(ALIAS, secret(work)).getEncoded()));
            write(certificate, pem("CERTIFICATE", made.getCertificate(ALIAS).getEncoded()));
        } catch (GeneralSecurityException failed) {
            throw new IOException("the certificate cannot be made: " + failed.getMessage(), failed);
        } finally {
            Files.deleteIfExists(work.resolve("made.p12"));
            Files.deleteIfExists(work);
        }
        return told(certificate, key);
    }

    private static void requireFree(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new IOException(file + " is there already: --force replaces it, --out DIR writes elsewhere");
        }
    }

    /// For the file between two processes of ours, gone in a second.
    private static char[] secret(Path work) {
        return work.getFileName().toString().toCharArray();
    }

    private KeyStore generated(Path store) throws IOException, InterruptedException, GeneralSecurityException {
        char[] password = secret(store.toAbsolutePath().getParent());
        ProcessBuilder keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + hosts.getFirst(), "-ext", "SAN=" + alternatives(),
                "-validity", Integer.toString(days), "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass:env", PASSWORD);
        keytool.environment().put(PASSWORD, new String(password));
        Process running = keytool.redirectErrorStream(true).start();
        running.getOutputStream().close();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || running.exitValue() != 0) {
            running.destroyForcibly();
            throw new IOException("keytool of " + System.getProperty("java.home") + " made no certificate: " + said);
        }
        KeyStore made = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            made.load(in, password);
        }
        return made;
    }

    private String alternatives() {
        List<String> all = new ArrayList<>();
        hosts.forEach(host -> all.add((ADDRESS.matcher(host).matches() ? "ip:" : "dns:") + host));
        return String.join(",", all);
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END " + label + "-----\n";
    }

    /// Whole or not at all: a server that shows the one before may be looking.
    private void write(Path file, String text) throws IOException {
        Path made = file.resolveSibling(file.getFileName() + "." + HexFormat.of().toHexDigits(new SecureRandom().nextLong()));
        try {
            Files.createFile(made, ownerOnly());
            Files.writeString(made, text, StandardOpenOption.WRITE);
            if (!force) {
                requireFree(file);
            }
            Files.move(made, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException taken) {
            throw new IOException(made + " is there already", taken);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(owner)} : new FileAttribute<?>[0];
    }

    private String told(Path certificate, Path key) {
        return """
                Made a certificate for %s, which holds for %d days:
                  %s
                  %s
                Nobody but you has signed it: browsers will warn, and it is for trying only. Add this to a listener:

                  tls { certificate = "%s", key = "%s" }

                and try it: curl --cacert %s https://%s:PORT/""".formatted(String.join(", ", hosts), days, certificate, key,
                written(certificate), written(key), certificate, hosts.getFirst());
    }

    /// As a configuration writes it: relative paths start at the file's folder, which is known only where a configuration is.
    private String written(Path file) {
        boolean besideOne = Files.exists(folder.resolve("sluice.conf"));
        return besideOne ? String.valueOf(file.getFileName()) : file.toAbsolutePath().normalize().toString();
    }
}
