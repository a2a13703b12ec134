package dev.sluice.protocol;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/// Takes what a protocol writes, in order. Used by one thread, during one call of [Protocol#encode] or
/// [Protocol#refuse]; bytes are copied, so that buffers may be used again.
public interface ByteSink {

    /// Appends one byte, the low eight bits of `value`.
    void put(int value);

    /// Appends `length` bytes from `offset` on.
    void put(byte[] bytes, int offset, int length);

    /// Appends the bytes from the buffer's position to its limit, and consumes them.
    void put(ByteBuffer bytes);

    /// Appends all bytes.
    default void put(byte[] bytes) {
        put(bytes, 0, bytes.length);
    }

    /// Appends text of which every character is below U+0100, one byte each (ISO 8859-1).
    default void putLatin1(String text) {
        put(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Appends a region of a file, sent by the kernel where it can be. The sink owns the channel from now on, and closes
    /// it exactly once, whatever happens. A file that turns out shorter than the region ends the connection without
    /// padding, so that the client sees the truncation.
    ///
    /// @param file     open for reading
    /// @param position of the first byte, 0 or more
    /// @param count    of bytes, 0 or more
    void file(FileChannel file, long position, long count);

    /// Appends everything a source gives. The sink owns the source from now on, and closes it exactly once, whatever happens.
    void source(ByteSource source);
}
