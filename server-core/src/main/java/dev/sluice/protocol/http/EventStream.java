package dev.sluice.protocol.http;

import dev.sluice.protocol.ByteSource;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Events for one client (server-sent events, HTML standard 9.2), sent by any thread at any time after the handler has returned
/// [HttpResponse#events].
///
/// ```
///              end, or a drain begins                 all is sent
///   OPEN ─────────────────────────────► ENDING ─────────────────────► CLOSED
///     └──── the client left, was kicked, or the response was not sent ───┘
/// ```
///
/// What the client has not taken waits in a queue that is bounded in bytes. When it is full, [#offer] says so at once, and [#send] waits;
/// so memory stays flat however slow the client is. A client that is gone is noticed with what is sent next, at the latest: one that may be
/// silent for long is worth a [#comment] now and then.
///
/// Shared. Guarded by its lock, under which no foreign code is called.
public final class EventStream implements AutoCloseable {

    private static final int USUAL = 64 << 10;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
    private int queued;
    private boolean given;
    private boolean ending;
    private boolean closed;
    /// Of the writer that found nothing, to be run when there is something.
    private @Nullable Runnable waiting;
    private List<Runnable> actions = new ArrayList<>(1);

    private EventStream(int capacity) {
        this.capacity = capacity;
    }

    /// A stream that keeps up to 64 KiB for a slow client.
    public static EventStream open() {
        return open(USUAL);
    }

    /// A stream that keeps so many bytes for a slow client; one event that is larger than that waits alone.
    ///
    /// @param capacity 1 or more
    public static EventStream open(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ", but must be 1 or more bytes");
        }
        return new EventStream(capacity);
    }

    /// Sends an event unless the client is slow. Does not wait.
    ///
    /// @return false when it is not sent: the queue is full, or the stream has ended, see [#ended]
    public boolean offer(ServerSentEvent event) {
        return offer(event.encoded());
    }

    /// Sends a comment unless the client is slow: clients ignore it, but it keeps the connection from looking idle to whatever lies
    /// between, and finds out whether the client is still there.
    ///
    /// @return as [#offer(ServerSentEvent)]
    public boolean comment(String text) {
        return offer(ServerSentEvent.comment(text));
    }

    private boolean offer(byte[] bytes) {
        Runnable resume;
        lock.lock();
        try {
            if (ending || closed || !fits(bytes.length)) {
                return false;
            }
            resume = add(bytes);
        } finally {
            lock.unlock();
        }
        run(resume);
        return true;
    }

    /// Sends an event, and waits while the client is slow. Not from within the handler, which must return for anything to be sent.
    ///
    /// @return false when it is not sent, because the stream has ended
    public boolean send(ServerSentEvent event) throws InterruptedException {
        byte[] bytes = event.encoded();
        Runnable resume;
        lock.lockInterruptibly();
        try {
            while (!ending && !closed && !fits(bytes.length)) {
                changed.await();
            }
            if (ending || closed) {
                return false;
            }
            resume = add(bytes);
        } finally {
            lock.unlock();
        }
        run(resume);
        return true;
    }

    private boolean fits(int more) {
        return queued == 0 || queued + (long) more <= capacity;
    }

    private @Nullable Runnable add(byte[] bytes) {
        queue.addLast(ByteBuffer.wrap(bytes));
        queued += bytes.length;
        return wake();
    }

    private @Nullable Runnable wake() {
        Runnable resume = waiting;
        waiting = null;
        return resume;
    }

    private static void run(@Nullable Runnable resume) {
        if (resume != null) {
            resume.run();
        }
    }

    /// Ends the response, behind the events that wait. Nothing can be sent any more.
    public void end() {
        Runnable resume;
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
            resume = wake();
        } finally {
            lock.unlock();
        }
        run(resume);
    }

    /// The same as [#end].
    @Override
    public void close() {
        end();
    }

    /// Whether nothing can be sent any more: it was ended, the client left or was kicked, or a drain has begun.
    public boolean ended() {
        lock.lock();
        try {
            return ending || closed;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes wait for the client.
    public int queued() {
        lock.lock();
        try {
            return queued;
        } finally {
            lock.unlock();
        }
    }

    /// Has an action run when the client has been sent all, or is gone; at once when that has happened already. It runs on the thread that
    /// writes the connection, so it must not wait. What one throws keeps no other from running.
    public void onClosed(Runnable action) {
        lock.lock();
        try {
            if (!closed) {
                actions.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    /// What the server writes: of one response, since a second one would take its events from the first.
    ///
    /// @throws IllegalStateException when this was asked before
    ByteSource source() {
        lock.lock();
        try {
            if (given) {
                throw new IllegalStateException("the stream was given to a response before: each client needs one of its own");
            }
            given = true;
        } finally {
            lock.unlock();
        }
        return new Source();
    }

    private int pull(ByteBuffer into, Runnable resume) {
        lock.lock();
        try {
            int before = into.position();
            for (ByteBuffer head = queue.peekFirst(); head != null && into.hasRemaining(); head = queue.peekFirst()) {
                move(head, into);
            }
            int count = into.position() - before;
            if (count > 0) {
                queued -= count;
                changed.signalAll();
                return count;
            }
            waiting = ending ? null : resume;
            return ending ? -1 : 0;
        } finally {
            lock.unlock();
        }
    }

    private void move(ByteBuffer head, ByteBuffer into) {
        int count = Math.min(head.remaining(), into.remaining());
        into.put(into.position(), head, head.position(), count);
        into.position(into.position() + count);
        head.position(head.position() + count);
        if (!head.hasRemaining()) {
            queue.removeFirst();
        }
    }

    private void closed() {
        List<Runnable> last;
        lock.lock();
        try {
            closed = true;
            waiting = null;
            queue.clear();
            queued = 0;
            changed.signalAll();
            last = actions;
            actions = List.of();
        } finally {
            lock.unlock();
        }
        runAll(last);
    }

    /// All of them, whatever one throws; then that is thrown.
    private static void runAll(List<Runnable> last) {
        Throwable first = null;
        for (Runnable action : last) {
            try {
                action.run();
            } catch (RuntimeException | Error failed) {
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first instanceof RuntimeException failed) {
            throw failed;
        }
        if (first instanceof Error failed) {
            throw failed;
        }
    }

    /// The side of the server.
    private final class Source implements ByteSource {
        @Override
        public int pull(ByteBuffer into, Runnable resume) {
            return EventStream.this.pull(into, resume);
        }

        @Override
        public void drainBegan() {
            end();
        }

        @Override
        public void close() {
            closed();
        }
    }
}
