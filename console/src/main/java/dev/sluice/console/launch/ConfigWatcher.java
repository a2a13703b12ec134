package dev.sluice.console.launch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees that files have other contents than when they were last read, and says so.
///
/// What is compared is contents, never times; events of the file system only tell when to look. So a file that is renamed into place,
/// truncated and then written, reached through a link that is swapped, or a folder for a while, is all the same. Every event in a folder on
/// the way to a file begins a time of quiet, at the end of which the files are looked at; a folder that is never quiet is looked at anyway.
/// For what a file system does not tell (network file systems do not), they are looked at every few seconds too.
///
/// One thread, `sluice-config-watcher`, does everything, the action included; only `close` is called from others.
final class ConfigWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatcher.class);

    static final Duration QUIET = Duration.ofMillis(200);
    static final Duration PATROL = Duration.ofSeconds(5);

    /// A folder with constant events is looked at after so many times of quiet.
    private static final int PATIENCE = 10;

    private final Supplier<FileContents> read;
    private final Runnable changed;
    private final long quiet;
    private final long patrol;
    private final WatchService service;
    /// Confined to the thread, once it runs.
    private final Set<WatchKey> watched = new HashSet<>();
    private final Thread thread;

    private ConfigWatcher(Supplier<FileContents> read, Runnable changed, Duration quiet, Duration patrol) throws IOException {
        this.read = read;
        this.changed = changed;
        this.quiet = quiet.toNanos();
        this.patrol = patrol.toNanos();
        this.service = FileSystems.getDefault().newWatchService();
        this.thread = Thread.ofPlatform().name("sluice-config-watcher").daemon().unstarted(this::run);
    }

    /// Starts to watch.
    ///
    /// @param read    the files, with what they held when they were last read, by whomever
    /// @param changed reads them again; run each time they differ. What it throws is logged
    /// @param quiet   how long after an event to look
    /// @param patrol  how often to look without any
    /// @throws IOException when the system has no more watches to give
    static ConfigWatcher start(Supplier<FileContents> read, Runnable changed, Duration quiet, Duration patrol) throws IOException {
        ConfigWatcher watcher = new ConfigWatcher(read, changed, quiet, patrol);
        watcher.watch();
        watcher.thread.start();
        return watcher;
    }

    private void run() {
        try {
            boolean settled = false;
            while (true) {
                look(settled);
                settled = false;
                if (!watch()) {
                    WatchKey event = service.poll(patrol, TimeUnit.NANOSECONDS);
                    settle(event);
                    settled = event != null;
                } // else look again: what came into a folder before it was watched is no event
            }
        } catch (ClosedWatchServiceException | InterruptedException ended) {
            // close() asked for it
        }
    }

    /// @param settled whether a time of quiet has just passed; without one, a difference may be a file that is being written
    private void look(boolean settled) throws InterruptedException {
        if (same()) {
            return;
        }
        if (!settled) {
            settle(service.poll(quiet, TimeUnit.NANOSECONDS));
        }
        if (!same()) {
            act();
        }
    }

    private boolean same() {
        FileContents then = read.get();
        return then.again().equals(then);
    }

    private void act() {
        try {
            changed.run();
        } catch (RuntimeException | Error failed) {
            LOG.error("event=config-watch-failed", failed);
        }
    }

    /// Waits until nothing happens any more.
    private void settle(@Nullable WatchKey first) throws InterruptedException {
        WatchKey key = first;
        long begun = System.nanoTime();
        while (key != null && System.nanoTime() - begun < PATIENCE * quiet) {
            drop(key);
            key = service.poll(quiet, TimeUnit.NANOSECONDS);
        }
        if (key != null) {
            drop(key);
        }
    }

    private static void drop(WatchKey key) {
        key.pollEvents();
        key.reset();
    }

    /// Watches each folder on the way to each file; again after every look, as includes, links and folders come and go. A folder that is
    /// watched already stays so.
    ///
    /// @return whether there was one that was not watched before
    private boolean watch() {
        boolean more = false;
        watched.removeIf(key -> !key.isValid());
        Set<Path> folders = new HashSet<>();
        read.get().watched().forEach(file -> addFolders(file, folders, 0));
        for (Path folder : folders) {
            try {
                WatchEvent.Kind<?>[] kinds = {
                    StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE
                };
                more |= watched.add(folder.register(service, kinds));
            } catch (IOException notNow) {
                LOG.debug("event=config-watch folder={} detail=\"{}\"", folder, notNow.getMessage());
            }
        }
        return more;
    }

    /// The folder of a file, or the nearest one that exists; and where the file is a link, or one of its folders is, those on the way to
    /// what it leads to. Links that lead in a circle end at the depth at which the kernel gives up as well.
    private static void addFolders(Path file, Set<Path> into, int depth) {
        Path parent = file.getParent();
        while (parent != null && !Files.isDirectory(parent)) {
            parent = parent.getParent();
        }
        if (parent == null || depth > 40) {
            return;
        }
        into.add(parent);
        for (Path step = file; step != null; step = step.getParent()) {
            if (Files.isSymbolicLink(step)) {
                follow(step, into, depth);
            }
        }
    }

    private static void follow(Path link, Set<Path> into, int depth) {
        try {
            Path parent = link.getParent();
            into.add(parent);
            addFolders(parent.resolve(Files.readSymbolicLink(link)).normalize(), into, depth + 1);
        } catch (IOException gone) {
            // replaced meanwhile, which is an event of its folder
        }
    }

    /// Ends the thread and waits for it; when the thread itself calls, it ends after the action.
    @Override
    public void close() {
        try {
            service.close();
            if (Thread.currentThread() != thread) {
                thread.join(Duration.ofSeconds(1));
            }
        } catch (IOException failed) {
            LOG.warn("event=config-watch-not-closed detail=\"{}\"", failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
