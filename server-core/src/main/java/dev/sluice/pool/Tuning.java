package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.ResizeReport;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Changes a gate while it works: its size, its queue, its executor.
///
/// `reconfiguring` is taken before the gate's lock. It makes changes of size take turns, and keeps the executor's size in step: never below
/// the gate's, nor below what the executor holds, since each work that has a permit must find a thread. `excess` is guarded by the gate's lock.
final class Tuning {

    private final String name;
    private final Gate gate;
    private final Permits permits;
    private final Succession succession;
    private final ReentrantLock lock;
    private final LongSupplier nanoTime;
    private final ReentrantLock reconfiguring = new ReentrantLock();
    /// A change is prepared, and not yet closed.
    private final AtomicBoolean changing = new AtomicBoolean();
    /// The executor holds more than the size, and is to shrink when it does not.
    private boolean excess;

    Tuning(String name, Gate gate, Permits permits, Succession succession, ReentrantLock lock, LongSupplier nanoTime) {
        this.name = name;
        this.gate = gate;
        this.permits = permits;
        this.succession = succession;
        this.lock = lock;
        this.nanoTime = nanoTime;
    }

    /// See [Gate#resize].
    ResizeReport resize(int size) {
        ResizeReport report;
        Moves moves;
        reconfiguring.lock();
        try {
            int before = permits.config.size();
            moves = change(permits.config.withSize(size), succession.present());
            report = new ResizeReport(name, before, size, Math.max(0, permits.active - size));
        } finally {
            reconfiguring.unlock();
        }
        gate.carryOut(moves);
        return report;
    }

    /// See [Gate#prepare].
    Change prepare(PoolConfig next) {
        if (!changing.compareAndSet(false, true)) {
            throw new IllegalStateException("another change of pool " + name + " is under way");
        }
        boolean prepared = false;
        try {
            boolean same = next.type().equals(permits.config.type());
            Change change = new Change(this, next, same ? null : succession.open(next));
            prepared = true;
            return change;
        } finally {
            if (!prepared) {
                changing.set(false);
            }
        }
    }

    /// See [Change#commit()].
    ///
    /// @param opened null when the type stays
    Moves commit(PoolConfig next, @Nullable Backing opened) {
        reconfiguring.lock();
        try {
            if (opened == null) {
                return change(next, succession.present());
            }
            opened.follow(succession.present());
            return change(next, opened);
        } finally {
            reconfiguring.unlock();
        }
    }

    /// See [Change#close()].
    ///
    /// @param moves null when it was not committed
    void close(@Nullable Moves moves, @Nullable Backing opened) {
        changing.set(false);
        succession.forget();
        if (moves != null) {
            gate.endSpent();
            gate.carryOut(moves);
        } else if (opened != null) {
            opened.end();
        }
    }

    /// Growing comes before the tasks that need it.
    private Moves change(PoolConfig next, Backing backing) {
        backing.grow(next.size());
        Moves moves;
        lock.lock();
        try {
            permits.config = next;
            succession.replace(backing);
            moves = permits.advance(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
        fit();
        return moves;
    }

    /// Shrinks the executor to the size, or, while it holds more, leaves that for later.
    private void fit() {
        Backing backing = succession.present();
        lock.lock();
        try {
            excess = backing.held > permits.config.size();
            if (excess) {
                return;
            }
        } finally {
            lock.unlock();
        }
        backing.shrink(permits.config.size()); // which stays, while this thread has `reconfiguring`
    }

    /// Under the gate's lock.
    ///
    /// @return whether the executor is to shrink now, by [#shrink()]
    boolean shrinks() {
        return excess && succession.present().held <= permits.config.size();
    }

    void shrink() {
        reconfiguring.lock();
        try {
            fit();
        } finally {
            reconfiguring.unlock();
        }
    }
}
