package dev.sluice.engine;

import dev.sluice.api.ClosedConnection;
import dev.sluice.api.ExchangeListener;
import dev.sluice.api.Recent;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerListener;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells listeners what happened, and remembers the last of it. The two rings are guarded by this object's monitor, under which nothing is called.
public final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int REMEMBERED = 512;

    private final List<ServerListener> listeners;
    private final ExchangeListener exchanges;
    private final InstantSource clock;
    private final Journal journal = new Journal();
    private final ArrayDeque<ClosedConnection> closed = new ArrayDeque<>();
    private final ArrayDeque<Recent.Entry> events = new ArrayDeque<>();

    public Events(List<ServerListener> listeners, InstantSource clock) {
        this(listeners, ExchangeListener.NONE, clock);
    }

    /// @param exchanges is told of each request
    public Events(List<ServerListener> listeners, ExchangeListener exchanges, InstantSource clock) {
        this.listeners = List.copyOf(listeners);
        this.exchanges = exchanges;
        this.clock = clock;
    }

    /// Tells everyone. What a listener throws is logged and changes nothing.
    public void publish(ServerEvent event) {
        remember(event);
        boolean interrupted = Thread.currentThread().isInterrupted();
        for (ServerListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable failure) {
                LOG.warn("event=listener-failed on={}", event.getClass().getSimpleName(), failure);
            } finally {
                clearUnless(interrupted);
            }
        }
    }

    /// Clears an interrupt flag that foreign code has left, but not one that its thread came with: it may be the embedder's own.
    static void clearUnless(boolean interrupted) {
        if (!interrupted) {
            Thread.interrupted();
        }
    }

    ExchangeListener exchanges() {
        return exchanges;
    }

    /// Writes the access logs.
    public Journal journal() {
        return journal;
    }

    InstantSource clock() {
        return clock;
    }

    private synchronized void remember(ServerEvent event) {
        switch (event) {
            case ServerEvent.ConnectionEnded(var role, ClosedConnection connection) -> push(closed, connection);
            case ServerEvent.ConnectionOpened opened -> {}
            default -> push(events, new Recent.Entry(clock.instant(), event));
        }
    }

    private static <T> void push(ArrayDeque<T> ring, T entry) {
        if (ring.size() == REMEMBERED) {
            ring.removeFirst();
        }
        ring.addLast(entry);
    }

    public synchronized Recent recent() {
        return new Recent(List.copyOf(closed), List.copyOf(events));
    }
}
