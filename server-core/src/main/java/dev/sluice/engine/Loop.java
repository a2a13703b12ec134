package dev.sluice.engine;

import dev.sluice.api.LoopInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that waits for many channels and serves whichever is ready.
///
/// ```
///   select ─► ready channels ─► tasks from other threads ─► channels with more to read ─► select …      closed: the thread ends
/// ```
///
/// The two buffers are lent to one connection at a time, for the length of a turn. Other threads touch only the queue of tasks, the flag that says a
/// wake-up is on its way, and the gauges, which are volatile and written by the loop alone.
final class Loop {

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final int BUFFER = 64 << 10;
    /// How many tasks a turn takes: among them are new connections with requests, and those whose channels are ready are not to wait for a crowd of these.
    private static final int TASKS = 64;

    private final String listener;
    private final Ticks ticks;
    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /// Connections that have more to read, which the selector does not know of. Confined to the loop's thread.
    private final ArrayDeque<LoopConnection<?, ?>> again = new ArrayDeque<>();
    private final AtomicBoolean waking = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    /// What a turn reads into; empty between turns. In the heap, so that decoders find an array behind it: the JDK's copy of a request costs less
    /// than reading it byte by byte from outside.
    final ByteBuffer incoming = ByteBuffer.allocate(BUFFER).limit(0);
    /// What a turn writes to first.
    final ByteBuffer outgoing = ByteBuffer.allocateDirect(BUFFER);
    final Batch batch = new Batch();
    /// When it last looked at the clock.
    private long now = System.nanoTime();
    private final Counter ready = new Counter();
    private final Counter awake = new Counter();
    private volatile long longest;
    private volatile boolean closed;
    private long turnStart;
    private long lastReady;
    private long lastAwake;
    private long lastSample = System.nanoTime();
    private long longestSince = lastSample;
    private volatile double readyPerSecond;
    private volatile double busy;

    Loop(String listener, int index, Ticks ticks, SelectorProvider provider) throws IOException {
        this.listener = listener;
        this.ticks = ticks;
        selector = provider.openSelector();
        thread = Thread.ofPlatform().name("sluice-loop-" + listener + "-" + index).daemon(false).unstarted(this::run);
    }

    void start() {
        try {
            thread.start();
        } catch (Throwable noThread) {
            closeSelector();
            throw noThread;
        }
    }

    Thread thread() {
        return thread;
    }

    Selector selector() {
        return selector;
    }

    /// Runs a task on the loop's thread, soon; in the order of the calls of one thread. From any thread; does not block.
    ///
    /// @return false when the loop has ended and the task will not run
    boolean execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread && waking.compareAndSet(false, true)) {
            selector.wakeup();
        }
        return !closed || !tasks.remove(task);
    }

    /// Lets a connection read again at the next turn. On the loop.
    void again(LoopConnection<?, ?> connection) {
        again.add(connection);
    }

    /// The time, as of its last look at the clock, or as of now when the reaper has looked since. On the loop.
    long now() {
        return ticks.nanos() - now > 0 ? look() : now;
    }

    /// Looks at the clock. On the loop.
    long look() {
        now = System.nanoTime();
        return now;
    }

    void joined() {
        connections.incrementAndGet();
    }

    void left() {
        connections.decrementAndGet();
    }

    int connections() {
        return connections.get();
    }

    /// Ends the thread once the tasks that came before have run.
    void close() {
        if (thread.getState() == Thread.State.NEW) {
            closeSelector();
        }
        execute(() -> closed = true);
    }

    private void run() {
        try {
            while (!closed) {
                turn();
            }
        } finally {
            closed = true;
            runTasks(Integer.MAX_VALUE);
            // None is left when a drain ends the loop; there may be when its selector failed.
            if (selector.isOpen()) {
                selector.keys().forEach(key -> ((LoopConnection<?, ?>) key.attachment()).loopEnded());
            }
            closeSelector();
        }
    }

    private void turn() {
        try {
            int count = tasks.isEmpty() && again.isEmpty() ? selector.select(this::ready) : selector.selectNow(this::ready);
            waking.set(false);
            ready.add(count);
            runTasks(TASKS);
            readAgain();
            measure();
        } catch (ClosedSelectorException | IOException failed) {
            LOG.error("event=selector-failed loop={}", thread.getName(), failed);
            closed = true;
        } catch (Throwable failure) {
            // A connection's own failures end that connection, in ready and in its tasks. This one is ours, and must not end the others.
            LOG.error("event=loop-failed loop={}", thread.getName(), failure);
        }
    }

    private void ready(SelectionKey key) {
        LoopConnection<?, ?> connection = (LoopConnection<?, ?>) key.attachment();
        turnBegan();
        connection.ready(key);
    }

    private void runTasks(int most) {
        for (int i = 0; i < most; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            turnBegan();
            try {
                task.run();
            } catch (Throwable failure) {
                LOG.error("event=loop-task-failed loop={}", thread.getName(), failure);
            }
        }
    }

    /// Once each, so that those who come back at once wait for the next turn, like the others.
    private void readAgain() {
        for (int left = again.size(); left > 0; left--) {
            turnBegan();
            again.remove().readAgain();
        }
    }

    private void turnBegan() {
        if (turnStart == 0) {
            turnStart = look();
        }
    }

    private void measure() {
        if (turnStart == 0) {
            return;
        }
        long end = look();
        long took = end - turnStart;
        turnStart = 0;
        awake.add(took);
        if (took > longest || end - longestSince > Duration.ofMinutes(1).toNanos()) {
            longest = took;
            longestSince = end;
        }
    }

    /// Called once a second by one thread.
    void sample() {
        long now = System.nanoTime();
        long nowReady = ready.sum();
        long nowAwake = awake.sum();
        double nanos = Math.max(1, now - lastSample);
        readyPerSecond = (nowReady - lastReady) * 1e9 / nanos;
        busy = Math.min(1, (nowAwake - lastAwake) / nanos);
        lastReady = nowReady;
        lastAwake = nowAwake;
        lastSample = now;
    }

    LoopInfo info() {
        return new LoopInfo(thread.getName(), listener, connections.get(), readyPerSecond, busy, Duration.ofNanos(longest));
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException failed) {
            LOG.debug("event=close-failed loop={}", thread.getName(), failed);
        }
    }
}
