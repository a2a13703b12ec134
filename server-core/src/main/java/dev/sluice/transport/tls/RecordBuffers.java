package dev.sluice.transport.tls;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tlschannel.BufferAllocator;

/// The buffers of one connection for whole and parts of TLS records: taken when there is something in them, and given back when there is not, so that an idle
/// connection has none. What is given back is kept for others, up to a bound.
///
/// Those kept are shared by all connections, in queues that any thread may use. The count belongs to one connection, where one thread may read while another
/// writes.
final class RecordBuffers implements BufferAllocator {

    /// The sizes that the TLS channel asks for, one after the other, as a record grows.
    static final int SMALLEST = 4 << 10;
    static final int LARGEST = 17 << 10;
    private static final int KEPT = 64;
    private static final Queue<ByteBuffer> SMALL = new ArrayBlockingQueue<>(KEPT);
    private static final Queue<ByteBuffer> LARGE = new ArrayBlockingQueue<>(KEPT);

    private final AtomicInteger held = new AtomicInteger();

    @Override
    public ByteBuffer allocate(int size) {
        held.incrementAndGet();
        ByteBuffer kept = size == SMALLEST ? SMALL.poll() : size == LARGEST ? LARGE.poll() : null;
        return kept == null ? ByteBuffer.allocate(size) : kept.clear();
    }

    @Override
    @SuppressWarnings("ReturnValueIgnored") // when the queue is full the buffer is let go of
    public void free(ByteBuffer buffer) {
        held.decrementAndGet();
        switch (buffer.capacity()) {
            case SMALLEST -> SMALL.offer(buffer);
            case LARGEST -> LARGE.offer(buffer);
            default -> {}
        }
    }

    /// How many the connection has.
    int held() {
        return held.get();
    }
}
