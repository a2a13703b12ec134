package dev.sluice.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A work that goes from stop to stop when the test says so, and at each leaves an executor that was replaced.
final class Traveller implements Moving {

    /// Where it was: one for each run.
    final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Semaphore steps = new Semaphore(0);
    private final Semaphore stops = new Semaphore(0);
    private final Semaphore overs = new Semaphore(0);
    private volatile boolean arrives;
    volatile int doneCalls;
    volatile @Nullable Throwable cause;
    private int steady;

    @Override
    public boolean run(long queueWait, BooleanSupplier replaced) {
        threads.add(Thread.currentThread());
        do {
            stops.release();
            take(steps);
            steady++; // a plain field, handed from one thread to the next
            if (arrives) {
                return false;
            }
        } while (!replaced.getAsBoolean());
        return true;
    }

    @Override
    public void done() {
        doneCalls++;
        overs.release();
    }

    @Override
    public void abandoned(Throwable why) {
        cause = why;
        overs.release();
    }

    /// Waits until it has come to its next stop.
    Traveller awaitStop() {
        take(stops);
        return this;
    }

    /// Lets it go on, to the next stop.
    Traveller step() {
        steps.release();
        return this;
    }

    /// Lets it end at its next step, and waits for that.
    int end() {
        arrives = true;
        steps.release();
        awaitOver();
        return steady;
    }

    void awaitOver() {
        take(overs);
    }

    Thread last() {
        return threads.getLast();
    }

    private static void take(Semaphore one) {
        try {
            assertEquals(true, one.tryAcquire(20, TimeUnit.SECONDS), "waited in vain");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
