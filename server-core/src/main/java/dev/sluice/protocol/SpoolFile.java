package dev.sluice.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A part of a request that is too large for memory, in a temporary file. A decoder makes one, which touches no disk, hands it out with each of its
/// parts ([Decoded.Spool]), and puts it into the request. The server writes the parts where it may block.
///
/// The file is deleted once the request is answered or its connection has ended, whichever comes first, even while a handler still reads it. It may
/// be moved away before.
///
/// Safe from any thread: the lock guards the channel, and is held while a part is written.
public final class SpoolFile implements AutoCloseable {

    /// Where files are made and deleted. Blocks.
    public interface Place {

        /// A new, empty file, which nobody but the server's own user may read.
        Path create() throws IOException;

        /// Deletes a file, if it is still there. Logs what goes wrong.
        void delete(Path file);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable FileChannel channel;
    private @Nullable Place place;
    private volatile @Nullable Path path;
    private volatile long length;

    /// One that is not made yet.
    public SpoolFile() {}

    /// Writes a part behind those before it. Blocks. The file is made with the first.
    ///
    /// @param bytes from its position to its limit
    /// @param where the file is made; the same each time
    /// @throws IOException when it cannot be written whole: the file is of no use then
    public void append(ByteBuffer bytes, Place where) throws IOException {
        lock.lock();
        try {
            FileChannel into = opened(where);
            long whole = length + bytes.remaining();
            while (bytes.hasRemaining()) {
                into.write(bytes);
            }
            length = whole;
        } finally {
            lock.unlock();
        }
    }

    private FileChannel opened(Place where) throws IOException {
        if (closed.get()) {
            throw new ClosedChannelException();
        }
        FileChannel open = channel;
        if (open == null) {
            Path made = where.create();
            place = where;
            path = made; // from here on it is deleted, whatever happens
            open = FileChannel.open(made, StandardOpenOption.WRITE);
            channel = open;
        }
        return open;
    }

    /// Where it is; null before its first part is written.
    public @Nullable Path path() {
        return path;
    }

    /// How many bytes have been written.
    public long length() {
        return length;
    }

    /// Whether it is deleted, or about to be.
    public boolean isClosed() {
        return closed.get();
    }

    /// Has the file deleted, by a thread of its own. From any thread; does not wait, not even for a part that is being written. Once.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && !untouched()) {
            Thread.ofVirtual().name("sluice-spool-end").start(this::delete);
        }
    }

    private boolean untouched() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            return path == null;
        } finally {
            lock.unlock();
        }
    }

    private void delete() {
        lock.lock();
        try (FileChannel _ = channel) {
            // Closed here, before its file goes.
        } catch (IOException nothingToKeep) {
            // It is deleted all the same.
        } finally {
            Path made = path;
            Place where = place;
            lock.unlock();
            if (made != null && where != null) {
                where.delete(made);
            }
        }
    }
}
