package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/// Makes and names the threads of one executor, and knows those of the platform, so that their end can be waited for: an executor calls
/// itself terminated a moment before its last thread is gone.
///
/// The set is concurrent; the limit is only a hint and may be written by any thread that makes another.
final class Crew implements ThreadFactory, ForkJoinPool.ForkJoinWorkerThreadFactory {

    private final String prefix;
    private final AtomicLong made;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile int forgetAt = 64;

    /// @param made how many threads the pool has had, whichever executor they were of
    Crew(String pool, AtomicLong made) {
        prefix = "sluice-" + pool + "-";
        this.made = made;
    }

    /// Makes virtual threads, which are not kept in mind.
    ThreadFactory virtual() {
        return task -> Thread.ofVirtual().name(prefix + "v" + made.incrementAndGet()).unstarted(task);
    }

    @Override
    public Thread newThread(Runnable worker) {
        return Thread.ofPlatform().name(name()).daemon(false).unstarted(() -> {
            know(Thread.currentThread());
            worker.run();
        });
    }

    @Override
    public ForkJoinWorkerThread newThread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = new Worker(pool);
        thread.setName(name());
        // The library's own are daemons, and would let the program end in the middle of a request.
        thread.setDaemon(false);
        return thread;
    }

    private String name() {
        return prefix + made.incrementAndGet();
    }

    /// Called by the thread itself: one that could not be started is none.
    private void know(Thread thread) {
        if (threads.size() >= forgetAt) {
            threads.removeIf(known -> known.getState() == Thread.State.TERMINATED);
            forgetAt = Math.max(64, 2 * threads.size());
        }
        threads.add(thread);
    }

    /// Waits for the end of every thread that has begun.
    ///
    /// @return whether they have ended
    boolean join(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    /// The threads that have begun and not ended.
    List<Thread> living() {
        return threads.stream().filter(Thread::isAlive).toList();
    }

    private final class Worker extends ForkJoinWorkerThread {
        Worker(ForkJoinPool pool) {
            super(pool);
        }

        @Override
        protected void onStart() {
            know(this);
        }
    }
}
