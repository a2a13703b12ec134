package dev.sluice.console.launch;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ServerControl;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A shutdown that nobody types: by a signal, or by the end of input. Its progress goes to the log, each second. One at a time; `running`
/// is guarded by `this`.
///
/// Its threads are `sluice-shutdown`, which waits for the server, and `sluice-shutdown-log`; both end with the shutdown.
final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final ServerControl server;
    private final Runnable cancelled;
    private boolean running;

    /// @param cancelled run when a shutdown was taken back and the server runs again
    Shutdown(ServerControl server, Runnable cancelled) {
        this.server = server;
        this.cancelled = cancelled;
    }

    /// Begins to shut down with the configured budgets; no effect when it has begun.
    ///
    /// @param cause a word or two
    void begin(String cause) {
        synchronized (this) {
            if (running) {
                return;
            }
            running = true;
        }
        LOG.info("event=shutdown cause={}", cause);
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofPlatform().name("sluice-shutdown").daemon().start(() -> run(ended));
        Thread.ofVirtual().name("sluice-shutdown-log").start(() -> follow(ended));
    }

    /// Whether one is under way, or has ended the server.
    synchronized boolean begun() {
        return running;
    }

    private void run(CountDownLatch ended) {
        try {
            DrainReport report = server.shutdown(server.config().drain());
            if (report.result() == DrainReport.Result.CANCELLED) {
                LOG.info("event=shutdown-cancelled");
                again();
                cancelled.run();
            }
        } catch (IllegalStateException already) {
            LOG.debug("event=shutdown-refused detail=\"{}\"", already.getMessage());
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private synchronized void again() {
        running = false;
    }

    private void follow(CountDownLatch ended) {
        try {
            while (!ended.await(1, TimeUnit.SECONDS)) {
                progress(server.drainProgress());
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private static void progress(DrainProgress now) {
        DrainPhase phase = now.phase();
        if (phase == null) {
            return;
        }
        LOG.info("event=drain-progress phase={} elapsed={} budget={} queued={} idle={} active={}",
                phase, seconds(now.elapsed()), seconds(now.budget()), now.queued(), now.idle(), now.active());
        now.blockers().stream().findFirst().ifPresent(first -> {
            ConnectionInfo client = first.client();
            LOG.info("event=drain-blocker id={} listener={} addr={} op-age={} at=\"{}\"",
                    client.id(), client.listener(), client.address(), seconds(client.opAge()), first.frame());
        });
    }

    static String seconds(Duration time) {
        return time.toSeconds() + "." + time.toMillisPart() / 100 + "s";
    }
}
