package dev.sluice.protocol.http;

import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Holds a source to the length that was declared for it. What is missing is not made up, and what is too much is never sent, since the
/// client would take it for the next response: both are a fault of the handler, and end the connection.
///
/// Used by the thread that writes the connection, except for `drainBegan`, which touches nothing of its own.
final class SizedSource implements ByteSource {

    private final ByteSource inner;
    private final long length;
    private long left;

    SizedSource(ByteSource inner, long length) {
        this.inner = inner;
        this.length = length;
        this.left = length;
    }

    @Override
    public int pull(ByteBuffer into, Runnable resume) throws IOException {
        return left == 0 ? end(resume) : some(into, resume);
    }

    private int some(ByteBuffer into, Runnable resume) throws IOException {
        int limit = into.limit();
        into.limit((int) Math.min(limit, into.position() + left));
        try {
            int count = inner.pull(into, resume);
            if (count < 0) {
                throw new IllegalStateException("the body was declared to be " + length + " bytes long, but ends " + left
                        + " bytes before");
            }
            left -= count;
            return count;
        } finally {
            into.limit(limit);
        }
    }

    /// Has the source say that it has ended, too.
    private int end(Runnable resume) throws IOException {
        int count = inner.pull(ByteBuffer.allocate(1), resume);
        if (count > 0) {
            throw new IllegalStateException("the body was declared to be " + length + " bytes long, but goes on");
        }
        return count;
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
