package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An executor behind a gate. It receives only what may run now, so none of its own sizes and queues ever decides anything; they must
/// merely never be in the way.
///
/// `held` and `replaced` are written under the gate's lock, `room` and `stealsBefore` under its `reconfiguring` or before others know it.
final class Backing {

    private static final Logger log = LoggerFactory.getLogger(Backing.class);
    private static final long KEPT_SECONDS = 60;

    final ExecutorService executor;
    /// Whether it ends with the gate, or when it has been replaced.
    final boolean ours;
    /// Whether a thread that ends a work takes the next one itself, instead of handing it to the executor.
    final boolean takesNext;
    /// The makers of its platform threads; empty when it has none of ours.
    private final Crew crew;
    private final IntConsumer size;
    private final LongSupplier steals;
    private final String pool;

    /// How many works with a permit it was handed, or is about to be, that are not over.
    volatile int held;
    /// Another has taken its place: it is given nothing more.
    volatile boolean replaced;
    /// How many it can run at once.
    private int room;
    /// Of those before it, until they were replaced: what is counted never shrinks.
    private volatile long stealsBefore;
    private volatile boolean toldToEnd;

    private Backing(String pool, ExecutorService executor, Crew crew, boolean ours, boolean takesNext, IntConsumer size, LongSupplier steals) {
        this.pool = pool;
        this.executor = executor;
        this.crew = crew;
        this.ours = ours;
        this.takesNext = takesNext;
        this.size = size;
        this.steals = steals;
    }

    /// @param crew of this executor alone
    /// @throws IllegalArgumentException when an executor of the user's own cannot be had
    static Backing open(String pool, PoolConfig config, Crew crew) {
        Backing opened = switch (config.type()) {
            case PoolType.Fixed _ -> fixed(pool, crew, config.size());
            case PoolType.Cached _ -> cached(pool, crew);
            case PoolType.WorkStealing _ -> workStealing(pool, crew, config.size());
            case PoolType.Virtual _ -> of(pool, crew, Executors.newThreadPerTaskExecutor(crew.virtual()), true);
            case PoolType.Custom custom -> of(pool, crew, executor(pool, custom), custom.owned());
        };
        opened.room = config.size();
        return opened;
    }

    /// Its queue only bridges the moment in which a thread has given its permit back and is not yet waiting for its next task.
    private static Backing fixed(String pool, Crew crew, int size) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), crew);
        return new Backing(pool, threads, crew, true, true, next -> resize(threads, next), () -> 0);
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
    private static Backing cached(String pool, Crew crew) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEPT_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), crew);
        return new Backing(pool, threads, crew, true, true, next -> {}, () -> 0);
    }

    /// A thread that ends a work hands the next one to the pool, which puts it into that thread's own queue. Were it to run it itself, what
    /// handlers forked would starve behind a busy gate; so it takes its turn, and a sibling without work may steal it.
    ///
    /// Growing must come before the tasks that use it: the pool starts a thread when it is given a task, not when its parallelism changes.
    private static Backing workStealing(String pool, Crew crew, int size) {
        ForkJoinPool threads = new ForkJoinPool(size, crew, null, true);
        return new Backing(pool, threads, crew, true, false, threads::setParallelism, threads::getStealCount);
    }

    private static Backing of(String pool, Crew crew, ExecutorService executor, boolean ours) {
        LongSupplier steals = executor instanceof ForkJoinPool stealing ? stealing::getStealCount : () -> 0;
        return new Backing(pool, executor, crew, ours, false, next -> {}, steals);
    }

    private static ExecutorService executor(String pool, PoolType.Custom type) {
        @Nullable ExecutorService executor;
        boolean ended;
        try {
            executor = type.executor().get();
            ended = executor != null && executor.isShutdown();
        } catch (Throwable failure) {
            throw unusable(pool, type, "cannot be opened: " + failure, failure);
        }
        if (executor == null) {
            throw unusable(pool, type, "is null: its supplier must return a running one", null);
        }
        if (ended) {
            throw unusable(pool, type, "has ended already: its supplier must return a running one", null);
        }
        return executor;
    }

    private static IllegalArgumentException unusable(String pool, PoolType.Custom type, String why, @Nullable Throwable cause) {
        return new IllegalArgumentException("the executor of type " + type.name() + " for pool " + pool + " " + why, cause);
    }

    /// Lets it run as many at once, if it cannot yet.
    void grow(int least) {
        if (least > room) {
            adapt(least);
        }
    }

    /// Lets it run no more at once than so many; no more may be held.
    void shrink(int most) {
        if (most < room) {
            adapt(most);
        }
    }

    private void adapt(int next) {
        room = next;
        try {
            size.accept(next);
        } catch (Throwable failure) {
            log.warn("event=pool-resize-failed pool={} size={}", pool, next, failure);
        }
    }

    /// Counts on from where another is.
    void follow(Backing before) {
        stealsBefore = before.steals();
    }

    /// Between threads, its own and those before it.
    long steals() {
        return stealsBefore + steals.getAsLong();
    }

    /// Shuts it down, when it is ours; interrupts nothing. May be called again.
    void end() {
        if (!ours || toldToEnd) {
            return;
        }
        toldToEnd = true;
        try {
            executor.shutdown();
        } catch (Throwable failure) {
            log.warn("event=pool-end-failed pool={}", pool, failure);
        }
    }

    /// Whether it has ended, when it is ours. Its last thread may live for a moment more.
    boolean ended() {
        return !ours || executor.isTerminated();
    }

    /// Waits until it has ended and its threads are gone.
    boolean awaitEnded(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        return !ours
                || executor.awaitTermination(nanos, TimeUnit.NANOSECONDS) && crew.join(Math.max(0, deadline - System.nanoTime()));
    }

    /// Its platform threads that live.
    List<Thread> living() {
        return crew.living();
    }
}
