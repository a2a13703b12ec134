package dev.sluice.server;

import dev.sluice.engine.Listener;
import dev.sluice.engine.Roster;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks each second whether certificates have changed: on a virtual thread of its own, since a disk may make it wait, and one at a time.
///
/// `looking` is set by who begins a look, and cleared by the look.
final class CertificateWatch {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final Roster roster;
    private final AtomicBoolean looking = new AtomicBoolean();

    CertificateWatch(Roster roster) {
        this.roster = roster;
    }

    /// Begins a look, unless one is under way, or nobody speaks TLS. Does not wait.
    void tick() {
        List<Listener> secure = roster.now().listeners().values().stream().filter(listener -> listener.identity() != null).toList();
        if (!secure.isEmpty() && looking.compareAndSet(false, true)) {
            try {
                Thread.ofVirtual().name("sluice-certificates").start(() -> look(secure));
            } catch (Throwable noThread) {
                looking.set(false);
                throw noThread;
            }
        }
    }

    private void look(List<Listener> secure) {
        try {
            secure.forEach(CertificateWatch::look);
        } finally {
            looking.set(false);
        }
    }

    /// What goes wrong with one concerns no other.
    private static void look(Listener listener) {
        try {
            listener.lookAtCertificates(false);
        } catch (Throwable failure) {
            LOG.error("event=certificate-watch-failed listener={}", listener.name(), failure);
        }
    }
}
