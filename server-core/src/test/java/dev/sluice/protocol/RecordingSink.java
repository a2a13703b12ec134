package dev.sluice.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/// Keeps everything it is given as bytes: regions are read and sources pulled at once, and closed as a driver would.
public final class RecordingSink implements ByteSink {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void put(int value) {
        bytes.write(value);
    }

    @Override
    public void put(byte[] added, int offset, int length) {
        bytes.write(added, offset, length);
    }

    @Override
    public void put(ByteBuffer added) {
        byte[] copy = new byte[added.remaining()];
        added.get(copy);
        bytes.writeBytes(copy);
    }

    @Override
    public void file(FileChannel file, long position, long count) {
        try (file) {
            file.transferTo(position, count, Channels.newChannel(bytes));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void source(ByteSource source) {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try (source) {
            while (source.pull(buffer, () -> {}) > 0) {
                put(buffer.flip());
                buffer.clear();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    /// The bytes as ISO 8859-1.
    public String text() {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
