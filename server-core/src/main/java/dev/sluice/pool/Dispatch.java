package dev.sluice.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Acts on what a gate decided, outside its lock: every call of foreign code is made here, each within a boundary of its own.
///
/// Holds nothing that changes but the two windows, which are safe from any thread.
final class Dispatch {

    private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

    private final String name;
    private final Gate gate;
    private final LongSupplier nanoTime;
    final LatencyWindow queueWait;
    final LatencyWindow runTime;

    Dispatch(String name, Gate gate, LongSupplier nanoTime) {
        this.name = name;
        this.gate = gate;
        this.nanoTime = nanoTime;
        queueWait = new LatencyWindow(nanoTime);
        runTime = new LatencyWindow(nanoTime);
    }

    /// A loop, not a recursion: an executor that refuses everything would otherwise nest a call for each that is queued.
    void carryOut(Moves moves) {
        if (moves == Moves.NONE) {
            return;
        }
        Deque<Task> grants = new ArrayDeque<>();
        announce(moves, grants);
        handAll(grants);
    }

    /// Hands on a task that found a permit at once, as most do.
    void handOver(Task task) {
        Deque<Task> grants = new ArrayDeque<>(1);
        grants.add(task);
        handAll(grants);
    }

    private void handAll(Deque<Task> grants) {
        for (Task task; (task = grants.poll()) != null; ) {
            hand(task, grants);
        }
    }

    /// Tells those who were promoted. A permit that comes to one of them meanwhile is acted on here, so that it is told before it runs.
    private void announce(Moves moves, Deque<Task> grants) {
        grants.addAll(moves.granted());
        for (Task task : moves.promoted()) {
            tell(task);
            if (gate.told(task)) {
                grants.add(task);
            }
        }
    }

    private void tell(Task task) {
        try {
            task.work.admitted();
        } catch (Throwable bug) {
            report("event=work-admitted-failed pool={}", bug);
        }
    }

    private void tellIfAwaited(Task task) {
        if (task.awaited) {
            task.awaited = false;
            tell(task);
        }
    }

    private void hand(Task task, Deque<Task> grants) {
        if (task.isClaimed()) {
            return;
        }
        tellIfAwaited(task);
        // An executor may run the task right here. What that run sets free is then left to this loop, lest each nest in the one before.
        task.hander = Thread.currentThread();
        try {
            task.backing().executor.execute(task);
        } catch (Throwable failure) {
            abandon(task, failure, grants);
        } finally {
            task.hander = null;
        }
        Moves left = task.left;
        if (left != null) {
            task.left = null;
            announce(left, grants);
        }
    }

    private void abandon(Task task, Throwable failure, Deque<Task> grants) {
        if (!task.claim()) {
            return;
        }
        announce(gate.release(task, nanoTime.getAsLong(), task.begun), grants);
        try {
            task.work.abandoned(failure);
        } catch (Throwable bug) {
            report("event=work-abandoned-failed pool={}", bug);
        }
    }

    /// On a thread of the executor: runs a work, and the next ones where the threads take them themselves.
    void serve(Task first) {
        for (Task task = first; task != null; ) {
            task = run(task) ? move(task) : end(task);
        }
    }

    /// @return whether its work is not over, and goes on at another executor
    private boolean run(Task task) {
        task.runner = Thread.currentThread();
        gate.endSpent();
        if (!task.begun) {
            task.begin(nanoTime.getAsLong());
            queueWait.record(task.waited);
        }
        try {
            return run(task.work, task);
        } catch (Throwable bug) {
            report("event=work-failed pool={}", bug);
            return false;
        } finally {
            // A flag left behind would turn the next write on this thread into a closed channel.
            Thread.interrupted();
        }
    }

    private static boolean run(Work work, Task task) {
        if (work instanceof Moving lasting) {
            Backing backing = task.backing();
            return lasting.run(task.waited, () -> backing.replaced);
        }
        work.run(task.waited);
        return false;
    }

    /// @return the task itself when it cannot move yet, and goes on here; otherwise none, since this thread's executor is retiring
    private @Nullable Task move(Task task) {
        Task next = gate.move(task);
        if (next == null) {
            return task;
        }
        handOver(next);
        return null;
    }

    private @Nullable Task end(Task task) {
        long end = nanoTime.getAsLong();
        runTime.record(end - task.beganAt);
        Moves moves = gate.release(task, end, true);
        done(task);
        if (task.hander == Thread.currentThread()) {
            task.left = moves;
            return null;
        }
        return goOn(moves, task.backing());
    }

    private void done(Task task) {
        try {
            task.work.done();
        } catch (Throwable bug) {
            report("event=work-done-failed pool={}", bug);
        } finally {
            Thread.interrupted();
        }
    }

    /// @param backing whose thread this is; it takes nothing that was granted after it was replaced
    private @Nullable Task goOn(Moves moves, Backing backing) {
        if (moves == Moves.NONE) {
            return null;
        }
        Deque<Task> grants = new ArrayDeque<>();
        announce(moves, grants);
        Task first = grants.peek();
        Task own = backing.takesNext && first != null && first.backing() == backing ? grants.poll() : null;
        handAll(grants);
        if (own == null) {
            return null;
        }
        tellIfAwaited(own);
        return own.claim() ? own : null;
    }

    /// Nothing that goes wrong while a failure is written down may cost a permit.
    private void report(String event, Throwable bug) {
        try {
            log.error(event, name, bug);
        } catch (Throwable unwritable) {
            // There is nowhere left to say it.
        }
    }
}
