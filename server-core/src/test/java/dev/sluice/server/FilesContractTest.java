package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainReport;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.service.HttpServices;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.FieldSource;

/// The service of files over real sockets, on each engine: parts of large files, files of more than 2 GiB, and files that change while
/// they are sent.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilesContractTest {

    static final List<Cell> CELLS = Cell.ENGINES;
    private static final int MUCH = 12 << 20;
    private static final long HUGE = 3L << 30;
    private static final byte[] BYTES = bytes();

    private Server server;

    @TempDir
    static Path folder;

    private static byte[] bytes() {
        byte[] bytes = new byte[MUCH];
        for (int i = 0; i < MUCH; i++) {
            bytes[i] = (byte) ('a' + (i * 31 + (i >> 10)) % 26);
        }
        return bytes;
    }

    @BeforeAll
    void open() throws IOException {
        Files.write(folder.resolve("large"), BYTES);
        try (FileChannel huge = FileChannel.open(folder.resolve("huge"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            huge.write(ByteBuffer.wrap("0123456789".getBytes(ISO_8859_1)), (1L << 31) - 5);
            huge.write(ByteBuffer.wrap("end".getBytes(ISO_8859_1)), HUGE - 3);
        }
        ServerConfig config = ServerConfig.named("files").withDrain(House.QUICK);
        for (Cell cell : CELLS) {
            ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", new HttpProtocol(), HttpServices.files(folder));
            if (cell.pool() != null) {
                config = config.withPool(cell.name(), new PoolConfig(cell.pool(), 16, 100, PoolConfig.WhenFull.REFUSE));
            }
            config = config.withListener(cell.name(), listener.on(cell.io(), cell.inline() ? ServerConfig.INLINE : cell.name()));
        }
        server = Server.start(config);
    }

    @AfterAll
    void close() throws InterruptedException {
        DrainReport report = server.shutdown(House.QUICK);
        assertEquals(DrainReport.Result.CLEAN, report.result(), report::toString);
        Account.check(server);
    }

    private Caller caller(Cell cell) throws IOException {
        return new Caller(server.listeners().stream().filter(one -> one.name().equals(cell.name())).findFirst().orElseThrow().address());
    }

    /// A client that reads heads apart from bodies, which it takes in as slowly as the test wants.
    private static final class Caller implements AutoCloseable {
        private final Socket socket = new Socket();
        private final InputStream in;

        Caller(InetSocketAddress server) throws IOException {
            socket.setReceiveBufferSize(16 << 10);
            socket.setSoTimeout(20_000);
            socket.connect(server);
            in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
        }

        Caller ask(String path, String fields) throws IOException {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n").getBytes(ISO_8859_1));
            return this;
        }

        String head() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                assertTrue(next >= 0, () -> "the connection ended after \"" + head + "\"");
                head.write(next);
            }
            return head.toString(ISO_8859_1);
        }

        long skip(long most) throws IOException {
            byte[] buffer = new byte[64 << 10];
            long sum = 0;
            for (int n = 0; n >= 0 && sum < most; n = in.read(buffer, 0, (int) Math.min(buffer.length, most - sum))) {
                sum += n;
            }
            return sum;
        }

        byte[] read(int count) throws IOException {
            return in.readNBytes(count);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static int length(String head) {
        return Integer.parseInt(head.lines().filter(line -> line.startsWith("Content-Length: ")).findFirst().orElseThrow().substring(16));
    }

    @SideBySide
    @FieldSource("CELLS")
    void sendsAFileWholeAndInPartsOnOneConnection(Cell cell) throws IOException {
        try (Caller caller = caller(cell)) {
            caller.ask("/large", "").ask("/large", "Range: bytes=5000000-9999999\r\n")
                    .ask("/large", "Range: bytes=7-9,6000000-8999999,-2\r\n")
                    .ask("/large", "Range: bytes=" + MUCH + "-\r\n").ask("/large", "Range: bytes=0-9\r\n");
            assertEquals(MUCH, length(caller.head()));
            assertArrayEquals(BYTES, caller.read(MUCH));
            String part = caller.head();
            assertTrue(part.startsWith("HTTP/1.1 206 "), part);
            assertTrue(part.contains("\r\nContent-Range: bytes 5000000-9999999/" + MUCH + "\r\n"), part);
            assertArrayEquals(Arrays.copyOfRange(BYTES, 5_000_000, 10_000_000), caller.read(5_000_000));
            parts(caller);
            String none = caller.head();
            assertTrue(none.startsWith("HTTP/1.1 416 ") && none.contains("\r\nContent-Range: bytes */" + MUCH + "\r\n"), none);
            caller.read(length(none));
            caller.head();
            assertArrayEquals(Arrays.copyOf(BYTES, 10), caller.read(10));
        }
    }

    private static void parts(Caller caller) throws IOException {
        String head = caller.head();
        String boundary = head.replaceAll("(?s).*boundary=(\\w+)\r\n.*", "$1");
        byte[] body = caller.read(length(head));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        String before = "";
        for (int[] range : new int[][] {{7, 9}, {6_000_000, 8_999_999}, {MUCH - 2, MUCH - 1}}) {
            expected.writeBytes((before + "--" + boundary + "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes "
                    + range[0] + "-" + range[1] + "/" + MUCH + "\r\n\r\n").getBytes(ISO_8859_1));
            expected.writeBytes(Arrays.copyOfRange(BYTES, range[0], range[1] + 1));
            before = "\r\n";
        }
        expected.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(ISO_8859_1));
        assertArrayEquals(expected.toByteArray(), body);
    }

    @SideBySide
    @FieldSource("CELLS")
    void sendsPartsOfAFileOfMoreThanTwoGibibytes(Cell cell) throws IOException {
        try (Caller caller = caller(cell)) {
            caller.ask("/huge", "Range: bytes=2147483643-2147483652,-3\r\n");
            String head = caller.head();
            String body = new String(caller.read(length(head)), ISO_8859_1);
            assertTrue(body.contains("bytes 2147483643-2147483652/" + HUGE + "\r\n\r\n0123456789\r\n"), body);
            assertTrue(body.contains("bytes " + (HUGE - 3) + "-" + (HUGE - 1) + "/" + HUGE + "\r\n\r\nend\r\n"), body);
            long from = HUGE - (1 << 20);
            caller.ask("/huge", "Range: bytes=" + from + "-\r\n").head();
            assertEquals((1 << 20) - 3, caller.skip((1 << 20) - 3));
            assertEquals("end", new String(caller.read(3), ISO_8859_1));
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void declaresTheLengthOfAFileOfMoreThanTwoGibibytesAndGoesOnBeyondIt(Cell cell) throws IOException {
        long start = (1L << 31) - (4 << 20); // what is before it is zeros, and as many of them
        try (Caller caller = caller(cell)) {
            String head = caller.ask("/huge", "Range: bytes=1-\r\n").head();
            assertTrue(head.contains("\r\nContent-Length: " + (HUGE - 1) + "\r\n"), head);
            assertTrue(head.contains("\r\nContent-Range: bytes 1-" + (HUGE - 1) + "/" + HUGE + "\r\n"), head);
            assertEquals(4 << 20, caller.skip(4 << 20));
        }
        try (Caller caller = caller(cell)) {
            caller.ask("/huge", "Range: bytes=" + start + "-\r\n").head();
            assertEquals((4 << 20) - 5, caller.skip((4 << 20) - 5));
            assertEquals("0123456789", new String(caller.read(10), ISO_8859_1));
        }
    }

    /// The length has been declared: the client must see that it did not get all.
    @SideBySide
    @FieldSource("CELLS")
    void endsTheConnectionWhenAFileShrinksWhileItIsSent(Cell cell) throws IOException {
        Path file = Files.write(folder.resolve("shrinks " + cell.name()), BYTES);
        String path = "/shrinks%20" + cell.name();
        try (Caller caller = caller(cell)) {
            caller.ask(path, "");
            assertEquals(MUCH, length(caller.head()));
            caller.skip(1000);
            try (FileChannel writing = FileChannel.open(file, StandardOpenOption.WRITE)) {
                writing.truncate(100_000);
            }
            long rest = caller.skip(Long.MAX_VALUE);
            assertTrue(rest < MUCH - 1000, () -> "all of " + rest + " bytes came");
        }
        await("the new length").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            try (Caller caller = caller(cell)) {
                assertEquals(100_000, length(caller.ask(path, "").head()));
            }
        });
    }

    @SideBySide
    @FieldSource("CELLS")
    void sendsAFileToItsEndThoughAnotherIsPutInItsPlace(Cell cell) throws IOException {
        Path file = Files.write(folder.resolve("replaced " + cell.name()), BYTES);
        try (Caller caller = caller(cell)) {
            caller.ask("/replaced%20" + cell.name(), "").head();
            byte[] first = caller.read(1000);
            Files.move(Files.writeString(folder.resolve("next " + cell.name()), "new"), file, StandardCopyOption.ATOMIC_MOVE);
            assertArrayEquals(Arrays.copyOf(BYTES, 1000), first);
            assertArrayEquals(Arrays.copyOfRange(BYTES, 1000, MUCH), caller.read(MUCH - 1000));
        }
    }

    /// At the begin of a second, when a clock that is behind is still in the one before.
    @SideBySide
    @FieldSource("CELLS")
    void tellsNoDateOfAFileThatIsLaterThanThatOfTheAnswer(Cell cell) throws IOException {
        try (Caller caller = caller(cell)) {
            await("the next second").atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                    .until(() -> Instant.now().getNano() < 15_000_000);
            Files.writeString(folder.resolve("new " + cell.name()), "new");
            String head = caller.ask("/new%20" + cell.name(), "").head();
            assertTrue(!date(head, "Last-Modified").isAfter(date(head, "Date")), head);
        }
    }

    private static Instant date(String head, String name) {
        String text = head.lines().filter(line -> line.startsWith(name + ": ")).findFirst().orElseThrow().substring(name.length() + 2);
        return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
    }

    /// Whoever leaves in the middle leaves nothing of the file behind, and nobody else without it.
    @SideBySide
    @FieldSource("CELLS")
    void goesOnForOthersWhenAClientLeaves(Cell cell) throws IOException {
        try (Caller stays = caller(cell)) {
            stays.ask("/large", "").head();
            for (int i = 0; i < 3; i++) {
                try (Caller leaves = caller(cell)) {
                    leaves.ask("/large", i == 0 ? "" : "Range: bytes=0-5000000,6000000-9000000\r\n").head();
                    leaves.skip(1000);
                }
            }
            assertArrayEquals(BYTES, stays.read(MUCH));
        }
    }
}
