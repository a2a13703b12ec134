package dev.sluice.protocol.http;

import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Puts chunks around what a source gives (RFC 9112, 7.1).
///
/// Used by the thread that writes the connection, except for `drainBegan`, which touches nothing of its own.
final class ChunkedSource implements ByteSource {

    private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /// Below this room a chunk is put together apart and leaves in pieces.
    private static final int SMALL = 64;

    private final ByteSource inner;
    /// A chunk, or the end, of which a part has not left yet.
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private boolean ended;

    ChunkedSource(ByteSource inner) {
        this.inner = inner;
    }

    @Override
    public int pull(ByteBuffer into, Runnable resume) throws IOException {
        if (rest.hasRemaining()) {
            return moved(into);
        }
        if (ended) {
            return -1;
        }
        if (into.remaining() >= SMALL) {
            int put = chunk(into, resume);
            return put >= 0 ? put : end(into);
        }
        ByteBuffer apart = ByteBuffer.allocate(SMALL);
        int put = chunk(apart, resume);
        rest = put < 0 ? rest : apart.flip();
        return put > 0 ? moved(into) : put == 0 ? 0 : end(into);
    }

    private int end(ByteBuffer into) {
        ended = true;
        rest = ByteBuffer.wrap(END);
        return moved(into);
    }

    private int moved(ByteBuffer into) {
        int count = Math.min(into.remaining(), rest.remaining());
        into.put(into.position(), rest, rest.position(), count);
        into.position(into.position() + count);
        rest.position(rest.position() + count);
        return count;
    }

    /// Has the source write behind a gap for the size, and closes the gap when the size turns out shorter.
    private int chunk(ByteBuffer into, Runnable resume) throws IOException {
        int start = into.position();
        int digits = digits(into.remaining());
        ByteBuffer data = into.slice(start + digits + 2, into.remaining() - digits - 4);
        int count = inner.pull(data, resume);
        if (count <= 0) {
            return count;
        }
        int needed = digits(count);
        if (needed < digits) {
            into.put(start + needed + 2, into, start + digits + 2, count);
        }
        for (int i = 0; i < needed; i++) {
            into.put((byte) Character.forDigit(count >> 4 * (needed - 1 - i) & 0xF, 16));
        }
        into.put((byte) '\r').put((byte) '\n').position(into.position() + count);
        into.put((byte) '\r').put((byte) '\n');
        return into.position() - start;
    }

    /// How many hexadecimal digits the number has.
    private static int digits(int number) {
        return (35 - Integer.numberOfLeadingZeros(number)) / 4;
    }

    @Override
    public boolean mayBlock() {
        return inner.mayBlock();
    }

    @Override
    public void drainBegan() {
        inner.drainBegan();
    }

    @Override
    public void close() {
        inner.close();
    }
}
