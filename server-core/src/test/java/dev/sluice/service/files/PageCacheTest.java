package dev.sluice.service.files;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.service.Requests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageCacheTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String LARGE = "y".repeat(2 * PageLoader.SMALL);

    @TempDir
    private Path temporary;
    private Folder folder;

    @BeforeEach
    void open() throws IOException {
        folder = new Folder(temporary);
    }

    /// How often this process has the file open.
    private static long handles(Path file) {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "this system does not tell");
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(one -> target(one).startsWith(file.toString())).count();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    @Test
    void answersWithTheSameWithinASecond() throws IOException {
        folder.file("a.txt", "a");
        HttpRequest request = HttpRequest.of("GET", "/a.txt");
        HttpResponse first = folder.response(request);
        assertSame(first, folder.response(request));
        folder.pass(1500);
        assertSame(first, folder.response(request), "nothing was changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "large"})
    void noticesAChangeWithinASecond(String kind) throws IOException {
        String before = kind.equals("large") ? LARGE : "before";
        String after = before.replace('b', 'c').replace('y', 'z');
        Path file = folder.file("a.txt", before);
        String tag = folder.get("/a.txt").field("ETag");
        folder.file("a.txt", after); // of the same size, with the time of its change set back
        folder.pass(1000);
        assertEquals(after, folder.get("/a.txt").body());
        assertNotEquals(tag, folder.get("/a.txt").field("ETag"));
        Path other = folder.file("other", before);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        folder.pass(1000);
        assertEquals(before, folder.get("/a.txt").body());
        Files.delete(file);
        folder.pass(1000);
        assertEquals(404, folder.get("/a.txt").status());
        folder.file("a.txt", after);
        assertEquals(after, folder.get("/a.txt").body(), "that there was nothing is not remembered");
    }

    @Test
    void noticesANeighbourThatComesAndGoes() throws IOException {
        folder.file("a.txt", "plain");
        assertEquals("plain", folder.get("/a.txt", "Accept-Encoding", "gzip").body());
        Path zipped = folder.file("a.txt.gz", "zipped");
        folder.pass(1000);
        assertEquals("zipped", folder.get("/a.txt", "Accept-Encoding", "gzip").body());
        Files.delete(zipped);
        folder.pass(1000);
        assertEquals("plain", folder.get("/a.txt", "Accept-Encoding", "gzip").body());
    }

    @Test
    void noticesALinkThatLeadsElsewhere() throws IOException {
        folder.file("one/a.txt", "one");
        folder.file("two/a.txt", "two");
        Path link = Files.createSymbolicLink(folder.root.resolve("current"), Path.of("one"));
        assertEquals("one", folder.get("/current/a.txt").body());
        Files.move(Files.createSymbolicLink(folder.root.resolve("next"), Path.of("two")), link, StandardCopyOption.ATOMIC_MOVE);
        folder.pass(1000);
        assertEquals("two", folder.get("/current/a.txt").body());
    }

    @Test
    void noticesARootThatLeadsElsewhere() throws IOException {
        folder.file("r1/a.txt", "one");
        folder.file("r1/old.txt", "old");
        folder.file("r2/a.txt", "two");
        folder.file("r2/new.txt", "new");
        Path link = Files.createSymbolicLink(folder.root.resolve("current"), Path.of("r1"));
        folder.with("root", "current");
        assertEquals("one", folder.get("/a.txt").body());
        assertEquals("old", folder.get("/old.txt").body());
        Files.move(Files.createSymbolicLink(folder.root.resolve("next"), Path.of("r2")), link, StandardCopyOption.ATOMIC_MOVE);
        assertEquals("new", folder.get("/new.txt").body());
        folder.pass(1000);
        assertEquals("two", folder.get("/a.txt").body());
        assertEquals(404, folder.get("/old.txt").status());
        Files.delete(link);
        folder.pass(1000);
        assertEquals(404, folder.get("/a.txt").status());
        Files.createSymbolicLink(link, Path.of("r1"));
        assertEquals("one", folder.get("/a.txt").body());
    }

    /// What lies in the former root is outside now.
    @Test
    void keepsToTheRootThereIsNow() throws IOException {
        folder.file("r1/a.txt", "one");
        Path link = Files.createSymbolicLink(folder.root.resolve("current"), Path.of("r1"));
        folder.with("root", "current");
        assertEquals("one", folder.get("/a.txt").body());
        Files.createDirectory(folder.root.resolve("r2"));
        Files.createSymbolicLink(folder.root.resolve("r2/b.txt"), Path.of("../r1/a.txt"));
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("r2"));
        assertEquals(404, folder.get("/b.txt").status());
    }

    /// Another change within the tick of the clock by which files are stamped would leave the same stamp.
    @Test
    void doesNotTrustTheStampOfAFileThatWasChangedJustNow() throws IOException {
        Path file = folder.file("a.txt", "before");
        Stamp stamp = Stamp.of(file);
        AtomicLong now = new AtomicLong(stamp.changed() + 1_000_000);
        StaticFiles files = new StaticFiles(FilesConfig.of(folder.root), () -> Instant.EPOCH.plusNanos(now.get()),
                folder.ticks::get, task -> {});
        HttpRequest request = HttpRequest.of("GET", "/a.txt");
        HttpResponse young = files.handle(request, Requests.CALL);
        assertTrue(Folder.Answer.of(request, young).field("ETag").startsWith("W/\""));
        now.addAndGet(1_000_000_000);
        folder.pass(1000);
        HttpResponse old = files.handle(request, Requests.CALL);
        assertTrue(Folder.Answer.of(request, old).field("ETag").startsWith("\""));
        folder.pass(1000);
        assertSame(old, files.handle(request, Requests.CALL));
    }

    @ParameterizedTest
    @CsvSource({"1500, 1000, 1509, true", "1500, 1000, 1521, false", "1500, 1000, 1400, true", "1500, 9999, 1521, false",
            "2000, 1000, 3999, true", "2000, 1000, 4001, false", "0, 1500, 1501, true", "0, 1500, 1521, false", "0, 1500, 1499, false"})
    void tellsWhetherAStampMayRecur(long changed, long modified, long now, boolean expected) {
        assertEquals(expected, new Stamp(1, modified * 1_000_000, changed * 1_000_000, "", Stamp.Kind.FILE).mayRecur(now * 1_000_000));
    }

    @Test
    void keepsNoMoreThanItMay() throws IOException {
        folder.with("cache.entries", "3").with("cache.bytes", "25").with("cache.files", "2");
        for (int i = 0; i < 6; i++) {
            folder.file("small" + i, "0123456789");
            folder.file("large" + i, LARGE);
        }
        for (int i = 0; i < 6; i++) {
            assertEquals("0123456789", folder.get("/small" + i).body());
            assertTrue(folder.cache().entries() <= 3 && folder.cache().memory() <= 25, folder.cache()::toString);
        }
        assertEquals(20, folder.cache().memory());
        for (int i = 0; i < 6; i++) {
            assertEquals(LARGE, folder.get("/large" + i).body());
            assertTrue(folder.cache().entries() <= 3 && folder.cache().files() <= 2, folder.cache()::toString);
        }
        assertEquals(2, handles(folder.root.resolve("large")));
        assertEquals(1, folder.started, "one thread looks at all of them");
    }

    @Test
    void keepsNothingWhenItMayNot() throws IOException {
        folder.with("cache.entries", "0");
        folder.file("small", "0123456789");
        folder.file("large", LARGE);
        for (int i = 0; i < 3; i++) {
            assertEquals("0123456789", folder.get("/small").body());
            assertEquals(LARGE, folder.get("/large").body());
            assertEquals(206, folder.get("/large", "Range", "bytes=0-1,3-4").status());
            assertEquals(304, folder.get("/large", "If-None-Match", "*").status());
        }
        assertEquals(0, folder.cache().entries());
        assertEquals(0, handles(folder.root));
    }

    @Test
    void closesADeletedFileThatNobodyAsksForAnyMore() throws IOException {
        Path file = folder.file("large", LARGE);
        assertEquals(LARGE, folder.get("/large").body());
        assertEquals(1, handles(file));
        Files.delete(file);
        folder.cache().sweep();
        assertEquals(0, handles(file));
        assertEquals(0, folder.cache().entries());
    }

    @Test
    void closesAFileThatNobodyAskedForSinceTheLastLook() throws IOException {
        Path file = folder.file("large", LARGE);
        folder.get("/large");
        folder.cache().sweep();
        assertEquals(1, handles(file));
        folder.cache().sweep();
        assertEquals(0, handles(file));
        assertEquals(LARGE, folder.get("/large").body());
    }

    @Test
    void sendsWhatItHasBegunToSendThoughTheFileIsGone() throws IOException {
        Path file = folder.file("large", LARGE);
        HttpRequest request = HttpRequest.of("GET", "/large");
        HttpResponse begun = folder.response(request);
        Files.delete(file);
        folder.cache().sweep();
        assertEquals(1, handles(file));
        assertEquals(LARGE, Folder.Answer.of(request, begun).body());
        assertEquals(0, handles(file));
    }

    /// Whoever is interrupted while it sends closes the file under all the others.
    @Test
    void opensAFileAnewThatWasClosedByAnInterrupt() throws IOException {
        folder.file("large", LARGE);
        HttpRequest request = HttpRequest.of("GET", "/large");
        HttpResponse broken = folder.response(request);
        Thread.currentThread().interrupt();
        assertThrows(UncheckedIOException.class, () -> Folder.Answer.of(request, broken));
        assertTrue(Thread.interrupted());
        assertEquals(LARGE, folder.get("/large").body());
        assertEquals(LARGE, folder.get("/large").body());
        assertEquals(1, folder.cache().files());
    }

    @Test
    void looksAfterOpenFilesByItself() throws IOException {
        Path file = folder.file("large", LARGE);
        StaticFiles files = new StaticFiles(FilesConfig.of(folder.root));
        HttpRequest request = HttpRequest.of("GET", "/large");
        assertEquals(LARGE, Folder.Answer.of(request, files.handle(request, Requests.CALL)).body());
        await("the end of the file").atMost(Duration.ofSeconds(20)).until(() -> handles(file) == 0 && files.cache().files() == 0);
    }

    /// Several threads read files that come and go, from a cache in which hardly any of them has room: each answer is one of those there
    /// were.
    @Test
    void staysRightWhenManyThreadsReadWhatChanges() throws Exception {
        folder.with("cache.entries", "4").with("cache.files", "2");
        List<Future<?>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 8; i++) {
                folder.file("f" + i, (i % 2 == 0 ? "a" : LARGE + "a"));
            }
            for (int reader = 0; reader < 3; reader++) {
                readers.add(threads.submit(() -> {
                    for (int i = 0; i < 3_000; i++) {
                        int file = ThreadLocalRandom.current().nextInt(8);
                        Folder.Answer answer = folder.get("/f" + file);
                        assertEquals(200, answer.status());
                        assertEquals(file % 2 == 0 ? 1 : LARGE.length() + 1, answer.body().length());
                    }
                    return null;
                }));
            }
            readers.add(threads.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    int file = i % 8;
                    Path next = folder.file("next", (file % 2 == 0 ? "" : LARGE) + (char) ('a' + i % 26));
                    Files.move(next, folder.root.resolve("f" + file), StandardCopyOption.ATOMIC_MOVE);
                    folder.pass(300);
                    folder.cache().sweep();
                }
                return null;
            }));
            for (Future<?> one : readers) {
                one.get();
            }
        }
        folder.cache().sweep();
        folder.cache().sweep();
        assertEquals(0, folder.cache().files());
        assertEquals(0, handles(folder.root.resolve("f")));
    }
}
