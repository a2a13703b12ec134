package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.embedding.Running.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of the page about HTTP, compiled and run as its reader would.
class HttpProgramTest {

    @TempDir
    private Path classes;

    @Test
    void keepsNotesAndTellsOfThem() throws Exception {
        Programs.compile(classes, List.of(Programs.FOLDER.resolve("http/Notes.java")));
        try (Running program = new Running(classes, "Notes", "127.0.0.1:0")) {
            String address = program.says("listening at ");
            try (Client listening = program.client(address)) {
                until(listening.says("GET /events HTTP/1.1\r\nHost: h\r\n\r\n"), "");
                assertTrue(asked(program, address, "PUT", "/notes/a%20b", "tea").startsWith("HTTP/1.1 201 "));
                until(listening, "event: made");
                assertEquals("data: a b", listening.line());
                assertTrue(asked(program, address, "GET", "/notes/a%20b", "").endsWith("\r\n\r\ntea"));
                assertTrue(asked(program, address, "GET", "/notes", "").endsWith("\r\n\r\na b\n"));
                assertTrue(asked(program, address, "DELETE", "/notes/a%20b", "").startsWith("HTTP/1.1 204 "));
                until(listening, "event: deleted");
            }
            assertTrue(asked(program, address, "GET", "/notes/a%20b", "").startsWith("HTTP/1.1 404 "));
            assertTrue(asked(program, address, "POST", "/notes", "").contains("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
            program.ends();
        }
    }

    /// Reads up to a line.
    private static void until(Client client, String line) throws IOException {
        for (String read = client.line(); !line.equals(read); read = client.line()) {
            assertTrue(read != null, () -> "the connection ended before \"" + line + "\"");
        }
    }

    private static String asked(Running program, String address, String method, String target, String body) throws IOException {
        try (Client client = program.client(address)) {
            return client.says(method + " " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body)
                    .hears(Integer.MAX_VALUE);
        }
    }
}
