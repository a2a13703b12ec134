package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.embedding.Running.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The programs of the page compile without a warning, and do what it says.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ProgramsTest {

    private static final String ANY = "127.0.0.1:0";

    private Path classes;
    @TempDir
    private Path folder;

    /// Each by itself: they are single files.
    @BeforeAll
    void compile(@TempDir Path out) throws IOException {
        classes = out;
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of("-d", out.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-Xlint:all");
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            for (Path program : Page.programs()) {
                compiler.getTask(null, files, found, options, null, files.getJavaFileObjects(program)).call();
            }
        }
        assertEquals(List.of(), found.getDiagnostics().stream().map(Diagnostic::toString).toList());
    }

    private Running run(String program, String... args) throws IOException {
        return new Running(classes, program, args);
    }

    @Test
    void theLifecycleEndsOnASignalWithItsLastRequestAnswered() throws Exception {
        try (Running program = run("Lifecycle", ANY); Client client = program.client(program.says("listening at "))) {
            assertEquals("hello, world", client.says("world\n").line());
            program.terminate();
            assertNull(client.line(), "the connection is ended");
            assertEquals("CLEAN, 0 connections closed by force", program.says("ended: "));
            program.ends(143);
        }
    }

    @Test
    void theLifecycleSaysWhatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Running program = run("Lifecycle", "127.0.0.1:" + taken.getLocalPort())) {
            String why = program.says("cannot start: ");
            assertTrue(why.startsWith("listener greet cannot listen on 127.0.0.1:" + taken.getLocalPort()), why);
            program.ends(1);
        }
    }

    @Test
    void aDrainIsTakenBack() throws Exception {
        try (Running program = run("Draining", ANY)) {
            String address = program.says("listening at ");
            try (Client before = program.client(address)) {
                assertEquals("one", before.says("one\n").line());
                program.type("drain");
                assertNull(before.line(), "the connection is ended");
            }
            assertEquals("0 left", program.says("ACTIVE: "));
            assertEquals("CLEAN", program.says("DRAINED, "));
            program.type("cancel");
            assertEquals("[echo], closed: []", program.says("RUNNING, listening again: "));
            try (Client after = program.client(address)) {
                assertEquals("two", after.says("two\n").line());
            }
            program.ends();
            program.says("closed");
        }
    }

    @Test
    void theProtocolOfOnesOwnAnswersAndRefuses() throws Exception {
        try (Running program = run("OwnProtocol", ANY)) {
            String address = program.says("listening at ");
            try (Client client = program.client(address)) {
                assertEquals("+14:hello, hello 1,", client.says("5:hello,").hears(19));
                for (String piece : List.of("3", ":a", "b", "c")) {
                    client.says(piece);
                }
                assertEquals("+12:hello, abc 2,+9:hello,  3,", client.says(",0:,").hears(30));
            }
            assertEquals("made 3 requests", program.says("connection 1 "));
            try (Client rude = program.client(address)) {
                assertEquals("-56:the length is 05, but must be a number from 0 to 1048576,", rude.says("05:hello,").hears(1_000));
            }
            program.ends();
        }
    }

    @Test
    void anExecutorThatIsGivenAwayEndsAndOneThatIsSharedGoesOn() throws Exception {
        try (Running program = run("OwnExecutor", ANY, ANY)) {
            try (Client shared = program.client(program.says("shared listens at "));
                    Client given = program.client(program.says("given listens at "))) {
                assertEquals("ours-1", shared.says("who?\n").line());
                assertEquals("theirs-1", given.says("who?\n").line());
            }
            program.ends();
            assertEquals("true", program.says("theirs has ended: "));
            assertEquals("false, and goes on: 42", program.says("ours has ended: "));
        }
    }

    @Test
    void theHostsRegistryHasTheServersMeters() throws Exception {
        try (Running program = run("HostMetrics", ANY, ANY)) {
            String admin = program.says("admin listens at ");
            try (Client client = program.client(program.says("orders listens at "))) {
                assertEquals("ordered tea", client.says("tea\n").line());
                assertEquals("ordered rum", client.says("rum\n").line());
            }
            String metrics = fetched(program, admin, "/metrics");
            assertTrue(metrics.contains("shop_orders_total{application=\"shop\"} 2.0"), metrics);
            assertTrue(metrics.contains("sluice_requests_total{application=\"shop\",listener=\"orders\",outcome=\"success\"} 2.0"), metrics);
            assertTrue(fetched(program, admin, "/health/ready").startsWith("HTTP/1.1 200"));
            program.ends();
            assertEquals("2, meters of the server: 0", program.says("orders: "));
        }
    }

    private static String fetched(Running program, String address, String path) throws IOException {
        try (Client client = program.client(address)) {
            return client.says("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").hears(Integer.MAX_VALUE);
        }
    }

    @Test
    void aSlowHandlerAnswersInItsOwnWordsBeforeTheDeadline() throws Exception {
        try (Running program = run("SlowHandler", ANY)) {
            try (Client client = program.client(program.says("listening at "))) {
                assertEquals("query or steps?", client.says("what?\n").line());
                assertEquals("the database is slow today", client.says("query\n").line());
                assertEquals("error: request took too long", client.says("steps\n").line());
            }
            program.says("steps given up");
            program.ends();
        }
    }

    @Test
    void aSlowHandlerStopsWhenItsClientIsGone() throws Exception {
        try (Running program = run("SlowHandler", ANY, "3600"); Client client = program.client(program.says("listening at "))) {
            client.says("query\n");
            program.says("query begun");
            client.reset();
            assertEquals("CLIENT_LEFT", program.says("query cancelled: "));
            program.ends();
        }
    }

    @Test
    void aServerIsChangedWhileItServes() throws Exception {
        Path moved = folder.resolve("moved.sock");
        try (Running program = run("ReloadByCode", ANY, "unix:" + moved)) {
            String address = program.says("listening at ");
            try (Client client = program.client(address)) {
                assertEquals("one", client.says("one\n").line());
                program.type("resize");
                assertEquals("4 -> 16, LIVE, applied", program.says("pools.workers.size: "));
                program.type("type");
                assertEquals("fixed -> virtual, LIVE, applied", program.says("pools.workers.type: "));
                assertEquals("16 -> 1000, LIVE, applied", program.says("pools.workers.size: "));
                assertEquals("two", client.says("two\n").line());
                program.type("rename");
                String refused = program.says("name: ");
                assertTrue(refused.startsWith("changing -> another, RESTART, refused: "), refused);
                program.says("nothing has changed");
                program.type("move");
                String bound = program.says("listeners.echo.bind: ");
                assertTrue(bound.endsWith("unix:" + moved + ", REBIND, applied"), bound);
                assertNull(client.line(), "what was accepted before drains");
            }
            try (Client client = program.client("unix:" + moved)) {
                assertEquals("three", client.says("three\n").line());
            }
            program.ends();
            assertFalse(Files.exists(moved));
        }
    }

    @Test
    void whatIsConfiguredInCodeHolds() throws Exception {
        Path file = folder.resolve("configured.sock");
        try (Running program = run("Configuration", ANY, ANY, file.toString())) {
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                addresses.add(program.says("listening at "));
            }
            assertEquals("unix:" + file, addresses.getLast());
            for (String address : addresses) {
                try (Client client = program.client(address)) {
                    assertEquals("a at " + address, client.says("a\n").line());
                    assertEquals("b at " + address, client.says("b\n").line());
                    assertEquals("c at " + address, client.says("c\nd\n").line());
                    assertNull(client.line(), "three requests are enough");
                }
            }
            try (Client client = program.client(addresses.getLast())) {
                assertTrue(client.says("x".repeat(81) + "\n").line().startsWith("error: "), "a line that is too long");
            }
            assertTrue(served(program, addresses.getFirst()) <= 2, "connections at once from one address");
            program.ends();
            assertFalse(Files.exists(file));
        }
    }

    /// How many clients there can be at once until one is refused.
    private static int served(Running program, String address) throws IOException {
        try (Client client = program.client(address)) {
            return "error: too many connections".equals(client.says("me\n").line()) ? 0 : 1 + served(program, address);
        }
    }
}
