package dev.sluice.console.launch;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes up when the time of something that was set is over. Guarded by itself. Its one thread, `sluice-config-expiry`, exists only while
/// something is pending.
final class Expiry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private final ScheduledThreadPoolExecutor alarms = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("sluice-config-expiry").factory(), new ScheduledThreadPoolExecutor.DiscardPolicy());
    private @Nullable Future<?> pending;

    Expiry() {
        alarms.setKeepAliveTime(1, TimeUnit.SECONDS);
        alarms.allowCoreThreadTimeOut(true);
        alarms.setRemoveOnCancelPolicy(true);
    }

    /// Wakes up then, and at no time that was said before.
    synchronized void in(Duration delay, Runnable wake) {
        none();
        pending = alarms.schedule(() -> run(wake), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Does not wake up any more.
    synchronized void none() {
        if (pending != null) {
            pending.cancel(false);
            pending = null;
        }
    }

    private static void run(Runnable wake) {
        try {
            wake.run();
        } catch (RuntimeException | Error failed) {
            LOG.error("event=expiry-failed", failed);
        }
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }
}
