package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.TlsConfig;
import dev.sluice.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateMakerTest {

    @TempDir
    Path folder;

    private CertificateMaker maker(boolean force) {
        return new CertificateMaker(folder.resolve("made"), List.of("localhost", "127.0.0.1", "::1"), 30, force);
    }

    @Test
    void makesWhatAListenerCanShowAndNobodyElseCanRead() throws Exception {
        String told = maker(false).make();
        Path certificate = folder.resolve("made/cert.pem");
        Path key = folder.resolve("made/cert.key");
        assertTrue(told.contains("tls { certificate = \"" + certificate + "\", key = \"" + key + "\" }"), told);
        for (Path file : List.of(certificate, key)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        try (var left = Files.list(folder.resolve("made"))) {
            assertEquals(2, left.count());
        }
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", SampleProviders.ADMIN).withTls(TlsConfig.of(certificate, key));
        try (Server server = Server.start(ServerConfig.named("cert").withListener("web", listener))) {
            var shown = server.listeners().getFirst().certificates().getFirst();
            assertEquals(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"), shown.names());
        }
    }

    @Test
    void replacesNothingUnlessItIsTold() throws Exception {
        maker(false).make();
        String before = Files.readString(folder.resolve("made/cert.pem"));
        String refusal = String.valueOf(assertThrows(IOException.class, () -> maker(false).make()).getMessage());
        assertTrue(refusal.contains("is there already: --force replaces it"), refusal);
        assertEquals(before, Files.readString(folder.resolve("made/cert.pem")));
        maker(true).make();
        assertTrue(!before.equals(Files.readString(folder.resolve("made/cert.pem"))));
    }
}
