package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.embedding.Running.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The two programs to begin with, and the page that lists them all.
@Timeout(180)
class FirstProgramsTest {

    private static final Pattern RUN = Pattern.compile("java -cp console/target/sluice\\.jar examples/(\\S+\\.java)");

    @TempDir
    private Path classes;

    private Running run(String name) throws IOException {
        Programs.compile(classes, List.of(Programs.FOLDER.resolve(name + ".java")));
        return new Running(classes, name, "127.0.0.1:0");
    }

    @Test
    void theEchoGivesEveryLineBackToEveryClient() throws Exception {
        try (Running program = run("Echo")) {
            String address = program.says("listening at ");
            try (Client one = program.client(address); Client other = program.client(address)) {
                assertEquals("a", one.says("a\n").line());
                assertEquals("b", other.says("b\r\nc\n").line());
                assertEquals("c", other.line());
                assertEquals("d", one.says("d\n").line());
            }
            program.ends();
        }
    }

    @Test
    void theHelloGreetsByItsRoutes() throws Exception {
        try (Running program = run("Hello")) {
            String address = program.says("listening at ");
            assertTrue(asked(program, address, "GET", "/", "").endsWith("\r\n\r\nHello, World!\n"));
            assertTrue(asked(program, address, "GET", "/hello/A%20da", "").endsWith("\r\n\r\nHello, A da!\n"));
            assertTrue(asked(program, address, "POST", "/hello", "Ada").endsWith("\r\n\r\nHello, Ada!\n"));
            assertTrue(asked(program, address, "GET", "/nobody", "").startsWith("HTTP/1.1 404 "));
            assertTrue(asked(program, address, "DELETE", "/", "").startsWith("HTTP/1.1 405 "));
            program.ends();
        }
    }

    private static String asked(Running program, String address, String method, String target, String body) throws IOException {
        try (Client client = program.client(address)) {
            return client.says(method + " " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body)
                    .hears(Integer.MAX_VALUE);
        }
    }

    @Test
    void thePageSaysHowToRunEachProgram() throws IOException {
        List<String> listed = RUN.matcher(Files.readString(Programs.FOLDER.resolve("README.md"))).results()
                .map(found -> found.group(1)).sorted().toList();
        try (Stream<Path> files = Files.walk(Programs.FOLDER)) {
            assertEquals(files.map(file -> Programs.FOLDER.relativize(file).toString())
                    .filter(file -> file.endsWith(".java") && !file.startsWith("plugins")).sorted().toList(), listed);
        }
    }
}
