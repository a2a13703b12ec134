package dev.sluice.service.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An open file that several responses are sent from at a time: closed when its keeper has let go of it and the last of them is sent.
///
/// Responses read at places of their own, so that they share nothing but the number of those that hold it, which is atomic. None of them
/// may be interrupted while it sends, as that would close the file under the others: a server interrupts nobody outside a handler.
final class SharedFile {

    private final FileChannel file;
    /// The keeper is the first; once it is 0 it stays.
    private final AtomicInteger holders = new AtomicInteger(1);

    /// @param file open for reading; belongs to this from now on
    SharedFile(FileChannel file) {
        this.file = file;
    }

    /// A channel of the borrower's own; null when the file is closed. Closing it gives it back.
    @Nullable FileChannel borrow() {
        if (!file.isOpen()) {
            return null;
        }
        int held = holders.get();
        while (held > 0 && !holders.compareAndSet(held, held + 1)) {
            held = holders.get();
        }
        return held > 0 ? new Borrowed() : null;
    }

    /// The keeper lets go. To be called once.
    void release() {
        if (holders.decrementAndGet() == 0) {
            try {
                file.close();
            } catch (IOException nothingToLose) {
                // it was open for reading only
            }
        }
    }

    /// Reads what it is told to from where it is told to.
    private final class Borrowed extends FileChannel {

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return file.map(mode, position, size);
        }

        @Override
        protected void implCloseChannel() {
            release();
        }

        // ---- the place of a file is everybody's, and so nobody's ----

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException("a shared file is read from places that are given");
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            throw new UnsupportedOperationException("a shared file is read from places that are given");
        }

        @Override
        public long position() {
            throw new UnsupportedOperationException("a shared file is read from places that are given");
        }

        @Override
        public FileChannel position(long next) {
            throw new UnsupportedOperationException("a shared file is read from places that are given");
        }

        // ---- it is read, and never written ----

        @Override
        public int write(ByteBuffer from) {
            throw new NonWritableChannelException();
        }

        @Override
        public int write(ByteBuffer from, long position) {
            throw new NonWritableChannelException();
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new NonWritableChannelException();
        }

        @Override
        public FileChannel truncate(long size) {
            throw new NonWritableChannelException();
        }

        @Override
        public void force(boolean metaData) {
            // nothing of ours is unwritten
        }

        @Override
        public long transferFrom(ReadableByteChannel from, long position, long count) {
            throw new NonWritableChannelException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException("a shared file is locked by nobody");
        }

        @Override
        public @Nullable FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException("a shared file is locked by nobody");
        }
    }
}
