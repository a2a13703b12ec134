package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Who runs, who is queued and who waits. It decides and counts; it calls nobody.
///
/// ```text
///   submit ──► permit ◄── queue ◄── waiters ◄── submit, when the queue is full and when-full = wait
///                │
///                │ └──► moved: to the executor that has taken the place of its own
///                └──► released: by the end of a run, a failure to start it, or its being taken back
/// ```
///
/// While something stands in a line, all permits are given out; while something waits, the queue is full. [#advance()] restores both.
///
/// Guarded by its gate's lock, but for the volatile numbers, which anyone may read, and the set of tasks with a permit.
final class Permits {

    private final Line queue = new Line();
    private final Line waiters = new Line();
    private final Map<Work, Task> inLine = new IdentityHashMap<>();
    /// The tasks that have a permit, whether they run already or are on their way.
    final Set<Task> granted = ConcurrentHashMap.newKeySet();

    private final Succession succession;
    volatile PoolConfig config;
    volatile int active;
    volatile int waiting;
    volatile boolean closed;
    long done;
    long refused;

    private double busy;
    private long busyUntil;
    private long busySince;
    private double utilisation;

    Permits(PoolConfig config, Succession succession, long now) {
        this.config = config;
        this.succession = succession;
        busyUntil = now;
        busySince = now;
    }

    /// @param beyond whether it is queued even when the queue is full
    /// @return [Admission#ACCEPTED] with [#granted] containing it when it is to be handed on at once
    Admission submit(Task task, boolean beyond) {
        if (closed) {
            return Admission.CLOSED;
        }
        if (active < config.size()) {
            grant(task, task.since);
            return Admission.ACCEPTED;
        }
        task.beyond = beyond;
        boolean room = queue.places() < config.queue();
        if (!room && !beyond && config.whenFull() == PoolConfig.WhenFull.REFUSE) {
            refused++;
            return Admission.REFUSED;
        }
        enter(task, room || waiters.isEmpty() && beyond ? queue : waiters);
        task.awaited = !room && !beyond;
        return task.awaited ? Admission.WAITING : Admission.ACCEPTED;
    }

    private void enter(Task task, Line line) {
        if (inLine.putIfAbsent(task.work, task) != null) {
            throw new IllegalStateException("the same work was submitted twice");
        }
        line.add(task);
        waiting++;
    }

    private void leave(Task task) {
        inLine.remove(task.work);
        if (task.line != null) {
            task.line.remove(task);
        }
        waiting--;
    }

    private void grant(Task task, long now) {
        account(now);
        active++;
        succession.give(task);
        granted.add(task);
    }

    /// Gives out free permits and free places in the queue.
    Moves advance(long now) {
        if (waiting == 0) {
            return Moves.NONE;
        }
        List<Task> grants = new ArrayList<>();
        List<Task> promoted = new ArrayList<>();
        while (active < config.size() && waiting > 0) {
            Task task = next();
            leave(task);
            grant(task, now);
            if (task.telling) {
                task.grantedMeanwhile = true;
            } else {
                grants.add(task);
            }
        }
        for (Task task; queue.places() < config.queue() && (task = waiters.poll()) != null; ) {
            queue.add(task);
            if (task.awaited) {
                task.telling = true;
                promoted.add(task);
            }
        }
        return grants.isEmpty() && promoted.isEmpty() ? Moves.NONE : new Moves(grants, promoted);
    }

    private Task next() {
        Task task = queue.first() == null ? waiters.first() : queue.first();
        if (task == null) {
            throw new IllegalStateException("no task where " + waiting + " wait");
        }
        return task;
    }

    /// A promoted task has been told.
    ///
    /// @return whether it got a permit meanwhile, and is now to be handed on
    boolean told(Task task) {
        task.telling = false;
        task.awaited = false;
        return task.grantedMeanwhile;
    }

    /// A permit comes back.
    ///
    /// @param ran whether the task has run
    Moves release(Task task, long now, boolean ran) {
        account(now);
        if (ran) {
            done++;
        }
        granted.remove(task);
        succession.takeBack(task);
        active--;
        return advance(now);
    }

    /// A work goes on at the present executor with the permit it has.
    ///
    /// @return null when that executor holds as many as may run already: there are more permits given out than the size
    @Nullable Task move(Task task) {
        if (succession.present().held >= config.size()) {
            return null;
        }
        Task next = task.again();
        succession.give(next);
        granted.add(next); // first, so that who looks without the lock finds the work
        granted.remove(task);
        succession.takeBack(task);
        return next;
    }

    /// Takes a work out of its line.
    boolean withdraw(Work work) {
        Task task = inLine.get(work);
        if (task == null) {
            return false;
        }
        leave(task);
        return true;
    }

    /// Empties the lines, in their order.
    List<Work> takeLines() {
        List<Work> taken = new ArrayList<>(waiting);
        while (waiting > 0) {
            Task task = next();
            leave(task);
            taken.add(task.work);
        }
        return taken;
    }

    /// When the longest waiting came; null when none waits.
    @Nullable Long oldest() {
        Task queued = queue.first();
        Task waiter = waiters.first();
        if (queued == null || waiter == null) {
            return queued != null ? (Long) queued.since : waiter != null ? (Long) waiter.since : null;
        }
        return queued.since - waiter.since < 0 ? queued.since : waiter.since;
    }

    /// Whether nothing more will be given to the executor, not even by those before it.
    boolean handedAll() {
        return closed && waiting == 0 && succession.settled() && granted.stream().allMatch(Task::isClaimed);
    }

    boolean idle() {
        return active == 0 && waiting == 0;
    }

    /// Adds up the time of permits in use. Clocks are read before the lock is taken, so that `now` may be a little late: it adds nothing.
    private void account(long now) {
        long span = now - busyUntil;
        if (span > 0) {
            busy += (double) span * active;
            busyUntil = now;
        }
    }

    void sample(long now) {
        account(now);
        long span = now - busySince;
        if (span > 0) {
            utilisation = Math.min(1, busy / ((double) span * config.size()));
            busy = 0;
            busySince = now;
        }
    }

    double utilisation() {
        return utilisation;
    }
}
