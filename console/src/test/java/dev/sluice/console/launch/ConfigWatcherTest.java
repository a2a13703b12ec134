package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {

    private static final Duration QUIET = Duration.ofMillis(50);
    /// So long that only events can be what a test sees.
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private Path file;
    private final AtomicReference<FileContents> read = new AtomicReference<>();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private ConfigWatcher watcher;

    @BeforeEach
    void writeTheFile() throws IOException {
        file = Files.writeString(folder.resolve("sluice.conf"), "one");
    }

    @AfterEach
    void close() {
        watcher.close();
    }

    @Test
    void aFileRenamedIntoPlaceIsSeen() throws IOException {
        watch(file);
        Path next = Files.writeString(folder.resolve("sluice.conf.new"), "two");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        awaitSeen("two");
        Files.move(Files.writeString(folder.resolve("again"), "three"), file, StandardCopyOption.ATOMIC_MOVE);
        awaitSeen("two", "three");
    }

    @Test
    void aFileTruncatedAndThenWrittenIsSeenOnceAndWhole() throws IOException {
        watch(file);
        Files.writeString(file, "");
        Files.writeString(file, "two");
        awaitSeen("two");
    }

    @Test
    void aSwappedLinkIsSeen() throws IOException {
        Path versions = Files.createDirectory(folder.resolve("versions"));
        Path first = Files.createDirectory(versions.resolve("1"));
        Path second = Files.createDirectory(versions.resolve("2"));
        Files.writeString(first.resolve("s.conf"), "one");
        Files.writeString(second.resolve("s.conf"), "two");
        Path data = Files.createSymbolicLink(folder.resolve("data"), Path.of("versions/1"));
        Path link = Files.createSymbolicLink(folder.resolve("link.conf"), Path.of("data/s.conf"));
        watch(link);
        Files.move(Files.createSymbolicLink(folder.resolve("data.new"), Path.of("versions/2")), data, StandardCopyOption.ATOMIC_MOVE);
        awaitSeen("two");
        Files.writeString(second.resolve("s.conf"), "three");
        awaitSeen("two", "three");
    }

    @Test
    void aFolderInItsPlaceAndItsReturnAreSeen() throws IOException {
        watch(file);
        Files.delete(file);
        Files.createDirectory(file);
        awaitSeen("-");
        Files.delete(file);
        Files.writeString(file, "two");
        awaitSeen("-", "two");
    }

    @Test
    void aFolderThatGoesAndComesBackIsWatchedAgain() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path nested = Files.writeString(inner.resolve("n.conf"), "one");
        watch(nested);
        Files.delete(nested);
        Files.delete(inner);
        awaitSeen("-");
        Files.createDirectory(inner);
        Files.writeString(nested, "two");
        awaitSeen("-", "two");
    }

    @Test
    void aNewTimeOrTheSameContentIsNoChange() throws IOException {
        watch(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Files.writeString(file, "one");
        Files.writeString(folder.resolve("other"), "x");
        Files.writeString(file, "two");
        awaitSeen("two");
    }

    @Test
    void whatSomebodyElseHasReadIsNoChange() throws IOException {
        watch(file);
        Path next = Files.writeString(folder.resolve("next"), "two");
        read.set(new FileContents(Map.of(file, FileContents.read(next))));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(file, "three");
        awaitSeen("three");
    }

    @Test
    void aFileThatTheNewContentsIncludeIsWatchedToo() throws IOException {
        Path include = folder.resolve("deep/more.conf");
        watch(file, include);
        Files.createDirectory(include.getParent());
        Files.writeString(include, "new");
        await().until(() -> read.get().bytes().get(include), Optional::isPresent);
    }

    @Test
    void aChangeBetweenTheReadingOfANewFolderAndItsWatchingIsSeen() throws IOException {
        Path include = Files.writeString(Files.createDirectory(folder.resolve("deep")).resolve("more.conf"), "one");
        read.set(FileContents.of(Set.of(file)));
        watcher = ConfigWatcher.start(read::get, () -> {
            boolean first = !read.get().files().contains(include);
            read.set(FileContents.of(Set.of(file, include)));
            if (first) {
                write(include, "two");
            }
        }, QUIET, NEVER);
        Files.writeString(file, "include deep/more.conf");
        await().until(() -> read.get().bytes().getOrDefault(include, Optional.empty()).map(bytes -> text(Optional.of(bytes))),
                Optional.of("two")::equals);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void jarsOfPluginsThatComeChangeAndGoAreSeen() throws IOException {
        Path plugins = folder.resolve("plugins");
        read.set(new FileContents(Map.of(file, FileContents.read(file)), Optional.of(PluginFolder.at(plugins))));
        watcher = ConfigWatcher.start(read::get, this::readAgain, QUIET, NEVER);
        Files.createDirectory(plugins);
        Path jar = Files.writeString(plugins.resolve("a.jar"), "one");
        awaitJars(jar);
        Files.writeString(jar, "two");
        awaitJars(jar);
        Path elsewhere = Files.writeString(Files.createDirectory(folder.resolve("elsewhere")).resolve("b"), "one");
        Path link = Files.createSymbolicLink(plugins.resolve("b.jar"), elsewhere);
        awaitJars(jar, link);
        Files.writeString(elsewhere, "two");
        awaitJars(jar, link);
        Files.delete(jar);
        awaitJars(link);
    }

    private void awaitJars(Path... jars) {
        Map<String, Optional<String>> there = Arrays.stream(jars)
                .collect(Collectors.toMap(jar -> jar.getFileName().toString(), PluginFolder::digest));
        await().until(() -> read.get().plugins().orElseThrow().digests(), there::equals);
    }

    @Test
    void withoutEventsTheFilesAreLookedAtNowAndThen() throws IOException {
        read.set(FileContents.of(Set.of(file)));
        watcher = ConfigWatcher.start(read::get, this::readAgain, QUIET, Duration.ofMillis(20));
        // What was read is not what is there, and no event will say so.
        read.set(new FileContents(Map.of(file, Optional.empty())));
        awaitSeen("one");
    }

    @Test
    void anActionThatThrowsDoesNotEndTheWatching() throws IOException {
        read.set(FileContents.of(Set.of(file)));
        watcher = ConfigWatcher.start(read::get, () -> {
            readAgain();
            throw new IllegalStateException("on purpose");
        }, QUIET, NEVER);
        Files.writeString(file, "two");
        awaitSeen("two");
        Files.writeString(file, "three");
        awaitSeen("two", "three");
    }

    @Test
    void closingEndsTheThread() throws IOException {
        watch(file);
        watcher.close();
        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("sluice-config-watcher")));
    }

    private void watch(Path... files) throws IOException {
        read.set(FileContents.of(Set.of(files)));
        watcher = ConfigWatcher.start(read::get, this::readAgain, QUIET, NEVER);
    }

    private void readAgain() {
        FileContents now = read.get().again();
        read.set(now);
        now.bytes().values().stream().findFirst().ifPresent(bytes -> seen.add(text(bytes)));
    }

    private static String text(Optional<ByteBuffer> bytes) {
        return bytes.map(buffer -> new String(buffer.array(), StandardCharsets.UTF_8)).orElse("-");
    }

    private void awaitSeen(String... texts) {
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertEquals(List.of(texts), List.copyOf(seen)));
    }
}
