package dev.sluice.engine;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One request on its way through its handler.
///
/// ```
///   OUTSIDE ── enter ──► INSIDE ── exit ──► OUTSIDE
///                        │  ▲
///              interrupt ▼  │ interrupted
///                     INTERRUPTING          (exit waits here, for the length of one Thread.interrupt)
/// ```
/// So a thread is interrupted only while it is inside the handler, and never carries a late interrupt out of it.
///
/// Guarded by its two atomics; the list of actions by its own lock.
final class ActiveCall implements Call {

    private static final Logger LOG = LoggerFactory.getLogger(ActiveCall.class);
    private static final int OUTSIDE = 0;
    private static final int INSIDE = 1;
    private static final int INTERRUPTING = 2;

    private final Peer peer;
    private final long number;
    private final long deadline;
    private final AtomicInteger position = new AtomicInteger(OUTSIDE);
    private final AtomicReference<@Nullable CallEnding> ended = new AtomicReference<>();
    private final List<Consumer<CallEnding>> actions = new ArrayList<>(0);
    private volatile @Nullable Thread thread;

    /// @param deadline by the monotonic clock
    ActiveCall(Peer peer, long number, long deadline) {
        this.peer = peer;
        this.number = number;
        this.deadline = deadline;
    }

    /// The calling thread is about to enter the handler.
    ///
    /// @return false when the call was cancelled already: then the handler is not to be entered, nor [#exit] called
    boolean enter() {
        thread = Thread.currentThread();
        position.set(INSIDE);
        if (ended.get() == null) {
            return true;
        }
        exit();
        return false;
    }

    /// The calling thread has left the handler. Clears the interrupt flag, whoever set it: a flag that a handler left behind would turn
    /// the next read or write into a closed channel.
    void exit() {
        while (!position.compareAndSet(INSIDE, OUTSIDE)) {
            Thread.onSpinWait();
        }
        thread = null;
        Thread.interrupted();
    }

    /// The response is no longer wanted: says so to the handler, and interrupts its thread if it is in there; but not because the client left,
    /// which is no reason to stop work half-way.
    void cancel(CallEnding why) {
        if (ended.compareAndSet(null, why)) {
            runActions(why);
        }
        Thread handling = thread;
        if (why != CallEnding.CLIENT_LEFT && handling != null && position.compareAndSet(INSIDE, INTERRUPTING)) {
            handling.interrupt();
            position.set(INSIDE);
        }
    }

    /// Why it was cancelled; null while it was not.
    @Nullable CallEnding ended() {
        return ended.get();
    }

    long deadline() {
        return deadline;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public long requestNumber() {
        return number;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(deadline - System.nanoTime());
    }

    @Override
    public boolean cancelled() {
        return ended.get() != null;
    }

    @Override
    public void onEnding(Consumer<CallEnding> action) {
        synchronized (actions) {
            if (ended.get() == null) {
                actions.add(action);
                return;
            }
        }
        CallEnding why = ended.get();
        if (why != null) {
            runApart(action, why);
        }
    }

    private void runActions(CallEnding why) {
        List<Consumer<CallEnding>> all;
        synchronized (actions) {
            all = List.copyOf(actions);
            actions.clear();
        }
        all.forEach(action -> runApart(action, why));
    }

    /// On a thread of its own: the reaper, which cancels most calls, must not wait for foreign code.
    private void runApart(Consumer<CallEnding> action, CallEnding why) {
        Thread.ofVirtual().name("sluice-ending-" + peer.connection()).start(() -> {
            try {
                action.accept(why);
            } catch (Throwable failed) {
                LOG.warn("event=ending-action-failed connection={} ending={}", peer.connection(), why, failed);
            }
        });
    }
}
