package dev.sluice.console.command;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Changes that undo themselves after a time. One for the whole program, shared by its sessions; guarded by itself. Its one thread
/// exists only while something is pending.
public final class Reverts implements AutoCloseable {

    private record Pending(Runnable undo, Future<?> alarm) {}

    private final Map<String, Pending> pending = new HashMap<>();
    private final ScheduledThreadPoolExecutor alarms = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("sluice-console-reverts").factory());

    public Reverts() {
        alarms.setKeepAliveTime(1, TimeUnit.SECONDS);
        alarms.allowCoreThreadTimeOut(true);
        alarms.setRemoveOnCancelPolicy(true);
    }

    /// Undoes a change later. When one of the same key is pending already, its undoing is kept, as it leads further back, and
    /// only its time changes.
    ///
    /// @param key   what is changed
    /// @param after what time
    /// @param undo  leads back to what was before
    synchronized void schedule(String key, Duration after, Runnable undo) {
        @Nullable Pending earlier = forget(key);
        Runnable kept = earlier == null ? undo : earlier.undo();
        Future<?> alarm = alarms.schedule(() -> run(key, kept), after.toNanos(), TimeUnit.NANOSECONDS);
        pending.put(key, new Pending(kept, alarm));
    }

    /// The change of a key is to stay.
    synchronized void cancel(String key) {
        forget(key);
    }

    private synchronized void run(String key, Runnable undo) {
        @Nullable Pending current = pending.get(key);
        // A newer change of the same key may have come between this alarm and the lock.
        if (current != null && current.undo() == undo && current.alarm().state() == Future.State.RUNNING) {
            pending.remove(key);
            undo.run();
        }
    }

    private @Nullable Pending forget(String key) {
        @Nullable Pending removed = pending.remove(key);
        if (removed != null) {
            removed.alarm().cancel(false);
        }
        return removed;
    }

    /// Forgets what is pending; nothing is undone.
    @Override
    public synchronized void close() {
        pending.clear();
        alarms.shutdownNow();
    }
}
