package dev.sluice.console.shell;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a session beside its own: prints log lines as they come, and does something each second. Whoever logs only
/// fills a queue, so a terminal that stands still never stops the server; what finds the queue full is counted and left out.
final class Background implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Background.class);
    private static final int QUEUE = 1_000;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final Screen screen;
    private final Runnable eachSecond;
    private final Thread thread;
    private volatile boolean closed;

    private Background(Screen screen, Runnable eachSecond) {
        this.screen = screen;
        this.eachSecond = eachSecond;
        this.thread = Thread.ofPlatform().daemon().name("sluice-console-screen").unstarted(this::run);
    }

    static Background start(Screen screen, Runnable eachSecond) {
        Background background = new Background(screen, eachSecond);
        background.thread.start();
        return background;
    }

    /// Prints a line soon. Never waits; from any thread.
    void print(String line) {
        if (!lines.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        long next = System.nanoTime();
        while (!closed) {
            try {
                @Nullable String line = lines.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (line != null) {
                    show(line);
                }
                if (System.nanoTime() - next >= 0) {
                    next = System.nanoTime() + SECOND;
                    eachSecond.run();
                }
            } catch (InterruptedException ending) {
                return;
            } catch (RuntimeException failure) {
                LOG.debug("event=screen-failed", failure);
            }
        }
    }

    private void show(String line) {
        screen.above(line);
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            screen.above("… " + lost + " log lines were left out: the terminal was too slow");
        }
    }

    /// Ends the thread and prints what is left, unless the terminal stands still.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (thread.join(PATIENCE)) {
                for (@Nullable String line = lines.poll(); line != null; line = lines.poll()) {
                    show(line);
                }
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }
}
