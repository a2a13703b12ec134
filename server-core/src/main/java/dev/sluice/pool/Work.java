package dev.sluice.pool;

/// A task that owns something: a connection, a request. Of a work that was accepted or waits, exactly one of these happens, once: it is
/// run, it is abandoned, or it is handed back by [Gate#withdraw] or [Gate#takeWaiting]. It is known by its identity, and may be
/// submitted again from within its own `run`. One that lasts is a [Moving].
public interface Work {

    /// Runs with a permit, on a thread of the pool. What it throws is logged as a bug; the permit comes back all the same.
    ///
    /// @param queueWait nanoseconds from the submission to now
    void run(long queueWait);

    /// It has run, and its permit is back, or with whoever waited for it. Called after each `run`, by the same thread: what may bring the next
    /// submission belongs here, lest that finds the permit still taken.
    default void done() {}

    /// It was in the line of waiters ([Admission#WAITING]) and has now moved on to the queue or to a permit: what it came from may go on.
    /// Called at most once and before `run` and `abandoned`, outside the gate's lock, by any thread; must be quick. It may still come
    /// while another thread is taking the work back.
    default void admitted() {}

    /// It will never run: the executor failed to take it. Called outside the gate's lock, possibly before the submission returns.
    ///
    /// @param cause a [java.util.concurrent.RejectedExecutionException], an [OutOfMemoryError] for want of a thread, or whatever was thrown
    void abandoned(Throwable cause);
}
