package dev.sluice.wire;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one connection has yet to send: bytes that are being appended to, behind segments that are complete.
///
/// Responses to pipelined requests gather in one buffer and so leave in one write. A loop lends its own buffer for a turn
/// ([#lend], [#settle]), so that a connection which sends all at once never owns one. Confined to the thread that writes the connection.
public final class Output implements ByteSink {

    private static final int SMALLEST = 512;
    private static final int LARGEST = 64 << 10;

    /// The next to be sent. Most outputs never hold more than one.
    private @Nullable Segment first;
    /// Behind the first; null until there was one.
    private @Nullable ArrayDeque<Segment> more;
    /// Where sources that may block are closed.
    private Executor closing = Runnable::run;
    /// Open for appending; null while nothing is in it.
    private @Nullable ByteBuffer tail;
    private @Nullable ByteBuffer lent;
    /// The sources among the segments, replaced as a whole so that any thread may tell them of a drain.
    private volatile List<Segment.Pulled> sources = List.of();
    private long queuedBytes;
    /// How many of the segments are no bytes.
    private int streams;
    private int markedSegments;
    private int markedTail;

    /// For a thread that must not wait: sources that may block are closed elsewhere.
    public void closeElsewhere(Executor elsewhere) {
        closing = elsewhere;
    }

    /// Lends a buffer to append to until [#settle]. Without effect while bytes of the connection's own wait.
    public void lend(ByteBuffer buffer) {
        if (tail == null) {
            lent = buffer.clear();
        }
    }

    /// Gives the lent buffer back; what it still holds is copied.
    public void settle() {
        ByteBuffer buffer = lent;
        lent = null;
        if (buffer == null) {
            return;
        }
        if (tail == buffer) {
            tail = null;
            if (buffer.position() > 0) {
                queuedBytes += buffer.position();
                append(new Segment.Bytes(copy(buffer.flip())));
            }
        } else if (inUse(buffer)) {
            for (int i = count(); i > 0; i--) {
                Segment segment = removeFirst();
                boolean lentOne = segment instanceof Segment.Bytes(ByteBuffer bytes) && bytes == buffer;
                append(lentOne ? new Segment.Bytes(copy(buffer)) : segment);
            }
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    /// What follows can be dropped by [#rollback].
    void mark() {
        markedSegments = count();
        markedTail = tail == null ? 0 : tail.position();
    }

    /// Drops what came since [#mark].
    ///
    /// @return whether a file or a source was among it, and is closed now
    boolean rollback() {
        if (count() == markedSegments) {
            if (tail != null) {
                tail.position(markedTail);
            }
            return false;
        }
        boolean owned = segments().skip(markedSegments).anyMatch(segment -> !(segment instanceof Segment.Bytes));
        // The tail at the time of the mark was sealed since, as the first segment after it.
        dropTail();
        while (count() > markedSegments + 1) {
            release(removeLast());
        }
        Segment last = removeLast();
        if (last instanceof Segment.Bytes(ByteBuffer sealed) && markedTail > 0) {
            queuedBytes -= sealed.limit() - markedTail;
            sealed.limit(markedTail);
            append(last);
        } else {
            release(last);
        }
        return owned;
    }

    private void dropTail() {
        if (tail != null) {
            tail.clear();
        }
        if (tail != lent) {
            tail = null;
        }
    }

    private void release(Segment segment) {
        if (segment instanceof Segment.Bytes(ByteBuffer buffer)) {
            queuedBytes -= buffer.remaining();
        }
        letGo(segment);
    }

    private void letGo(Segment segment) {
        streams -= segment instanceof Segment.Bytes ? 0 : 1;
        if (segment instanceof Segment.Pulled pulled) {
            sources = sources.stream().filter(other -> other != pulled).toList();
            if (pulled.mayBlock()) {
                closing.execute(segment::release);
                return;
            }
        }
        segment.release();
    }

    /// Nothing is left to send.
    public boolean isEmpty() {
        return first == null && (tail == null || tail.position() == 0);
    }

    /// How many bytes in memory are yet to be sent.
    public long pending() {
        long bytes = queuedBytes + (tail == null ? 0 : tail.position());
        return first instanceof Segment.Pulled pulled ? bytes + pulled.staged() : bytes;
    }

    /// How many bytes are known to be yet to be sent: those in memory, and what is left of files.
    public long unsent() {
        long bytes = pending();
        return streams == 0 ? bytes : bytes + segments().mapToLong(segment -> segment instanceof Segment.Region region ? region.left() : 0).sum();
    }

    /// Whether a file or a source is yet to be sent.
    public boolean streaming() {
        return streams > 0;
    }

    /// The first segment that is yet to be sent; null when there is none.
    public @Nullable Segment head() {
        if (first == null && tail != null && tail.position() > 0) {
            seal(tail);
        }
        return first;
    }

    /// Pulls the source that is the first segment, and may block. Blocks.
    ///
    /// @return as [ByteSource#pull]
    public int pull(Runnable resume) throws IOException {
        return head() instanceof Segment.Pulled pulled ? pulled.pull(resume) : 1;
    }

    /// So many bytes of the first segment, which is of bytes, have been sent.
    public void sent(int count) {
        queuedBytes -= count;
    }

    /// The first segment has been sent.
    public void advance() {
        Segment sent = removeFirst();
        if (sent instanceof Segment.Bytes(ByteBuffer buffer) && buffer == lent && tail == null) {
            tail = buffer.clear();
        }
        letGo(sent);
    }

    /// Whether there is a source to tell of a drain. From any thread.
    public boolean hasSources() {
        return !sources.isEmpty();
    }

    /// Tells every source that a drain has begun. From any thread.
    public void drainBegan() {
        for (Segment.Pulled pulled : sources) {
            pulled.drainBegan();
        }
    }

    /// Nobody waits for what is in it: sources that block are interrupted. From any thread.
    public void abandon() {
        sources.forEach(Segment.Pulled::abandon);
    }

    /// Drops everything, and lets go of files and sources.
    public void discard() {
        tail = null;
        lent = null;
        queuedBytes = 0;
        while (first != null) {
            letGo(removeFirst());
        }
    }

    @Override
    public void put(int value) {
        room(1).put((byte) value);
    }

    @Override
    public void put(byte[] bytes, int offset, int length) {
        room(length).put(bytes, offset, length);
    }

    @Override
    public void put(ByteBuffer bytes) {
        room(bytes.remaining()).put(bytes);
    }

    @Override
    public void file(FileChannel file, long position, long count) {
        sealTail();
        append(new Segment.Region(file, position, count));
        streams++;
    }

    @Override
    public void source(ByteSource source) {
        sealTail();
        Segment.Pulled pulled = new Segment.Pulled(source);
        append(pulled);
        streams++;
        sources = Stream.concat(sources.stream(), Stream.of(pulled)).toList();
    }

    private ByteBuffer room(int count) {
        ByteBuffer buffer = tail;
        if (buffer == null) {
            buffer = lent != null && !inUse(lent) && lent.capacity() >= count ? lent.clear() : ByteBuffer.allocate(Math.max(SMALLEST, count));
            tail = buffer;
        } else if (buffer.remaining() < count) {
            buffer = roomier(buffer, count);
        }
        return buffer;
    }

    private boolean inUse(ByteBuffer buffer) {
        return first != null && segments().anyMatch(segment -> segment instanceof Segment.Bytes(ByteBuffer sealed) && sealed == buffer);
    }

    /// A tail of the connection's own doubles until it is large; then, as with a lent one, it is sealed and another begun.
    private ByteBuffer roomier(ByteBuffer full, int count) {
        int size = full.position() + count;
        if (full == lent || size > LARGEST) {
            if (full.position() > 0) {
                seal(full);
            }
            tail = ByteBuffer.allocate(Math.max(SMALLEST, count));
        } else {
            tail = ByteBuffer.allocate(Math.max(size, 2 * full.capacity())).put(full.flip());
        }
        return tail;
    }

    private void sealTail() {
        if (tail != null && tail.position() > 0) {
            seal(tail);
        }
    }

    private void seal(ByteBuffer full) {
        full.flip();
        queuedBytes += full.remaining();
        append(new Segment.Bytes(full));
        tail = null;
    }

    // ---- the segments, in order ----

    private void append(Segment last) {
        if (first == null) {
            first = last;
            return;
        }
        ArrayDeque<Segment> behind = more;
        if (behind == null) {
            behind = new ArrayDeque<>(2);
            more = behind;
        }
        behind.addLast(last);
    }

    private int count() {
        return (first == null ? 0 : 1) + (more == null ? 0 : more.size());
    }

    private Stream<Segment> segments() {
        return Stream.concat(Stream.ofNullable(first), more == null ? Stream.empty() : more.stream());
    }

    private Segment removeFirst() {
        Segment removed = Objects.requireNonNull(first);
        first = more == null ? null : more.pollFirst();
        return removed;
    }

    private Segment removeLast() {
        Segment last = more == null ? null : more.pollLast();
        if (last == null) {
            last = Objects.requireNonNull(first);
            first = null;
        }
        return last;
    }
}
