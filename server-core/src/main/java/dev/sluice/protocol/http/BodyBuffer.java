package dev.sluice.protocol.http;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.SpoolFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Collects a body: in memory, where it grows with what has come, never by what was announced; or for a file, in steps.
final class BodyBuffer {

    /// What is handed out at once to be written to a file.
    static final int STEP = 64 << 10;
    private static final int LEAST = 512;
    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int size;
    private long handedOut;
    private @Nullable SpoolFile file;

    /// How much has come.
    long length() {
        return handedOut + size;
    }

    /// From now on it goes to a file, with what has come already.
    void spill() {
        file = file == null ? new SpoolFile() : file;
    }

    /// Takes what there is, up to `wanted` bytes, and up to a step of what goes to a file.
    ///
    /// @param most the size this body will or may have at the end
    /// @return how many were taken
    int take(ByteBuffer in, long wanted, long most) {
        long room = file == null ? wanted : Math.min(wanted, Math.max(0, STEP - size));
        int count = (int) Math.min(room, in.remaining());
        if (count > bytes.length - size) {
            int doubled = (int) Math.min(file == null ? most : STEP, Math.max(LEAST, 2L * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.max(size + count, doubled));
        }
        in.get(bytes, size, count);
        size += count;
        return count;
    }

    /// The next step of what goes to a file, if there is a whole one; nothing is taken until it is written.
    Decoded.@Nullable Spool<HttpRequest> step() {
        return size >= STEP ? rest() : null;
    }

    /// What is left of what goes to a file; null when nothing is, or when all is in memory.
    Decoded.@Nullable Spool<HttpRequest> rest() {
        SpoolFile into = file;
        if (into == null || size == 0) {
            return null;
        }
        ByteBuffer part = ByteBuffer.wrap(bytes, 0, size);
        handedOut += size;
        size = 0;
        return new Decoded.Spool<>(into, part);
    }

    /// The body. This buffer is not used again.
    HttpBody whole() {
        return file != null ? new HttpBody(file, handedOut) : HttpBody.of(bytes.length == size ? bytes : Arrays.copyOf(bytes, size));
    }
}
