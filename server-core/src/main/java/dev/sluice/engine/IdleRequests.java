package dev.sluice.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/// Has idle connections let go of the request they made last, but for what is to be said of it. To say so is the protocol's, and foreign code: it is done on
/// a thread of its own, one at a time, since the reaper must not wait for it. What many have asked alike, as probes do, is kept once for all of a round.
public final class IdleRequests {

    private static final long IDLE = TimeUnit.SECONDS.toNanos(1);

    private final List<ConnectionRegistry> registries;
    private final AtomicBoolean looking = new AtomicBoolean();

    public IdleRequests(List<ConnectionRegistry> registries) {
        this.registries = registries;
    }

    /// Begins a round, unless one is under way. Does not wait.
    public void tick() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        try {
            Thread.ofVirtual().name("sluice-idle-requests").start(this::look);
        } catch (Throwable noThread) {
            looking.set(false);
            throw noThread;
        }
    }

    private void look() {
        try {
            long now = System.nanoTime();
            Map<String, String> said = new HashMap<>();
            UnaryOperator<String> shared = text -> said.computeIfAbsent(text, first -> first);
            for (ConnectionRegistry registry : registries) {
                registry.living().forEach(connection -> connection.forgetRequest(now, IDLE, shared));
            }
        } finally {
            looking.set(false);
        }
    }
}
