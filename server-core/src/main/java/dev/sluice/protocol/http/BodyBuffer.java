package dev.sluice.protocol.http;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Collects a body. Grows with what has come, never by what was announced.
final class BodyBuffer {

    private static final int LEAST = 512;
    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int size;

    int size() {
        return size;
    }

    /// Takes what there is, up to `wanted` bytes.
    ///
    /// @param most the size this body will or may have at the end
    /// @return how many were taken
    int take(ByteBuffer in, int wanted, int most) {
        int count = Math.min(wanted, in.remaining());
        if (count > bytes.length - size) {
            int doubled = (int) Math.min(most, Math.max(LEAST, 2L * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.max(size + count, doubled));
        }
        in.get(bytes, size, count);
        size += count;
        return count;
    }

    /// The body. This buffer is not used again.
    byte[] whole() {
        return bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    }
}
