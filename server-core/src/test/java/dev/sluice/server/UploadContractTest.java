package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.IoModel;
import dev.sluice.api.Kick;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.protocol.RequestLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.FieldSource;

/// Bodies of every size, on each engine; and that no file of one outlives its request and its connection, however these end.
class UploadContractTest extends EffectContract {

    static final List<Cell> CELLS = List.of(
            new Cell(new IoModel.Blocking(), new PoolType.Virtual()), new Cell(new IoModel.Blocking(), new PoolType.Fixed()),
            new Cell(new IoModel.Blocking(), null),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new PoolType.Virtual()),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM), new PoolType.Fixed()),
            new Cell(new IoModel.EventLoop(1), null), new Cell(new IoModel.EventLoop(1), new PoolType.Fixed()));
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "");
    private static final int LARGE = 8 << 20;

    @TempDir
    static Path temporary;

    private static Uploads open(Cell cell) throws IOException {
        return new Uploads(cell, listener -> listener.withTimeouts(PATIENT)
                .withLimits(listener.limits().withSizes(new RequestLimits(8 << 10, 8 << 10, LARGE, 1 << 20))));
    }

    @SideBySide
    @FieldSource("CELLS")
    void bodiesOfEverySizeComeBackAndWhatIsPipelinedBehindThemIsServed(Cell cell) throws IOException {
        try (Uploads uploads = open(cell)) {
            for (int size : new int[] {0, 1, Uploads.IN_MEMORY, Uploads.IN_MEMORY + 1, 2 * Uploads.IN_MEMORY, 3_000_001, LARGE}) {
                for (int chunk : new int[] {0, 1_000_003, size < 100_000 ? 7 : 5_000}) {
                    assertEchoed(uploads, Uploads.bytes(size), chunk);
                }
            }
            Uploads.awaitFiles(uploads.folder(), 0);
            assertEquals(4 * 3 + 1, uploads.files.size(), "bodies that were in files");
        }
    }

    private static void assertEchoed(Uploads uploads, byte[] body, int chunk) throws IOException {
        try (Client client = uploads.client()) {
            byte[] large = Uploads.request("/echo", body, chunk);
            byte[] both = Arrays.copyOf(large, large.length + 100);
            byte[] small = "GET /text HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(ISO_8859_1);
            System.arraycopy(small, 0, both, large.length, small.length);
            client.send(Arrays.copyOf(both, large.length + small.length), 100_000);
            assertEquals(new String(body, ISO_8859_1).hashCode(), client.answer().text().hashCode(), () -> body.length + " in chunks of " + chunk);
            client.expect("0 bytes");
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void theFolderIsForTheServerAloneAndGoesWithIt(Cell cell) throws IOException {
        Path folder;
        try (Uploads uploads = open(cell)) {
            folder = uploads.folder();
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
            try (Client client = uploads.client()) {
                client.send(half());
                Uploads.awaitFiles(folder, 1);
                try (var files = Files.list(folder)) {
                    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files.findFirst().orElseThrow())));
                }
            }
        }
        assertFalse(Files.exists(folder));
    }

    /// Of a body of 1 MiB.
    private static byte[] half() {
        return Arrays.copyOf(Uploads.request("/echo", Uploads.bytes(1 << 20), 0), 1 << 19);
    }

    @SideBySide
    @FieldSource("CELLS")
    void aHandlerThatFailsLeavesNoFile(Cell cell) throws IOException {
        try (Uploads uploads = open(cell); Client client = uploads.client()) {
            client.send(Uploads.request("/fail", Uploads.bytes(1 << 20), 10_000)).expectRefusal();
            client.expectEnd();
            Uploads.awaitFiles(uploads.files.element().getParent(), 0);
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aClientThatGoesAwayInTheMiddleLeavesNoFile(Cell cell) throws IOException {
        try (Uploads uploads = open(cell)) {
            Path folder = uploads.folder();
            List<Leaving> ways = List.of(Client::reset, Client::leave, client -> client.finish().expectRefusal());
            for (Leaving way : ways) {
                try (Client client = uploads.client()) {
                    client.send(half());
                    Uploads.awaitFiles(folder, 1);
                    way.of(client);
                    Uploads.awaitFiles(folder, 0);
                }
            }
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    @Effect("listeners.*.limits.spool")
    void aNewPartInMemoryHoldsForTheNextBody(Cell cell) throws IOException {
        try (Uploads uploads = open(cell); Client client = uploads.client()) {
            byte[] request = Uploads.request("/text", new byte[200], 0);
            client.send(request).expect("200 bytes");
            assertEquals(0, uploads.files.size());
            uploads.limit(limits -> limits.withSizes(new RequestLimits(8 << 10, 8 << 10, LARGE, 1 << 20, 199)));
            client.send(request).expect("200 bytes");
            assertEquals(1, uploads.files.size());
        }
    }

    /// The folder is not there, then it is.
    @SideBySide
    @FieldSource("CELLS")
    @Effect("spool-folder")
    void aBodyThatCannotBeStoredIsRefusedAndTheServerGoesOn(Cell cell) throws IOException {
        Path missing = temporary.resolve(cell.name());
        try (Uploads uploads = new Uploads(cell, listener -> listener.withTimeouts(PATIENT), config -> config.withSpoolFolder(missing))) {
            byte[] large = Uploads.request("/text", new byte[Uploads.IN_MEMORY + 1], 0);
            for (int i = 0; i < 2; i++) {
                try (Client client = uploads.client()) {
                    client.send(large).expectRefusal();
                    client.expectEnd();
                }
            }
            try (Client client = uploads.client()) {
                client.send(Uploads.request("/text", new byte[1], 0)).expect("1 bytes");
            }
            Files.createDirectory(missing);
            try (Client client = uploads.client()) {
                client.send(large).expect(Uploads.IN_MEMORY + 1 + " bytes");
                assertEquals(missing, uploads.files.element().getParent().getParent());
            }
        }
        try (var left = Files.list(missing)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private interface Leaving {
        void of(Client client) throws IOException;
    }

    @SideBySide
    @FieldSource("CELLS")
    void aKickInTheMiddleOfABodyLeavesNoFile(Cell cell) throws IOException {
        try (Uploads uploads = open(cell)) {
            Path folder = uploads.folder();
            try (Client client = uploads.client()) {
                client.send(half());
                Uploads.awaitFiles(folder, 1);
                uploads.server.kick(connection -> true, NOW);
                client.awaitEnd();
                Uploads.awaitFiles(folder, 0);
            }
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aKickWhileTheHandlerHasTheBodyLeavesNoFile(Cell cell) throws Exception {
        try (Uploads uploads = open(cell); Client client = uploads.client()) {
            client.send(Uploads.request("/wait", Uploads.bytes(1 << 20), 0));
            assertTrue(uploads.waits.await(20, TimeUnit.SECONDS));
            uploads.server.kick(connection -> true, NOW);
            client.awaitEnd();
            Uploads.awaitFiles(uploads.files.element().getParent(), 0);
        }
    }

    static final List<Cell> BY_REQUEST = CELLS.stream().filter(cell -> !cell.blocking() && !cell.inline()).toList();

    /// Its body has come by then.
    @SideBySide
    @FieldSource("BY_REQUEST")
    void aRequestThatFindsThePoolFullLeavesNoFile(Cell cell) throws Exception {
        try (Uploads uploads = new Uploads(cell, listener -> listener.withTimeouts(PATIENT),
                        config -> config.withPool("pool", new PoolConfig(cell.pool(), 1, 0, PoolConfig.WhenFull.REFUSE)));
                Client first = uploads.client(); Client second = uploads.client()) {
            first.send(Uploads.request("/wait", Uploads.bytes(1 << 19), 0));
            assertTrue(uploads.waits.await(20, TimeUnit.SECONDS));
            Path folder = uploads.files.element().getParent();
            Uploads.awaitFiles(folder, 1);
            assertTrue(second.send(Uploads.request("/text", Uploads.bytes(1 << 19), 0)).expectRefusal().text().startsWith("503"));
            second.expectEnd();
            Uploads.awaitFiles(folder, 1);
            uploads.goOn.countDown();
            first.expect((1 << 19) + " bytes");
            Uploads.awaitFiles(folder, 0);
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aBodyThatIsAnnouncedTooLargeIsRefusedBeforeItIsAskedFor(Cell cell) throws IOException {
        try (Uploads uploads = open(cell); Client client = uploads.client()) {
            client.send(("POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: " + (LARGE + 1) + "\r\n\r\n").getBytes(ISO_8859_1));
            assertTrue(client.expectRefusal().text().startsWith("413"));
            client.expectEnd();
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aBodyThatTurnsOutTooLargeIsRefusedAndLeavesNoFile(Cell cell) throws IOException {
        try (Uploads uploads = open(cell)) {
            Path folder = uploads.folder();
            try (Client client = uploads.client()) {
                byte[] tooLarge = Uploads.request("/echo", Uploads.bytes(LARGE + 1), 1 << 20);
                client.send(Arrays.copyOf(tooLarge, LARGE + 200));
                assertTrue(client.expectRefusal().text().startsWith("413"));
            }
            Uploads.awaitFiles(folder, 0);
        }
    }

    @SideBySide
    @FieldSource("CELLS")
    void aClientThatAsksFirstIsToldToGoOn(Cell cell) throws IOException {
        try (Uploads uploads = open(cell); Client client = uploads.client()) {
            byte[] body = Uploads.bytes(1 << 20);
            client.send(("POST /text HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1));
            assertEquals("HTTP/1.1 100 Continue", client.line());
            assertEquals("", client.line());
            client.send(body).expect(body.length + " bytes");
        }
    }
}
