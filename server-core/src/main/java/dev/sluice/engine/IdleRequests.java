package dev.sluice.engine;

import dev.sluice.api.Addresses;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has idle connections let go of the request they made last, but for what is to be said of it. To say so is the protocol's, and foreign code: it is done on
/// a thread of its own, one round at a time, since the reaper must not wait for it. What many have asked alike, as probes do, is kept once for all of a round.
///
/// ```
///   tick ─► round: one connection after the other ─► over
///              └─ one does not come back: the round is left to it, and the next tick begins another, which passes that connection by
/// ```
///
/// `round`, `asked` and `askedSince` are the reaper's alone. The connection that a round asks about changes hands by compare-and-set; `stuck` is concurrent: the
/// reaper adds, and a thread that has come back takes its own out.
public final class IdleRequests {

    private static final Logger LOG = LoggerFactory.getLogger(IdleRequests.class);
    private static final long IDLE = TimeUnit.SECONDS.toNanos(1);
    /// How long one call may take before others go on without it.
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
    /// Calls that do not come back, of one listener: with so many its connections are passed by, so that threads do not pile up.
    static final int MOST = 4;

    private final List<ConnectionRegistry> registries;
    private final LongSupplier nanoTime;
    private final Set<Connection<?, ?>> stuck = ConcurrentHashMap.newKeySet();
    private @Nullable Round round;
    private @Nullable Connection<?, ?> asked;
    private long askedSince;

    public IdleRequests(List<ConnectionRegistry> registries) {
        this(registries, System::nanoTime);
    }

    /// @param nanoTime as [System#nanoTime()]
    IdleRequests(List<ConnectionRegistry> registries, LongSupplier nanoTime) {
        this.registries = registries;
        this.nanoTime = nanoTime;
    }

    /// Begins a round, unless one is under way and gets on. Does not wait.
    public void tick() {
        Round last = round;
        if (last == null || last.over || hangs(last)) {
            Round next = new Round();
            next.thread.start();
            round = next;
            asked = null;
        }
    }

    /// Whether the round has been at one connection for too long, and is left to it. Each round comes to a connection once.
    private boolean hangs(Round last) {
        long now = nanoTime.getAsLong();
        Connection<?, ?> asks = last.asks.get();
        if (asks == null || asks != asked) {
            asked = asks;
            askedSince = now;
            return false;
        }
        if (now - askedSince < PATIENCE) {
            return false;
        }
        stuck.add(asks); // before it is taken from the round, which takes it out when it comes back to find that
        if (!last.asks.compareAndSet(asks, null)) {
            stuck.remove(asks);
            return false;
        }
        round = null; // before anything else can fail
        tell(asks, last.thread);
        return true;
    }

    private void tell(Connection<?, ?> connection, Thread thread) {
        Listener listener = connection.listener();
        LOG.warn("event=describe-stuck listener={} connection={} address={} at=\"{}\" effect=\"{}\""
                        + " do=\"mend describe() of the listener's protocol, which must not wait; until it returns, what it was asked about is not freed\"",
                listener.name(), connection.id(), Addresses.text(connection.peer()), where(thread),
                stuckOf(listener) < MOST
                        ? "this connection keeps its last request in memory"
                        : "every idle connection of the listener keeps its last request in memory");
    }

    /// The frame that is not the JDK's own.
    private static String where(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("java.") && !frame.getClassName().startsWith("jdk."))
                .findFirst().map(StackTraceElement::toString).orElse("");
    }

    private long stuckOf(Listener listener) {
        return stuck.stream().filter(connection -> connection.listener() == listener).count();
    }

    private boolean passesBy(Connection<?, ?> connection) {
        return !stuck.isEmpty() && (stuck.contains(connection) || stuckOf(connection.listener()) >= MOST);
    }

    /// One look at all connections, on a thread of its own.
    private final class Round {
        final Thread thread = Thread.ofVirtual().name("sluice-idle-requests").unstarted(this::look);
        /// Whose request it is just asking about; null also once that has taken too long.
        final AtomicReference<@Nullable Connection<?, ?>> asks = new AtomicReference<>();
        volatile boolean over;
        private final Map<String, String> said = new HashMap<>();

        private void look() {
            try {
                long now = nanoTime.getAsLong();
                for (ConnectionRegistry registry : registries) {
                    for (Connection<?, ?> connection : registry.living()) {
                        if (!passesBy(connection) && !forgot(connection, now)) {
                            return;
                        }
                    }
                }
            } finally {
                over = true;
            }
        }

        /// @return false when others have gone on meanwhile
        private boolean forgot(Connection<?, ?> connection, long now) {
            asks.set(connection);
            try {
                connection.forgetRequest(now, IDLE, text -> said.computeIfAbsent(text, first -> first));
            } catch (Throwable failure) {
                LOG.warn("event=request-kept listener={} connection={}", connection.listener().name(), connection.id(), failure);
            }
            if (asks.compareAndSet(connection, null)) {
                return true;
            }
            stuck.remove(connection);
            return false;
        }
    }
}
