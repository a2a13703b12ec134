package dev.sluice.engine;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what has outlived its deadline, for all engines, sees off what is leaving, and takes the samples of each second. One thread; a deadline is met
/// within a twentieth of a second, that of a handler on a loop within a tenth.
///
/// It looks at every connection instead of keeping a queue of deadlines: a look is one volatile read, and a deadline that changes with each request costs
/// a queue far more than that. A clock that jumps ahead (a stopped process) ends nothing that has bytes waiting: ending an idle connection looks for those first.
public final class Reaper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<ConnectionRegistry> registries;
    private final Roster roster;
    private final Ticks ticks;
    private final Runnable everySecond;
    private final Thread thread;
    private volatile boolean closed;
    private long nextSecond = System.nanoTime() + SECOND;

    /// @param roster      of the listeners, and of what is leaving
    /// @param ticks       moved on at each round
    /// @param everySecond takes samples
    public Reaper(List<ConnectionRegistry> registries, Roster roster, Ticks ticks, Runnable everySecond) {
        this.registries = registries;
        this.roster = roster;
        this.ticks = ticks;
        this.everySecond = everySecond;
        thread = Thread.ofPlatform().name("sluice-reaper").daemon(false).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public Thread thread() {
        return thread;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            try {
                long now = ticks.move();
                reap(now);
                if (now - nextSecond >= 0) {
                    nextSecond = now + SECOND;
                    everySecond.run();
                }
            } catch (Throwable failure) {
                LOG.error("event=reaper-failed", failure);
            }
            LockSupport.parkNanos(Ticks.REST);
        }
    }

    private void reap(long now) {
        for (ConnectionRegistry registry : registries) {
            for (Connection<?, ?> connection : registry.living()) {
                if (connection.late(now) || connection.ending()) {
                    expire(connection, now);
                }
            }
        }
        roster.now().everyListener().forEach(listener -> listener.relievePressure(now));
        roster.reap(now);
    }

    private static void expire(Connection<?, ?> connection, long now) {
        try {
            connection.expire(now);
        } catch (Throwable failure) {
            LOG.error("event=expiry-failed connection={}", connection.id(), failure);
        }
    }
}
