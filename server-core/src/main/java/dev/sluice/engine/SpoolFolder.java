package dev.sluice.engine;

import dev.sluice.protocol.SpoolFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where what is too large for memory lies while it is needed: a folder of the server's own, which nobody else may enter. It is made with the first file,
/// made anew when somebody has tidied it away, and removed with all that is in it when the server ends.
///
/// The lock guards the folder and whether it is closed; it is held while a file is made, never while one is written.
public final class SpoolFolder implements SpoolFile.Place, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);

    private final Path parent;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Path folder;
    private boolean closed;
    /// Whether the last part could not be written: told once, until one can.
    private volatile boolean failing;

    /// @param parent in which the folder is made
    public SpoolFolder(Path parent) {
        this.parent = parent;
    }

    /// Writes a part to its file. Blocks.
    ///
    /// @throws ClosedChannelException when the file is closed, since its connection has ended
    /// @throws IOException            when it cannot be written, which is logged
    void append(SpoolFile file, ByteBuffer bytes) throws IOException {
        try {
            file.append(bytes, this);
            if (failing) {
                failing = false;
                LOG.info("event=spool-recovered folder={}", parent);
            }
        } catch (ClosedChannelException ended) {
            throw ended;
        } catch (IOException failed) {
            if (!failing) {
                failing = true;
                LOG.warn("event=spool-failed folder={} cause={}; requests with bodies too large for memory are refused until there is room again: "
                        + "free some, or restart with another spool-folder", parent, failed.toString());
            }
            throw failed;
        }
    }

    /// @throws IOException when there is no room, or the server has ended
    @Override
    public Path create() throws IOException {
        lock.lock();
        try {
            Path known = folder;
            if (closed) {
                throw new ClosedChannelException();
            }
            if (known == null) {
                return createAnew();
            }
            try {
                return create(known);
            } catch (NoSuchFileException tidiedAway) {
                return createAnew();
            }
        } finally {
            lock.unlock();
        }
    }

    private Path createAnew() throws IOException {
        Path made = Files.createTempDirectory(parent, "sluice-"); // by the JDK's promise for the owner alone, as are its files
        folder = made;
        return create(made);
    }

    private static Path create(Path in) throws IOException {
        return Files.createTempFile(in, "spool-", "");
    }

    @Override
    public void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            LOG.warn("event=spool-left file={} cause={}; delete it by hand", file, failed.toString());
        }
    }

    /// Removes the folder, and what is left in it.
    @Override
    public void close() {
        lock.lock();
        Path last;
        try {
            closed = true;
            last = folder;
            folder = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            remove(last);
        }
    }

    private void remove(Path last) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(last)) {
            left.forEach(this::delete);
            Files.deleteIfExists(last);
        } catch (NoSuchFileException tidiedAway) {
            LOG.debug("event=spool-folder-gone folder={}", last);
        } catch (IOException failed) {
            LOG.warn("event=spool-left folder={} cause={}; delete it by hand", last, failed.toString());
        }
    }
}
