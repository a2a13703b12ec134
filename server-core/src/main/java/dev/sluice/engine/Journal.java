package dev.sluice.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands the lines of access logs to their loggers, one after the other, apart from those who serve requests: a disk that is slow or full
/// holds up nobody. What does not fit the queue is dropped and counted. The writing thread lives while there is something to write.
///
/// ```
///   nobody writes ── a line comes ──► writing ── the queue is empty ──► nobody writes
/// ```
///
/// Safe from any thread: a queue, three atomics and a volatile field.
public final class Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /// A line has some hundred bytes as a rule, and at most some kilobytes.
    private static final int MOST_LINES = 4_096;

    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(MOST_LINES);
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong told = new AtomicLong();
    /// The last one, which has ended unless it writes. Written by whoever has set `writing`.
    private volatile @Nullable Thread writer;

    private record Line(Logger logger, String text) {}

    /// Has a line written some time soon, or drops it. Does not wait.
    void add(Logger logger, String text) {
        if (!lines.offer(new Line(logger, text))) {
            dropped.incrementAndGet();
        }
        if (!writing.get() && writing.compareAndSet(false, true)) {
            Thread next = Thread.ofVirtual().name("sluice-access").unstarted(this::write);
            writer = next;
            next.start();
        }
    }

    /// How many lines did not fit.
    public long dropped() {
        return dropped.get();
    }

    private void write() {
        do {
            for (Line line = lines.poll(); line != null; line = lines.poll()) {
                written(line);
            }
            tellOfDropped();
            writing.set(false);
        } while (!lines.isEmpty() && writing.compareAndSet(false, true));
    }

    private static void written(Line line) {
        try {
            line.logger().info(line.text());
        } catch (Throwable failure) {
            LOG.warn("event=access-log-failed logger={}", line.logger().getName(), failure);
        }
    }

    /// Once for all that were dropped while a queue was written.
    private void tellOfDropped() {
        long all = dropped.get();
        long since = all - told.getAndSet(all);
        if (since > 0) {
            LOG.warn("event=access-log-dropped lines={} total={}", since, all);
        }
    }

    /// The thread that writes, or has written last; null when there was nothing to write yet.
    public @Nullable Thread writer() {
        return writer;
    }
}
