package dev.sluice.transport.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tlschannel.BufferAllocator;

/// The buffer of one connection for plain bytes that the reader's own has no room for. The TLS channel takes it in the handshake, where nothing is ever in it, and
/// keeps it until something has been; so the first is as small as may be, and grows when it is needed.
///
/// Confined to the thread that reads.
final class PlainBuffer implements BufferAllocator {

    private static final int FIRST = 256;

    private @Nullable ByteBuffer present;

    @Override
    public ByteBuffer allocate(int size) {
        boolean first = present == null && size == RecordBuffers.SMALLEST; // otherwise one grows, and is given back afterwards
        ByteBuffer buffer = ByteBuffer.allocate(first ? FIRST : size);
        present = buffer;
        return buffer;
    }

    @Override
    public void free(ByteBuffer buffer) {
        if (buffer == present) {
            present = null;
        }
    }

    /// Whether there is something in it.
    boolean filled() {
        ByteBuffer buffer = present;
        return buffer != null && buffer.position() > 0;
    }
}
