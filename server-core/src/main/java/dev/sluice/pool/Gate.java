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
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Permits and one queue in front of an executor, the same for every type: size, refusal, waiting, what did not run, resizing and
/// counting are here, and the executor receives only what may run now.
///
/// Every method is safe from any thread, and none waits for work but [#awaitEnded]. `lock` guards `permits` and which executor holds what;
/// no foreign code is called under it. What changes the gate is in [Tuning], and has a lock that is taken before this.
public final class Gate {

    private final String name;
    private volatile PoolInfo.Unit unit;
    private final LongSupplier nanoTime;
    private final Succession succession;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final Permits permits;
    private final Dispatch dispatch;
    private final Tuning tuning;

    private Gate(String name, PoolConfig config, PoolInfo.Unit unit, LongSupplier nanoTime) {
        this.name = name;
        this.unit = unit;
        this.nanoTime = nanoTime;
        succession = new Succession(name, config);
        permits = new Permits(config, succession, nanoTime.getAsLong());
        dispatch = new Dispatch(name, this, nanoTime);
        tuning = new Tuning(name, this, permits, succession, lock, nanoTime);
    }

    /// @param name of the pool, which its threads carry
    /// @param unit what a permit holds, only to be shown
    /// @throws IllegalArgumentException when an executor of the user's own cannot be had
    public static Gate open(String name, PoolConfig config, PoolInfo.Unit unit) {
        return open(name, config, unit, System::nanoTime);
    }

    /// With a clock of the caller's.
    ///
    /// @param nanoTime as [System#nanoTime()]
    public static Gate open(String name, PoolConfig config, PoolInfo.Unit unit, LongSupplier nanoTime) {
        return new Gate(name, config, unit, nanoTime);
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
            dispatch.handOver(task);
        }
        return admission;
    }

    /// Takes a work back that has not begun, or that is between two executors.
    ///
    /// @return true when it will never run, or run again, and neither `run` nor `abandoned` will be called; false when it runs, has run, was abandoned
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
        endSpent();
        return true;
    }

    /// Has a permit, but no thread yet: an executor of the user's own may hold or even drop what it was given.
    private boolean takeStarting(Work work) {
        for (Task task : permits.granted) {
            if (task.work == work && task.claim()) {
                dispatch.carryOut(release(task, nanoTime.getAsLong(), task.begun));
                return true;
            }
        }
        return false;
    }

    /// Takes back everything that has not begun: queued, waiting, and given to an executor without having been started. Neither `run` nor
    /// `abandoned` will be called for it. What is between two executors has begun.
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
        starting.removeIf(task -> task.begun || !task.claim());
        starting.sort(Comparator.comparingLong(task -> task.since));
        List<Work> taken = new ArrayList<>(starting.size() + lines.size());
        for (Task task : starting) {
            taken.add(task.work);
            dispatch.carryOut(release(task, nanoTime.getAsLong(), false));
        }
        taken.addAll(lines);
        endSpent();
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
        List<Runnable> rest = new ArrayList<>();
        ResizeReport report = resize(size, rest::add);
        rest.forEach(Runnable::run);
        return report;
    }

    /// The same, for callers that hold locks.
    ///
    /// @param after gets what is to be run once they do not: it hands on what may run now, and calls foreign code
    public ResizeReport resize(int size, Consumer<Runnable> after) {
        return tuning.resize(size, after);
    }

    /// Readies a change of everything. What is queued stays queued, and what waits goes on waiting, under any new values. For another type
    /// an executor is opened now, which may fail; then nothing has changed.
    ///
    /// From the commit on, new work goes to the new executor. The old one finishes what it holds, but for what is a [Moving], and then it
    /// ends, if it is ours. A work moves only when the new executor holds less than the size; otherwise it tries again at its next chance.
    ///
    /// One at a time: none can be prepared until the one before is closed. The commit overrides a resize in between. Calls foreign code.
    ///
    /// @throws IllegalArgumentException when the executor cannot be had
    /// @throws IllegalStateException    when another change is prepared and not closed
    public Change prepare(PoolConfig next) {
        return tuning.prepare(next);
    }

    void carryOut(Moves moves) {
        dispatch.carryOut(moves);
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
        int retiring;
        double utilisation;
        Duration oldest;
        lock.lock();
        try {
            done = permits.done;
            refused = permits.refused;
            active = permits.active;
            waiting = permits.waiting;
            retiring = succession.retiring();
            utilisation = permits.utilisation();
            oldest = age(permits.oldest(), now);
        } finally {
            lock.unlock();
        }
        PoolConfig config = permits.config;
        return new PoolInfo(name, config.type().name(), unit, config.size(), active, waiting, config.queue(), config.whenFull(),
                done, refused, dispatch.queueWait.latency(), oldest, dispatch.runTime.latency(),
                utilisation, succession.present().steals(), retiring, state());
    }

    private PoolInfo.State state() {
        if (!permits.closed) {
            return PoolInfo.State.RUNNING;
        }
        return permits.idle() && succession.ended() ? PoolInfo.State.ENDED : PoolInfo.State.ENDING;
    }

    public String name() {
        return name;
    }

    /// How long what began had waited.
    public LatencyWindow queueWait() {
        return dispatch.queueWait;
    }

    /// Whether every permit is back, nothing is queued and the threads of every executor that is ours are gone.
    public boolean ended() {
        return state() == PoolInfo.State.ENDED && living().isEmpty();
    }

    /// The threads of its own that live, whether they run work or not, those of executors that are retiring included.
    public List<Thread> living() {
        return Stream.concat(succession.living(), threads().stream()).distinct().toList();
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
        succession.forget();
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
        endSpent();
    }

    /// Waits until every permit is back, nothing is queued and the threads of every executor that is ours are gone; after [#close()].
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
        return succession.awaitEnded(deadline);
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
        boolean shrinks;
        lock.lock();
        try {
            moves = permits.release(task, now, ran);
            shrinks = tuning.shrinks();
            signalIfEmpty();
        } finally {
            lock.unlock();
        }
        if (shrinks) {
            tuning.shrink();
        }
        endSpent();
        return moves;
    }

    /// See [Permits#move].
    @Nullable Task move(Task task) {
        Task next;
        lock.lock();
        try {
            next = permits.move(task);
        } finally {
            lock.unlock();
        }
        endSpent();
        return next;
    }

    private void signalIfEmpty() {
        if (permits.idle()) {
            emptied.signalAll();
        }
    }

    /// Ends each executor that will not be given anything more and has nothing left to do; once this is closed the present one already while
    /// works run, since its idle threads need not wait for them.
    void endSpent() {
        succession.endFormer();
        if (!permits.closed) {
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
            succession.present().end();
        }
    }
}
