package dev.sluice.pool;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A work on its way through a gate, and what the executor is given.
///
/// The fields without a word of their own are guarded by the gate's lock.
final class Task implements Runnable {

    final Work work;
    /// When it was submitted, on the gate's clock.
    final long since;
    private final Dispatch dispatch;
    /// Several may reach for a task that has its permit: the thread that runs it, an executor's failure, whoever takes it back. The
    /// first gets it. Executors are known to throw from `execute` and yet to keep what they were given.
    private final AtomicBoolean claimed = new AtomicBoolean();

    /// The line it stands in.
    @Nullable Line line;
    @Nullable Task before;
    @Nullable Task after;

    /// It is queued however full the queue is, and takes no place of it: the server's own, or accepted already.
    boolean beyond;

    /// It was told to wait, and not yet that it has moved on. Written under the lock; afterwards only by the thread that hands it on.
    boolean awaited;
    /// A thread is just telling it that it has moved on; a permit that comes meanwhile is left for that thread to act on.
    boolean telling;
    boolean grantedMeanwhile;

    /// The thread inside `execute`, and what this task left for it to do. Only meaningful to that thread itself.
    @Nullable Thread hander;
    @Nullable Moves left;

    /// The executor it goes to, from its permit on.
    @Nullable Backing backing;

    /// The thread that runs it.
    volatile @Nullable Thread runner;

    /// Its work has begun, here or, before it was moved, at another executor: when, and how long it had waited by then. Written by the thread
    /// that runs it.
    boolean begun;
    long beganAt;
    long waited;

    Task(Dispatch dispatch, Work work, long since) {
        this.dispatch = dispatch;
        this.work = work;
        this.since = since;
    }

    /// For another executor. A new one, since the old executor may keep this and run it once more.
    Task again() {
        Task next = new Task(dispatch, work, since);
        next.begun = begun;
        next.beganAt = beganAt;
        next.waited = waited;
        return next;
    }

    void begin(long now) {
        begun = true;
        beganAt = now;
        waited = Math.max(0, now - since);
    }

    /// Of one that has its permit.
    Backing backing() {
        return Objects.requireNonNull(backing);
    }

    /// Whether the caller is the one that decides what becomes of it.
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean isClaimed() {
        return claimed.get();
    }

    @Override
    public void run() {
        if (claim()) {
            dispatch.serve(this);
        }
    }
}
