package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A change of a gate's configuration that is ready, so that several gates can change together, or none.
///
/// To be closed, committed or not. `moves` is confined to the thread that has it.
public final class Change implements AutoCloseable {

    private final Tuning tuning;
    private final PoolConfig next;
    private final @Nullable Backing opened;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Moves moves;

    Change(Tuning tuning, PoolConfig next, @Nullable Backing opened) {
        this.tuning = tuning;
        this.next = next;
        this.opened = opened;
    }

    /// Makes it hold. Cannot fail, and calls no foreign code.
    public void commit() {
        if (moves == null && !closed.get()) {
            moves = tuning.commit(next, opened);
        }
    }

    /// Hands on what may run since it was committed, or, when it was not, ends the executor that was opened for it, if that is ours.
    /// Calls foreign code.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tuning.close(moves, opened);
        }
    }
}
