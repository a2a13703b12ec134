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
    private final Backing backing;
    private final LongSupplier nanoTime;
    final LatencyWindow queueWait;
    final LatencyWindow runTime;

    Dispatch(String name, Gate gate, Backing backing, LongSupplier nanoTime) {
        this.name = name;
        this.gate = gate;
        this.backing = backing;
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
            backing.executor().execute(task);
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
        announce(gate.release(task, nanoTime.getAsLong(), false), grants);
        try {
            task.work.abandoned(failure);
        } catch (Throwable bug) {
            report("event=work-abandoned-failed pool={}", bug);
        }
    }

    /// On a thread of the executor: runs a work, and the next ones where the threads take them themselves.
    void serve(Task first) {
        for (Task task = first; task != null; ) {
            long begin = nanoTime.getAsLong();
            run(task, begin);
            long end = nanoTime.getAsLong();
            runTime.record(end - begin);
            Moves moves = gate.release(task, end, true);
            done(task);
            if (task.hander == Thread.currentThread()) {
                task.left = moves;
                return;
            }
            task = goOn(moves);
        }
    }

    private void run(Task task, long begin) {
        task.runner = Thread.currentThread();
        gate.endIfHandedAll();
        long waited = Math.max(0, begin - task.since);
        queueWait.record(waited);
        try {
            task.work.run(waited);
        } catch (Throwable bug) {
            report("event=work-failed pool={}", bug);
        } finally {
            // A flag left behind would turn the next write on this thread into a closed channel.
            Thread.interrupted();
        }
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

    private @Nullable Task goOn(Moves moves) {
        if (moves == Moves.NONE) {
            return null;
        }
        Deque<Task> grants = new ArrayDeque<>();
        announce(moves, grants);
        Task own = backing.takesNext() ? grants.poll() : null;
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
