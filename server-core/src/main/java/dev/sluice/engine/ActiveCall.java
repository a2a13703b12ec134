package dev.sluice.engine;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
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
/// Guarded by its three atomic fields, which are no objects of their own because every request has a call. There is no lock: handlers hold the call, and could
/// keep its monitor from the reaper.
final class ActiveCall implements Call {

    private static final Logger LOG = LoggerFactory.getLogger(ActiveCall.class);
    private static final int OUTSIDE = 0;
    private static final int INSIDE = 1;
    private static final int INTERRUPTING = 2;
    private static final VarHandle POSITION;
    private static final VarHandle ENDED;
    private static final VarHandle ACTIONS;
    /// In place of actions: they have been run, or are just being.
    private static final Action TAKEN = new Action(ending -> {}, null);

    static {
        try {
            POSITION = MethodHandles.lookup().findVarHandle(ActiveCall.class, "position", int.class);
            ENDED = MethodHandles.lookup().findVarHandle(ActiveCall.class, "ended", CallEnding.class);
            ACTIONS = MethodHandles.lookup().findVarHandle(ActiveCall.class, "actions", Action.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Peer peer;
    private final long number;
    private final long deadline;
    private volatile int position = OUTSIDE;
    private volatile @Nullable CallEnding ended;
    /// To be run when the call is cancelled, the latest first; null until there is one.
    private volatile @Nullable Action actions;
    private volatile @Nullable Thread thread;

    private record Action(Consumer<CallEnding> what, @Nullable Action before) {}

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
        position = INSIDE;
        if (ended == null) {
            return true;
        }
        exit();
        return false;
    }

    /// The calling thread has left the handler. Clears the interrupt flag, whoever set it: a flag that a handler left behind would turn
    /// the next read or write into a closed channel.
    void exit() {
        while (!POSITION.compareAndSet(this, INSIDE, OUTSIDE)) {
            Thread.onSpinWait();
        }
        thread = null;
        Thread.interrupted();
    }

    /// The response is no longer wanted: says so to the handler, and interrupts its thread if it is in there; but not because the client left,
    /// which is no reason to stop work half-way.
    void cancel(CallEnding why) {
        if (ENDED.compareAndSet(this, null, why)) {
            runActions(why);
        }
        Thread handling = thread;
        if (why != CallEnding.CLIENT_LEFT && handling != null && POSITION.compareAndSet(this, INSIDE, INTERRUPTING)) {
            handling.interrupt();
            position = INSIDE;
        }
    }

    /// Why it was cancelled; null while it was not.
    @Nullable CallEnding ended() {
        return ended;
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
        return ended != null;
    }

    @Override
    public void onEnding(Consumer<CallEnding> action) {
        Action known = actions;
        while (known != TAKEN) {
            if (ACTIONS.compareAndSet(this, known, new Action(action, known))) {
                return;
            }
            known = actions;
        }
        runApart(action, Objects.requireNonNull(ended)); // which is written before the actions are taken
    }

    private void runActions(CallEnding why) {
        for (Action next = (Action) ACTIONS.getAndSet(this, TAKEN); next != null; next = next.before()) {
            runApart(next.what(), why);
        }
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
