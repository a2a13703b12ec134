package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.embedding.Running.Client;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of the page about HTTP, compiled and run as its reader would.
class HttpProgramTest {

    private static final Path PROGRAM = Path.of("../examples/http/Notes.java"); // tests run in their module's folder

    @TempDir
    private Path classes;

    private void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none",
                "-Xlint:all", "-Werror");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            assertTrue(compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(PROGRAM)).call(), said::toString);
        }
    }

    @Test
    void keepsNotesAndTellsOfThem() throws Exception {
        compile();
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
