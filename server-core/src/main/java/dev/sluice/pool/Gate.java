package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.ResizeReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Permits and one queue in front of an executor, the same for every type: size, refusal, waiting, what did not run, resizing and
/// counting are here, and the executor receives only what may run now.
///
/// Every method is safe from any thread, and none waits for work but [#awaitEnded]. `lock` guards `permits`; no foreign code is called
/// under it. `reconfiguring` is taken before it, and keeps the executor's size in step with the gate's.
public final class Gate {

    private static final Logger log = LoggerFactory.getLogger(Gate.class);

    private final String name;
    private volatile PoolInfo.Unit unit;
    private final LongSupplier nanoTime;
    private final Backing backing;
    private final ReentrantLock reconfiguring = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Permits permits;
    private final Dispatch dispatch;

    private Gate(String name, PoolConfig config, PoolInfo.Unit unit, LongSupplier nanoTime, Backing backing) {
        this.name = name;
        this.unit = unit;
        this.nanoTime = nanoTime;
        this.backing = backing;
        permits = new Permits(config, nanoTime.getAsLong());
        dispatch = new Dispatch(name, this, backing, nanoTime);
    }

    /// @param name of the pool, which its threads carry
    /// @param unit what a permit holds, only to be shown
    public static Gate open(String name, PoolConfig config, PoolInfo.Unit unit) {
        return open(name, config, unit, System::nanoTime);
    }

    /// With a clock of the caller's.
    ///
    /// @param nanoTime as [System#nanoTime()]
    public static Gate open(String name, PoolConfig config, PoolInfo.Unit unit, LongSupplier nanoTime) {
        return open(name, config, unit, nanoTime, Backing.open(name, config));
    }

    static Gate open(String name, PoolConfig config, PoolInfo.Unit unit, LongSupplier nanoTime, Backing backing) {
        return new Gate(name, config, unit, nanoTime, backing);
    }

    /// Runs it as soon as there is a permit. When the executor fails, the answer is [Admission#ACCEPTED] all the same, and the work is
    /// abandoned.
    ///
    /// @throws IllegalStateException when the same work is queued already
    public Admission submit(Work work) {
        return submit(work, false);
    }

    /// As [#submit], but queues even when the queue is full, and takes no place of it: for what a drain sweeps from the backlog, and for what the server itself
    /// has to do, lest a client is refused for its sake.
    ///
    /// @return [Admission#ACCEPTED] or [Admission#CLOSED]
    public Admission submitBeyondCapacity(Work work) {
        return submit(work, true);
    }

    private Admission submit(Work work, boolean beyond) {
        Task task = new Task(dispatch, work, nanoTime.getAsLong());
        Admission admission;
        boolean granted;
        lock.lock();
        try {
            admission = permits.submit(task, beyond);
            granted = admission == Admission.ACCEPTED && task.line == null;
        } finally {
            lock.unlock();
        }
        if (granted) {
            dispatch.carryOut(Moves.grant(task));
        }
        return admission;
    }

    /// Takes a work back that has not begun.
    ///
    /// @return true when it will never run, and neither `run` nor `abandoned` will be called; false when it runs, has run, was abandoned
    ///         or never came
    public boolean withdraw(Work work) {
        Moves moves;
        lock.lock();
        try {
            boolean inLine = permits.withdraw(work);
            moves = inLine ? permits.advance(nanoTime.getAsLong()) : null;
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
        if (moves == null) {
            return takeStarting(work);
        }
        dispatch.carryOut(moves);
        endIfHandedAll();
        return true;
    }

    /// Has a permit, but no thread yet: an executor of the user's own may hold or even drop what it was given.
    private boolean takeStarting(Work work) {
        for (Task task : permits.granted) {
            if (task.work == work && task.claim()) {
                dispatch.carryOut(release(task, nanoTime.getAsLong(), false));
                return true;
            }
        }
        return false;
    }

    /// Takes back everything that has not begun: queued, waiting, and given to the executor without having been started. Neither `run` nor
    /// `abandoned` will be called for it.
    ///
    /// @return in the order of submission, except that what the executor held comes first
    public List<Work> takeWaiting() {
        List<Work> lines;
        lock.lock();
        try {
            lines = permits.takeLines();
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
        List<Task> starting = new ArrayList<>(permits.granted);
        starting.removeIf(task -> !task.claim());
        starting.sort(Comparator.comparingLong(task -> task.since));
        List<Work> taken = new ArrayList<>(starting.size() + lines.size());
        for (Task task : starting) {
            taken.add(task.work);
            dispatch.carryOut(release(task, nanoTime.getAsLong(), false));
        }
        taken.addAll(lines);
        endIfHandedAll();
        return taken;
    }

    /// How many are queued or wait. Reads one field.
    public int waiting() {
        return permits.waiting;
    }

    /// How many permits are given out. Reads one field.
    public int active() {
        return permits.active;
    }

    /// Changes how many may run at once. When there are more, the surplus finishes; nothing new begins until the new size holds.
    ///
    /// @throws IllegalArgumentException when the size is out of bounds
    public ResizeReport resize(int size) {
        reconfiguring.lock();
        try {
            int before = permits.config.size();
            change(permits.config.withSize(size));
            return new ResizeReport(name, before, size, Math.max(0, permits.active - size));
        } finally {
            reconfiguring.unlock();
        }
    }

    /// Changes everything but the type. What is queued stays queued, and what waits goes on waiting, under any new values.
    ///
    /// @throws IllegalArgumentException when a value is out of bounds
    public void reconfigure(int size, int queue, PoolConfig.WhenFull whenFull) {
        reconfiguring.lock();
        try {
            change(new PoolConfig(permits.config.type(), size, queue, whenFull));
        } finally {
            reconfiguring.unlock();
        }
    }

    private void change(PoolConfig next) {
        int before = permits.config.size();
        if (next.size() > before) {
            adapt(next.size());
        }
        Moves moves;
        lock.lock();
        try {
            permits.config = next;
            moves = permits.advance(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
        if (next.size() < before) {
            adapt(next.size());
        }
        dispatch.carryOut(moves);
    }

    private void adapt(int size) {
        try {
            backing.size().accept(size);
        } catch (Throwable failure) {
            log.warn("event=pool-resize-failed pool={} size={}", name, size, failure);
        }
    }

    /// Another unit is to be shown.
    public void unit(PoolInfo.Unit next) {
        unit = next;
    }

    public PoolInfo info() {
        long now = nanoTime.getAsLong();
        long done;
        long refused;
        int active;
        int waiting;
        double utilisation;
        Duration oldest;
        lock.lock();
        try {
            done = permits.done;
            refused = permits.refused;
            active = permits.active;
            waiting = permits.waiting;
            utilisation = permits.utilisation();
            oldest = age(permits.oldest(), now);
        } finally {
            lock.unlock();
        }
        PoolConfig config = permits.config;
        return new PoolInfo(name, config.type().name(), unit, config.size(), active, waiting, config.queue(), config.whenFull(),
                done, refused, dispatch.queueWait.latency(), oldest, dispatch.runTime.latency(),
                utilisation, backing.steals().getAsLong(), state());
    }

    private PoolInfo.State state() {
        if (!permits.closed) {
            return PoolInfo.State.RUNNING;
        }
        boolean ended = permits.idle() && (!backing.ours() || backing.executor().isTerminated());
        return ended ? PoolInfo.State.ENDED : PoolInfo.State.ENDING;
    }

    public String name() {
        return name;
    }

    /// How long what began had waited.
    public LatencyWindow queueWait() {
        return dispatch.queueWait;
    }

    /// Whether every permit is back, nothing is queued and, when the executor is ours, its threads are gone.
    public boolean ended() {
        return state() == PoolInfo.State.ENDED && living().isEmpty();
    }

    /// The threads of its own that live, whether they run work or not.
    public List<Thread> living() {
        return Stream.concat(backing.crew().living().stream(), threads().stream()).distinct().toList();
    }

    /// How long the longest waiting has waited; zero when none waits.
    public Duration oldestWaiting() {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            return age(permits.oldest(), now);
        } finally {
            lock.unlock();
        }
    }

    private static Duration age(@Nullable Long since, long now) {
        return since == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - since));
    }

    /// Moves the sliding windows on. To be called about once a second, by one thread.
    public void sample() {
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            permits.sample(now);
        } finally {
            lock.unlock();
        }
        dispatch.queueWait.sample();
        dispatch.runTime.sample();
    }

    /// The threads that run work of this gate now, platform or virtual.
    public List<Thread> threads() {
        return permits.granted.stream().map(task -> task.runner).filter(Objects::nonNull).toList();
    }

    /// Takes nothing more. What is queued still runs, unless it is taken back; then the executor ends, when it is ours. Interrupts nothing.
    public void close() {
        lock.lock();
        try {
            permits.closed = true;
        } finally {
            lock.unlock();
        }
        endIfHandedAll();
    }

    /// Waits until every permit is back, nothing is queued and, when the executor is ours, its threads are gone; after [#close()].
    ///
    /// @return false when the budget was spent before
    public boolean awaitEnded(Duration budget) throws InterruptedException {
        long deadline = System.nanoTime() + budget.toNanos();
        lock.lockInterruptibly();
        try {
            for (long left = budget.toNanos(); !permits.idle(); left = deadline - System.nanoTime()) {
                if (left <= 0) {
                    return false;
                }
                emptied.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        return backing.awaitEnded(Math.max(0, deadline - System.nanoTime()));
    }

    /// See [Permits#told].
    boolean told(Task task) {
        lock.lock();
        try {
            return permits.told(task);
        } finally {
            lock.unlock();
        }
    }

    /// A permit comes back.
    ///
    /// @param ran whether its task has run
    /// @return what is to be done now
    Moves release(Task task, long now, boolean ran) {
        Moves moves;
        lock.lock();
        try {
            moves = permits.release(task, now, ran);
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
        endIfHandedAll();
        return moves;
    }

    private void signalIfEmpty() {
        if (permits.idle()) {
            emptied.signalAll();
        }
    }

    /// Ends the executor as soon as it will not be given anything more, even while works run: its idle threads need not wait for them.
    void endIfHandedAll() {
        if (!permits.closed || !backing.ours()) {
            return;
        }
        boolean end;
        lock.lock();
        try {
            end = permits.handedAll();
        } finally {
            lock.unlock();
        }
        if (end) {
            try {
                backing.executor().shutdown();
            } catch (Throwable failure) {
                log.warn("event=pool-end-failed pool={}", name, failure);
            }
        }
    }
}
