package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A file that counts how often it is asked for bytes, and how often it is closed.
final class CountingFile extends FileChannel {

    private final FileChannel file;
    final AtomicLong asked = new AtomicLong();
    final AtomicInteger closed = new AtomicInteger();

    CountingFile(FileChannel file) {
        this.file = file;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        asked.incrementAndGet();
        return file.transferTo(position, count, target);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        asked.incrementAndGet();
        return file.read(into);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        asked.incrementAndGet();
        return file.read(into, position);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        asked.incrementAndGet();
        return file.read(into, offset, length);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long next) throws IOException {
        file.position(next);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
        closed.incrementAndGet();
        file.close();
    }

    // ---- what nobody does to what is only read ----

    @Override
    public int write(ByteBuffer from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer from, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metaData) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
