package dev.sluice.drain;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.engine.Connection;
import dev.sluice.engine.Listener;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What each phase of a drain does when it begins, while it lasts, and when it is over. Called by one thread at a time, under the steps of [Drainer]; what only
/// reads is called by any.
final class Phases {

    private static final long SLACK = Duration.ofSeconds(1).toNanos();
    private static final long SWEEP = Duration.ofSeconds(5).toNanos();
    private static final long TO_NOTICE = 250;

    private static final Logger LOG = LoggerFactory.getLogger(Phases.class);

    private final Site site;
    private final List<DrainReport.Victim> victims = new CopyOnWriteArrayList<>();

    Phases(Site site) {
        this.site = site;
    }

    List<DrainReport.Victim> victims() {
        return List.copyOf(victims);
    }

    /// How long a phase may take at most, in nanoseconds.
    static long budget(DrainPhase phase, DrainConfig policy) {
        return switch (phase) {
            case MARK -> policy.lameDuck().toNanos();
            case STOP_ACCEPTING -> SWEEP;
            case QUEUED, ACTIVE -> policy.grace().toNanos();
            case IDLE -> policy.idleGrace().toNanos() + policy.spread().toNanos() + SLACK;
            case FORCE, POOLS -> policy.force().toNanos();
            case RELEASE -> policy.release().toNanos();
        };
    }

    void begin(DrainPhase phase, DrainConfig policy, long now) {
        switch (phase) {
            case MARK, IDLE, ACTIVE -> {}
            case STOP_ACCEPTING -> site.traffic().forEach(Listener::finish);
            case QUEUED -> beginQueued(policy, now);
            case FORCE -> force(now);
            case POOLS -> site.pools().forEach(Gate::close);
            case RELEASE -> beginRelease();
        }
    }

    /// From here on every reply says it is the last, and connections at a boundary have their grace.
    private void beginQueued(DrainConfig policy, long now) {
        site.clients().seal();
        site.clients().beginDraining(now);
        each(Connection::drainBegan);
        if (policy.queued() == DrainConfig.Queued.RUN) {
            return;
        }
        for (Gate pool : site.pools()) {
            for (Work work : pool.takeWaiting()) {
                turnAway(work, policy.queued());
            }
        }
        // What waits for the acceptor of an iterative listener is in no pool's queue.
        each(connection -> {
            if (connection.state() == ConnectionState.QUEUED && connection.listener().gate() == null) {
                turnAway(connection, policy.queued());
            }
        });
    }

    private static void turnAway(Work work, DrainConfig.Queued policy) {
        if (work instanceof Connection<?, ?> connection) {
            turnAway(connection, policy);
        } else {
            // It closes a handler, which is owed in any case, and is not ours to wait for.
            Thread.ofVirtual().name("sluice-ending").start(() -> work.run(0));
        }
    }

    private static void turnAway(Connection<?, ?> connection, DrainConfig.Queued policy) {
        if (policy == DrainConfig.Queued.REFUSE) {
            connection.turnAway();
        } else {
            connection.shut(CloseReason.DRAINED, "queued");
        }
    }

    private void force(long now) {
        each(connection -> victims.add(new DrainReport.Victim(connection.info(now), connection.stack())));
        each(Connection::force);
    }

    /// Does something to each connection, whatever it does to one of them.
    private void each(Consumer<Connection<?, ?>> action) {
        for (Connection<?, ?> connection : site.clients().living()) {
            try {
                action.accept(connection);
            } catch (Throwable failure) {
                LOG.error("event=drain-action-failed connection={}", connection.id(), failure);
            }
        }
    }

    private void beginRelease() {
        site.traffic().forEach(Listener::close);
        site.admin().forEach(Listener::finish);
        site.adminClients().seal();
    }

    /// What is to be done again and again while a phase lasts.
    void act(DrainPhase phase, DrainConfig policy, long now) {
        switch (phase) {
            case MARK, STOP_ACCEPTING, FORCE, POOLS -> {}
            case QUEUED, IDLE, ACTIVE -> endIdle(policy, now);
            case RELEASE -> release();
        }
    }

    private void endIdle(DrainConfig policy, long now) {
        long since = site.clients().drainingSince();
        if (now - since >= policy.idleGrace().toNanos()) { // nobody's moment is before that
            each(connection -> connection.drainIdle(policy, since, now));
        }
    }

    private void release() {
        boolean accepted = site.admin().stream().allMatch(Listener::closed);
        if (!accepted) {
            return;
        }
        site.adminClients().living().forEach(Connection::force);
        site.adminPools().forEach(Gate::close);
        site.admin().forEach(Listener::close);
        if (site.closer().lingering() == 0) {
            endLast();
        }
    }

    private void endLast() {
        site.closer().close();
        site.reaper().close();
        site.spools().close();
    }

    /// Whether a phase waits for nothing any more; MARK is over when its time is. Asked at every step, so it looks no further than the first that is waited
    /// for: ten thousand idle connections are looked through only to tell how many they are.
    boolean over(DrainPhase phase) {
        return switch (phase) {
            case MARK -> false;
            case QUEUED -> site.pools().stream().allMatch(pool -> pool.waiting() == 0) && none(ConnectionState.QUEUED);
            case IDLE -> none(ConnectionState.IDLE);
            case STOP_ACCEPTING, ACTIVE, FORCE, POOLS, RELEASE -> left(phase) == 0;
        };
    }

    private boolean none(ConnectionState state) {
        for (Connection<?, ?> connection : site.clients().living()) {
            if (connection.state() == state) {
                return false;
            }
        }
        return true;
    }

    /// How much a phase still waits for.
    int left(DrainPhase phase) {
        return switch (phase) {
            case MARK -> 0;
            case STOP_ACCEPTING -> (int) site.traffic().stream().filter(listener -> !listener.closed()).count();
            case QUEUED -> queued();
            case IDLE -> count(ConnectionState.IDLE);
            case ACTIVE -> site.clients().living().size();
            case FORCE -> site.clients().living().size() + site.pools().stream().mapToInt(Gate::active).sum();
            case POOLS -> pools(site.pools()) + receivers();
            case RELEASE -> threads().size();
        };
    }

    /// The budget of a phase is spent: what must not outlive it is ended.
    void overrun(DrainPhase phase) {
        if (phase == DrainPhase.RELEASE) {
            site.adminClients().living().forEach(Connection::force);
            endLast();
            joinBriefly(site.closer().thread());
            joinBriefly(site.reaper().thread());
        }
    }

    /// What has been told to end and only has to notice is not reported as stuck.
    private static void joinBriefly(Thread thread) {
        try {
            thread.join(TO_NOTICE);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    int queued() {
        return site.pools().stream().mapToInt(Gate::waiting).sum() + count(ConnectionState.QUEUED);
    }

    int count(ConnectionState state) {
        return (int) site.clients().living().stream().filter(connection -> connection.state() == state).count();
    }

    int living() {
        return site.clients().living().size();
    }

    private static int pools(List<Gate> gates) {
        return (int) gates.stream().filter(gate -> !gate.ended()).count();
    }

    /// Acceptors, receivers and senders that still live; loops end later.
    private int receivers() {
        AtomicInteger living = new AtomicInteger();
        site.traffic().forEach(listener -> listener.eachThread((kind, thread) -> {
            if (thread.isAlive() && !kind.equals("loop")) {
                living.incrementAndGet();
            }
        }));
        return living.get();
    }

    /// The threads of the server that still live: none, when it has ended.
    List<Thread> threads() {
        List<Thread> all = new ArrayList<>();
        site.traffic().forEach(listener -> listener.eachThread((kind, thread) -> all.add(thread)));
        site.admin().forEach(listener -> listener.eachThread((kind, thread) -> all.add(thread)));
        site.pools().forEach(pool -> all.addAll(pool.living()));
        site.adminPools().forEach(pool -> all.addAll(pool.living()));
        all.add(site.closer().thread());
        all.add(site.reaper().thread());
        Stream.ofNullable(site.events().journal().writer()).forEach(all::add);
        return all.stream().filter(Thread::isAlive).toList();
    }

    /// The connections that are waited for, the oldest request first, at most ten.
    List<DrainProgress.Blocker> blockers(long now) {
        return site.clients().living().stream()
                .filter(connection -> connection.state() != ConnectionState.IDLE)
                .map(connection -> new Blocking(connection, connection.info(now)))
                .sorted(Comparator.comparing((Blocking blocking) -> age(blocking.info())).reversed())
                .limit(10)
                .map(blocking -> new DrainProgress.Blocker(blocking.info(), frame(blocking.connection())))
                .toList();
    }

    private record Blocking(Connection<?, ?> connection, ConnectionInfo info) {}

    private static Duration age(ConnectionInfo client) {
        return client.opAge().isZero() ? client.age() : client.opAge();
    }

    private static String frame(Connection<?, ?> connection) {
        return connection.stack().stream().findFirst().orElse("");
    }
}
