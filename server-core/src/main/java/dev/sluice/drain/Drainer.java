package dev.sluice.drain;

import dev.sluice.api.CancelReport;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ListenerState;
import dev.sluice.api.Role;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerState;
import dev.sluice.engine.Listener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ordered drain, as a state machine that [#advance] moves on.
///
/// ```
///  none ─► MARK ─► STOP_ACCEPTING ─► QUEUED ─► IDLE ─► ACTIVE ─┬─► drained ── shutdown ─┐
///   ▲        │            │             │        │        │    │       │ cancel         ▼
///   └────────┴── cancel ──┴─────────────┴────────┴────────┘◄───┼───────┘   FORCE ─► POOLS ─► RELEASE ─► stopped
///                                                              └── shutdown ──►▲
/// ```
/// A phase is over when it waits for nothing any more, or when its budget is spent; no failure skips one.
///
/// `steps` is held for each step that acts on the server, by the thread `sluice-drainer` or by whoever cancels; `lock`, taken under it, guards all fields and is held for moments only,
/// so that a drain can be watched and hurried whatever a step meets. Events are published under neither.
public final class Drainer {

    private static final Logger LOG = LoggerFactory.getLogger(Drainer.class);
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long HURRY = TimeUnit.SECONDS.toNanos(1);

    private final Site site;
    private final Phases phases;
    private final LongSupplier clock;
    private final ReentrantLock steps = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ServerEvent> unpublished = new ArrayList<>();
    private final List<DrainReport.PhaseReport> reports = new ArrayList<>();
    private volatile ServerState state = ServerState.RUNNING;
    private DrainConfig policy;
    private boolean toTheEnd;
    private @Nullable DrainPhase phase;
    /// Whether what the phase begins with has been done.
    private boolean phaseEntered;
    private long began;
    private long phaseBegan;
    private long hurryUntil = Long.MAX_VALUE;
    private @Nullable DrainReport lastReport;
    /// Of the drain under way, or the last one: who waits for one drain is never given the report of another.
    private CompletableFuture<DrainReport> outcome = new CompletableFuture<>();
    private @Nullable Thread runner;
    private long rateSince;
    private int rateCount;
    private volatile double perSecond;

    /// @param clock as [System#nanoTime()]
    public Drainer(Site site, DrainConfig policy, LongSupplier clock) {
        this.site = site;
        this.phases = new Phases(site);
        this.policy = policy;
        this.clock = clock;
    }

    public ServerState state() {
        return state;
    }

    /// Runs `action` unless a drain is under way, and keeps one from beginning meanwhile.
    ///
    /// @throws IllegalStateException when one is, or the server has stopped
    public void whileRunning(Runnable action) {
        steps.lock();
        try {
            if (state != ServerState.RUNNING) {
                throw new IllegalStateException("the server is " + state.name().toLowerCase(Locale.ROOT));
            }
            action.run();
        } finally {
            steps.unlock();
        }
    }

    /// Drains, or joins the drain under way, and waits for its end.
    ///
    /// @param end whether to go on to the end of the server
    public DrainReport drain(DrainConfig next, boolean end) throws InterruptedException {
        CompletableFuture<DrainReport> mine;
        steps.lock();
        lock.lock();
        try {
            if (state == ServerState.STOPPED || state == ServerState.STOPPING && !end) {
                if (end) {
                    return Objects.requireNonNull(lastReport);
                }
                throw new IllegalStateException("the server is " + state.name().toLowerCase(Locale.ROOT));
            }
            if (state == ServerState.DRAINED && !end) {
                return Objects.requireNonNull(lastReport);
            }
            begin(next, end);
            mine = outcome;
        } finally {
            lock.unlock();
            steps.unlock();
        }
        try {
            DrainReport report = mine.get();
            joinRunner();
            return report;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void begin(DrainConfig next, boolean end) {
        long now = clock.getAsLong();
        if (runner == null) {
            Thread thread = Thread.ofPlatform().name("sluice-drainer").daemon(false).unstarted(this::run);
            thread.start(); // before anything else has changed: it may fail for want of a thread
            runner = thread;
        }
        if (phase == null && state == ServerState.RUNNING) {
            reports.clear();
            state = ServerState.DRAINING;
            anew(next, DrainPhase.MARK, now);
            began = now;
        } else if (end && !toTheEnd) {
            policy = next;
        }
        toTheEnd |= end;
        if (phase == null) {
            anew(next, DrainPhase.FORCE, now);
        }
    }

    private void anew(DrainConfig next, DrainPhase first, long now) {
        policy = next;
        hurryUntil = Long.MAX_VALUE;
        outcome = new CompletableFuture<>();
        enter(first, now);
    }

    /// With the server, its drainer ends: who waited for the end sees no thread of it.
    private void joinRunner() throws InterruptedException {
        Thread thread;
        lock.lock();
        try {
            thread = state == ServerState.STOPPED ? runner : null;
        } finally {
            lock.unlock();
        }
        if (thread != null && thread != Thread.currentThread()) {
            thread.join();
        }
    }

    // ---- the drainer's thread ----

    private void run() {
        boolean on = true;
        while (on) {
            steps.lock();
            try {
                on = advance(clock.getAsLong());
            } finally {
                steps.unlock();
            }
            publish();
            if (on) {
                LockSupport.parkNanos(STEP);
            }
        }
    }

    /// One step: acts, and goes on to the next phase when this one is over. Under `steps`.
    ///
    /// @return whether there is more to do
    private boolean advance(long now) {
        Phase current = current();
        if (current == null) {
            return false;
        }
        act(current, now);
        boolean over = phases.over(current.phase());
        if (!over && now - current.deadline() < 0) {
            return true;
        }
        int left = over ? 0 : phases.left(current.phase());
        if (!over) {
            phases.overrun(current.phase());
        }
        lock.lock();
        try {
            leave(current.phase(), left, now);
            return next(current.phase(), now);
        } finally {
            lock.unlock();
        }
    }

    /// @param policy   that holds now
    /// @param entered  whether what it begins with has been done
    private record Phase(DrainPhase phase, DrainConfig policy, long deadline, boolean entered) {}

    private @Nullable Phase current() {
        lock.lock();
        try {
            Phase current = phase == null ? null : new Phase(phase, policy, deadline(phase), phaseEntered);
            phaseEntered = true;
            runner = current == null ? null : runner;
            return current;
        } finally {
            lock.unlock();
        }
    }

    /// Whatever an action meets, the phase ends at its deadline.
    private void act(Phase current, long now) {
        try {
            if (!current.entered()) {
                phases.begin(current.phase(), current.policy(), now);
            }
            phases.act(current.phase(), current.policy(), now);
        } catch (Throwable failed) {
            LOG.error("event=drain-step-failed phase={}", current.phase(), failed);
        }
        measure(now);
    }

    private long deadline(DrainPhase current) {
        long own = phaseBegan + Phases.budget(current, policy);
        return hurryUntil == Long.MAX_VALUE ? own : Math.min(own, Math.max(hurryUntil, phaseBegan + floor(current)));
    }

    /// Even in a hurry, threads and sockets get this long to end.
    private static long floor(DrainPhase phase) {
        return switch (phase) {
            case MARK, QUEUED, IDLE, ACTIVE -> 0;
            case STOP_ACCEPTING, FORCE, POOLS, RELEASE -> HURRY / 4;
        };
    }

    private boolean next(DrainPhase current, long now) {
        return switch (current) {
            case MARK, STOP_ACCEPTING, QUEUED, IDLE, FORCE, POOLS -> enter(DrainPhase.values()[current.ordinal() + 1], now);
            case ACTIVE -> toTheEnd ? enter(DrainPhase.FORCE, now) : drained(now);
            case RELEASE -> stopped(now);
        };
    }

    private boolean enter(DrainPhase next, long now) {
        phase = next;
        phaseEntered = false;
        phaseBegan = now;
        if (next == DrainPhase.FORCE) {
            state = ServerState.STOPPING;
        }
        LOG.info("event=drain-phase phase={}", next);
        unpublished.add(new ServerEvent.PhaseBegan(next));
        changed.signalAll();
        return true;
    }

    private void leave(DrainPhase current, int left, long now) {
        DrainReport.PhaseReport report = new DrainReport.PhaseReport(current, Duration.ofNanos(now - phaseBegan),
                Duration.ofNanos(Phases.budget(current, policy)), left);
        reports.add(report);
        unpublished.add(new ServerEvent.PhaseEnded(report));
    }

    private boolean drained(long now) {
        phase = null;
        runner = null;
        state = ServerState.DRAINED;
        ended(phases.living() == 0 ? DrainReport.Result.CLEAN : DrainReport.Result.INCOMPLETE, now, List.of());
        return false;
    }

    private boolean stopped(long now) {
        phase = null;
        state = ServerState.STOPPED;
        List<String> threads = phases.threads().stream().map(Thread::getName).toList();
        boolean clean = phases.victims().isEmpty() && threads.isEmpty();
        DrainReport report = ended(clean ? DrainReport.Result.CLEAN : DrainReport.Result.FORCED, now, threads);
        unpublished.add(new ServerEvent.Stopped(report));
        return false;
    }

    private DrainReport ended(DrainReport.Result result, long now, List<String> threads) {
        DrainReport report = new DrainReport(result, Duration.ofNanos(now - began), List.copyOf(reports), phases.victims(), threads);
        LOG.info("event=drain-ended result={} took-ms={} victims={} threads={}", result, report.took().toMillis(), report.victims().size(), threads);
        lastReport = report;
        outcome.complete(report);
        unpublished.add(new ServerEvent.DrainEnded(report));
        changed.signalAll();
        return report;
    }

    private void publish() {
        List<ServerEvent> all;
        lock.lock();
        try {
            all = List.copyOf(unpublished);
            unpublished.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(site.events()::publish);
    }

    // ---- what operators do to a drain ----

    /// Goes back to running, from any phase before FORCE and from drained. May wait a moment for acceptors to end, so that they can be bound again.
    public CancelReport cancel() {
        CancelReport report;
        steps.lock();
        try {
            if (state != ServerState.DRAINED && state != ServerState.DRAINING) {
                return new CancelReport(false, List.of(), List.of());
            }
            report = reopened();
            cancelled(report);
        } finally {
            steps.unlock();
        }
        publish();
        return report;
    }

    private void cancelled(CancelReport report) {
        lock.lock();
        try {
            state = ServerState.RUNNING;
            toTheEnd = false;
            if (phase != null) {
                phase = null;
                ended(DrainReport.Result.CANCELLED, clock.getAsLong(), List.of());
            }
            unpublished.add(new ServerEvent.DrainCancelled(report));
            LOG.info("event=drain-cancelled listening={} closed={}", report.listening(), report.closed());
        } finally {
            lock.unlock();
        }
    }

    private CancelReport reopened() {
        List<String> listening = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        site.clients().unseal();
        for (Listener listener : site.roster().configured(Role.TRAFFIC)) {
            try {
                if (listener.state() == ListenerState.CLOSED || listener.state() == ListenerState.DRAINING) {
                    listener.reopen();
                }
                listening.add(listener.name());
            } catch (IOException failed) {
                closed.add(listener.name() + ": " + failed.getMessage());
            }
        }
        return new CancelReport(true, List.copyOf(listening), List.copyOf(closed));
    }

    /// Lets every remaining budget end within a second.
    public void hurry() {
        lock.lock();
        try {
            if (phase != null && hurryUntil == Long.MAX_VALUE) {
                hurryUntil = clock.getAsLong() + HURRY;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the server has stopped.
    public void awaitStopped() throws InterruptedException {
        lock.lock();
        try {
            while (state != ServerState.STOPPED) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        joinRunner();
    }

    // ---- what is seen of a drain ----

    private void measure(long now) {
        int living = phases.living();
        if (rateSince == 0) {
            rateSince = now;
            rateCount = living;
        } else if (now - rateSince >= HURRY) {
            perSecond = Math.max(0, rateCount - living) * 1e9 / (now - rateSince);
            rateSince = now;
            rateCount = living;
        }
    }

    public DrainProgress progress() {
        DrainPhase current;
        long now = clock.getAsLong();
        Duration elapsed;
        Duration budget;
        Duration total;
        lock.lock();
        try {
            current = phase;
            if (current == null) {
                return DrainProgress.NONE;
            }
            elapsed = Duration.ofNanos(now - phaseBegan);
            budget = Duration.ofNanos(deadline(current) - phaseBegan);
            total = Duration.ofNanos(now - began);
        } finally {
            lock.unlock();
        }
        int idle = phases.count(ConnectionState.IDLE);
        return new DrainProgress(current, elapsed, budget, total, phases.queued(), idle, phases.living() - idle, perSecond, phases.blockers(now));
    }
}
