package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/// The executor behind a gate. It receives only what may run now, so none of its own sizes and queues ever decides anything; they must
/// merely never be in the way.
///
/// @param executor  that runs tasks
/// @param crew      the makers of its platform threads; empty when it has none of ours
/// @param ours      whether it ends with the gate
/// @param takesNext whether a thread that ends a work takes the next one itself, instead of handing it to the executor
/// @param size      adapts it to a new size
/// @param steals    between its threads so far
record Backing(
        ExecutorService executor, Crew crew, boolean ours, boolean takesNext, IntConsumer size, LongSupplier steals) {

    private static final long KEPT_SECONDS = 60;

    static Backing open(String pool, PoolConfig config) {
        return switch (config.type()) {
            case PoolType.Fixed _ -> fixed(new Crew(pool), config.size());
            case PoolType.Cached _ -> cached(new Crew(pool));
            case PoolType.WorkStealing _ -> workStealing(new Crew(pool), config.size());
            case PoolType.Virtual _ -> of(pool, virtual(pool), true);
            case PoolType.Custom custom -> of(pool, custom.executor().get(), custom.owned());
        };
    }

    /// Its queue only bridges the moment in which a thread has given its permit back and is not yet waiting for its next task.
    private static Backing fixed(Crew crew, int size) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), crew);
        return new Backing(threads, crew, true, true, next -> resize(threads, next), () -> 0);
    }

    /// Core and maximum must never cross.
    private static void resize(ThreadPoolExecutor threads, int next) {
        if (next > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(next);
            threads.setCorePoolSize(next);
        } else {
            threads.setCorePoolSize(next);
            threads.setMaximumPoolSize(next);
        }
    }

    /// No bound of its own: with one, a task that arrives while a thread is on its way back to the executor would be rejected, or be queued
    /// and stranded when that thread ends for want of work. So for such a moment there can be a thread more than permits.
    private static Backing cached(Crew crew) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEPT_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), crew);
        return new Backing(threads, crew, true, true, next -> {}, () -> 0);
    }

    /// A thread that ends a work hands the next one to the pool, which puts it into that thread's own queue. Were it to run it itself, what
    /// handlers forked would starve behind a busy gate; so it takes its turn, and a sibling without work may steal it.
    ///
    /// Growing must come before the tasks that use it: the pool starts a thread when it is given a task, not when its parallelism changes.
    private static Backing workStealing(Crew crew, int size) {
        ForkJoinPool threads = new ForkJoinPool(size, crew, null, true);
        return new Backing(threads, crew, true, false, threads::setParallelism, threads::getStealCount);
    }

    private static ExecutorService virtual(String pool) {
        return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("sluice-" + pool + "-v", 1).factory());
    }

    private static Backing of(String pool, ExecutorService executor, boolean ours) {
        LongSupplier steals = executor instanceof ForkJoinPool stealing ? stealing::getStealCount : () -> 0;
        return new Backing(executor, new Crew(pool), ours, false, next -> {}, steals);
    }

    /// Waits until it has ended and its threads are gone.
    boolean awaitEnded(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        return !ours
                || executor.awaitTermination(nanos, TimeUnit.NANOSECONDS) && crew.join(Math.max(0, deadline - System.nanoTime()));
    }
}
