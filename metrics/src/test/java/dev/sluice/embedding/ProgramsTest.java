package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.embedding.Running.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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

    @BeforeAll
    void compile(@TempDir Path out) throws IOException {
        classes = out;
        Programs.compile(out, Page.programs());
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
                assertEquals("0: 0000000000000005", frame(client.sends("0000001101 0000000000000007 fffffffffffffffe")));
                for (String piece : List.of("0000", "0009", "01", "00000000", "000000")) {
                    client.sends(piece);
                }
                assertEquals("0: 000000000000000a", frame(client.sends("0a 0000000102 0000000101")));
                assertEquals("0: 000000000000000f", frame(client));
                assertEquals("0: 0000000000000000", frame(client));
                assertEquals("2: the sum is too large", frame(client.sends("0000001101 7fffffffffffffff 0000000000000001")));
            }
            assertEquals("made 5 requests", program.says("connection 1 "));
            assertEquals("2: the length is -1, but must be from 1 to 1048576", refused(program, address, "ffffffff"));
            assertEquals("2: there is no request 3 of 0 bytes", refused(program, address, "0000000103"));
            assertEquals("2: there is no request 1 of 7 bytes", refused(program, address, "0000000801 00000000000000"));
            program.ends();
        }
    }

    private static String refused(Running program, String address, String request) throws IOException {
        try (Client client = program.client(address)) {
            String why = frame(client.sends(request));
            assertEquals(0, client.takes(1).length, "the connection is ended");
            return why;
        }
    }

    /// The next response: what it is, and its number as hexadecimal digits or its text.
    private static String frame(Client client) throws IOException {
        int length = ByteBuffer.wrap(client.takes(Integer.BYTES)).getInt();
        ByteBuffer bytes = ByteBuffer.wrap(client.takes(length));
        byte kind = bytes.get();
        return kind + ": " + (kind == 2 ? StandardCharsets.UTF_8.decode(bytes) : HexFormat.of().toHexDigits(bytes.getLong()));
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
