package dev.sluice.pool;

import java.util.function.BooleanSupplier;

/// A work that lasts, as a connection does, and so does not stay with an executor that was replaced: where it can be left, it leaves, and
/// goes on at the new one with the permit it has.
///
/// ```text
///   run ── replaced, and at a place where it can be left ──► between two threads ──► run, by the new executor ──► … ──► over
///                                                               │
///                                                               └─► withdrawn, or abandoned by an executor that does not take it
/// ```
///
/// What one run did happens before the next. [Gate#takeWaiting] leaves it alone, since it has begun.
public interface Moving extends Work {

    /// @param queueWait nanoseconds from the submission to the first run
    /// @param replaced  whether the pool has another executor than the one that runs this; reads one field
    /// @return whether the work is not over, and is to be run again by the pool's new executor; then nothing of it may be touched before
    ///         that, since the next thread may have begun
    boolean run(long queueWait, BooleanSupplier replaced);

    /// On a thread that is no pool's, and so never replaced.
    @Override
    default void run(long queueWait) {
        run(queueWait, () -> false);
    }
}
