package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of the configuration file of a running server, while clients go on asking: none of them may notice.
class AwkwardFilesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private Path file;
    private Path versions;
    private WatchedServer server;
    private List<Thread> clients = List.of();
    private volatile boolean over;

    @BeforeEach
    void start() throws IOException {
        versions = Files.createDirectory(folder.resolve("versions"));
        file = Files.writeString(folder.resolve("sluice.conf"), text(8));
        server = WatchedServer.start(file);
        clients = List.of(Thread.ofVirtual().start(() -> ask("loops")), Thread.ofVirtual().start(() -> ask("threads")));
        await().until(() -> answered.get() > 10);
    }

    @AfterEach
    void stop() throws Exception {
        long before = answered.get();
        await().until(() -> answered.get() > before + 10);
        over = true;
        for (Thread client : clients) {
            client.join();
        }
        server.stop();
        assertEquals(List.of(), List.copyOf(lost));
    }

    private static String text(int size) {
        return """
                sluice {
                  pools { p { type = fixed, size = %d, queue = 1000 } }
                  listeners {
                    loops { bind = "127.0.0.1:0", protocol = line, service = echo, io = event-loop, pool = p }
                    threads { bind = "127.0.0.1:0", protocol = line, service = echo, io = blocking, pool = p }
                  }
                  include "more.conf"
                }
                """.formatted(size);
    }

    private void ask(String listener) {
        while (!over) {
            try (WatchedServer.Client client = server.client(listener)) {
                for (int i = 0; i < 20 && !over; i++) {
                    Optional<String> answer = client.send("hello " + i).answer();
                    if (!answer.equals(Optional.of("hello " + i))) {
                        lost.add(listener + ": " + answer);
                    }
                    answered.incrementAndGet();
                }
            } catch (IOException failed) {
                lost.add(listener + ": " + failed);
            }
        }
    }

    @Test
    void aFileRenamedIntoPlaceIsApplied() throws IOException {
        for (int size = 9; size < 14; size++) {
            server.swap(text(size));
            awaitSize(size);
        }
    }

    @Test
    void aFileTruncatedAndThenWrittenIsAppliedOnceItIsWhole() throws IOException {
        Files.writeString(file, "");
        awaitFailed("is missing", 8);
        Files.writeString(file, text(9).substring(0, 60));
        awaitFailed("sluice.conf:2", 8);
        Files.writeString(file, text(9));
        awaitSize(9);
    }

    @Test
    void aSwappedLinkIsFollowed() throws IOException {
        for (int size = 9; size < 12; size++) {
            link(size);
            awaitSize(size);
        }
        Files.writeString(versions.resolve("11.conf"), text(20));
        awaitSize(20);
    }

    @Test
    void aLinkThatLeadsNowhereChangesNothingUntilItLeadsSomewhere() throws IOException {
        Path missing = versions.resolve("12.conf");
        Files.move(Files.createSymbolicLink(folder.resolve("link"), missing), file, StandardCopyOption.ATOMIC_MOVE);
        awaitFailed("there is no such file", 8);
        Files.writeString(missing, text(12));
        awaitSize(12);
    }

    @Test
    void aFolderInItsPlaceChangesNothing() throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        awaitFailed("is a folder", 8);
        Files.delete(file);
        Files.writeString(file, text(9));
        awaitSize(9);
    }

    @Test
    void aFileThatCannotBeReadChangesNothing() throws IOException {
        // Not even the superuser can read it.
        Files.move(Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/self/mem")), file, StandardCopyOption.ATOMIC_MOVE);
        awaitFailed("cannot be read", 8);
        server.swap(text(9));
        awaitSize(9);
    }

    @Test
    void aFileThatIsGoneChangesNothingUntilItIsBack() throws IOException {
        Files.delete(file);
        awaitFailed("there is no such file", 8);
        Files.writeString(file, text(9));
        awaitSize(9);
    }

    @Test
    void anIncludeThatAppearsChangesAndVanishesIsApplied() throws IOException {
        Path more = folder.resolve("more.conf");
        Files.writeString(more, "pools.p.size = 9\n");
        awaitSize(9);
        Files.writeString(more, "pools.p.size = 10\n");
        awaitSize(10);
        Files.writeString(more, "pools.p.size = none\n");
        awaitFailed("more.conf:1", 10);
        Files.delete(more);
        awaitSize(8);
    }

    @Test
    void aFolderInThePlaceOfAnIncludeChangesNothing() throws IOException {
        Path more = Files.writeString(folder.resolve("more.conf"), "pools.p.size = 9\n");
        awaitSize(9);
        Files.delete(more);
        Files.createDirectory(more);
        awaitFailed("it is a folder", 9);
        Files.delete(more);
        Files.writeString(more, "pools.p.size = 10\n");
        awaitSize(10);
    }

    @Test
    void aThousandRewritesEndWithTheLastGoodOne() throws IOException {
        Set<Integer> good = new HashSet<>(Set.of(8));
        Random random = new Random(27);
        for (int i = 0; i < 1_000; i++) {
            int size = 100 + i;
            switch (random.nextInt(6)) {
                case 0 -> server.swap(text(size).replace("size", "sise"));
                case 1 -> server.swap(text(size).substring(0, random.nextInt(150)));
                case 2 -> Files.write(file, new byte[0]);
                case 3 -> link(size);
                default -> server.swap(text(size));
            }
            good.add(Files.readString(file).equals(text(size)) ? size : 8);
        }
        server.swap("sluice { pools");
        await().atMost(PATIENCE).until(() -> server.failed() && server.said().contains("sluice.conf:1"));
        assertTrue(good.contains(server.size("p")), "a size that no good file said: " + server.size("p"));
        server.swap(text(5_000));
        awaitSize(5_000);
    }

    /// Lets the file be a link to another one.
    private void link(int size) throws IOException {
        Path target = Files.writeString(versions.resolve(size + ".conf"), text(size));
        Files.move(Files.createSymbolicLink(folder.resolve("link"), folder.relativize(target)), file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitSize(int size) {
        await().atMost(PATIENCE).until(() -> server.size("p") == size && !server.failed());
    }

    /// What held before still holds.
    private void awaitFailed(String why, int size) {
        await().atMost(PATIENCE).until(() -> server.failed() && server.said().contains(why));
        assertEquals(size, server.size("p"));
    }
}
