package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerEvent;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Moving;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection that one thread serves, from its first byte to its last; or until the type of its pool changes, when another goes on.
///
/// ```
///   (HANDSHAKE, under TLS)
///    │        bytes (CAS)          complete             answered
///   IDLE ───────────────► READING ──────────► HANDLING ─────────► WRITING ──┐
///    ▲ │                                                                    │
///    │ └── ended from outside (CAS): our FIN ──► CLOSING ── peer's end ──►  │ ended
///    └──────────────────────────── next message ────────────────────────────┤
///                                                                           │ the pool has another executor
///   IDLE, or READING with what was read ahead ◄── its thread ── SUSPENDED ◄─┘
///                                                                  └── ended from outside, or no thread for it ──► ended
/// ```
///
/// At a boundary the thread waits in a plain read. Who wants to end the connection there says so in `intent`; at its next look the reaper,
/// if no byte has come since, moves it to CLOSING and sends our FIN, and the thread reads on to the peer's end. The time between gives a
/// thread that has just been woken by a request the chance to claim it. Waking it by `shutdownInput` or an interrupt would lose bytes the
/// kernel holds.
///
/// SUSPENDED is `suspended` beside a state. All that was answered has been sent. To others the connection is in the state in which the
/// next thread takes it up: IDLE with nothing read ahead, and all that may happen to an idle connection may happen to it, but that its
/// thread reads later; or READING, which nobody ends in order. Who ends it at once takes it back from the gate, and then does what its
/// next thread would have done at the end; if that has just come, it finds the socket closed, and does so itself.
///
/// What the thread does is a [Conversation], confined to it. Here is what others share: both sides of a boundary, the way from one thread
/// to another, and the end from outside. All of it is volatile or a compare-and-set, but for `room`, which the acceptor sets before the
/// gate has the connection.
final class BlockingConnection<Q, R> extends Connection<Q, R> implements Moving {

    private static final Logger LOG = LoggerFactory.getLogger(BlockingConnection.class);

    private final Conduit conduit;
    private final Conversation<Q, R> conversation;
    /// Tells the acceptor that the pool's queue has room.
    private Runnable room = () -> {};
    /// Left by one thread, and not yet taken up by the next; written by these two, and by who has taken it back.
    private volatile boolean suspended;
    /// Our FIN was sent from outside; set after the change to CLOSING.
    private volatile boolean finSent;

    BlockingConnection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events, Closer closer)
            throws IOException {
        super(channel, peer, listener, endpoint, events);
        this.conduit = new Conduit(channel, peer.remote(), listener, closer);
        this.conversation = new Conversation<>(this, conduit);
    }

    // ---- the thread that serves it ----

    @Override
    public boolean run(long waited, BooleanSupplier replaced) {
        if (!suspended && !begins(waited)) {
            return false; // turned away or ended while it was queued
        }
        servedBy = Thread.currentThread();
        try {
            conversation.run(replaced);
        } catch (IOException gone) {
            LOG.debug("event=connection-failed connection={}", id(), gone);
            closeChannel();
            end(CloseReason.RESET, String.valueOf(gone.getMessage()));
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            servedBy = null;
            if (!suspended) {
                leave();
            }
        }
        return suspended;
    }

    private boolean begins(long waited) {
        admit();
        rests(System.nanoTime());
        queueWait = waited;
        return claim(ConnectionState.QUEUED, ConnectionState.IDLE);
    }

    /// No thread will follow.
    private void leave() {
        if (!ended()) {
            end(CloseReason.ERROR, "");
        }
        conduit.release();
        writer.output().discard();
        if (dialogue.end()) {
            dialogue.closeHandler();
        }
    }

    private void failed(Throwable failure) {
        LOG.warn("event=connection-error listener={} connection={}", listener().name(), id(), failure);
        events.publish(new ServerEvent.HandlerFailed(peer(), failure));
        closeChannel();
        end(CloseReason.ERROR, failure.toString());
    }

    // ---- a boundary, which its thread and others want ----

    /// Takes the connection back from IDLE.
    ///
    /// @return false when it was ended from outside
    boolean claim() {
        while (!claim(ConnectionState.IDLE, ConnectionState.READING)) {
            if (finSent || ended()) {
                return false;
            }
            Thread.onSpinWait(); // whoever moved it to CLOSING is about to send our FIN, or to move it back
        }
        intent = null;
        return true;
    }

    /// If nothing has come since it was decided. What has arrived by now is served instead.
    private void endAtBoundary(Intent decided) {
        if (!claim(ConnectionState.IDLE, ConnectionState.CLOSING)) {
            return;
        }
        boolean ends = false;
        try {
            if (lastActive == decided.lastActive() && !conduit.unread()) {
                because(decided.why());
                ends = true;
                deadline = System.nanoTime() + listener().terms().linger();
                conduit.sayLast(id());
            }
        } catch (IOException gone) {
            ends = true;
            closeChannel();
        } finally {
            if (ends) {
                finSent = true;
            } else {
                state(ConnectionState.IDLE);
            }
        }
    }

    // ---- from one thread to another ----

    boolean suspended() {
        return suspended;
    }

    /// Its thread leaves it to the next.
    void suspend() {
        suspended = true;
        if (ended()) {
            suspended = false; // by somebody who may not have seen it, and so has left the rest to this thread
        }
    }

    /// The next has come.
    void resume() {
        suspended = false;
    }

    /// @return whether it waited for a thread, and none will come now
    private boolean takeBack() {
        Gate gate = listener().gate();
        if (!suspended || gate == null || !gate.withdraw(this)) {
            return false;
        }
        suspended = false;
        conduit.release();
        if (dialogue.end()) { // foreign code, which neither the reaper nor a drain waits for
            Thread.ofVirtual().name("sluice-ending-" + id()).start(dialogue::closeHandler);
        }
        return true;
    }

    // ---- from outside ----

    @Override
    void closeChannel() {
        super.closeChannel();
        conduit.hungUp();
    }

    void onRoom(Runnable action) {
        room = action;
    }

    @Override
    public void admitted() {
        room.run();
    }

    @Override
    public void abandoned(Throwable cause) {
        LOG.warn("event=connection-not-started listener={} connection={} cause={}", listener().name(), id(), cause.toString());
        if (suspended) {
            suspended = false;
            because(CloseReason.ERROR, cause.toString());
            conduit.leave(); // its last reply may not have been read yet
        } else {
            closeChannel();
        }
        end(CloseReason.ERROR, cause.toString());
        leave();
    }

    @Override
    boolean underPressure() {
        Gate gate = listener().gate();
        return gate != null && gate.waiting() > 0;
    }

    @Override
    boolean endIdle(Cause why, long idleFor) {
        return intend(why, idleFor);
    }

    @Override
    void endNow(Cause why, CallEnding ending) {
        because(why);
        Gate gate = listener().gate();
        if (state() == ConnectionState.QUEUED && gate != null && gate.withdraw(this)) {
            closeChannel();
            end(why.reason(), why.detail());
            room.run();
            return;
        }
        closeChannel();
        finSent = true;
        cancelCall(ending);
        conversation.abandon();
        end(why.reason(), why.detail());
        takeBack();
    }

    @Override
    void expire(long now) {
        Intent decided = intent;
        if (decided != null) {
            intent = null;
            endAtBoundary(decided);
            return;
        }
        ConnectionState doing = state();
        if (!late(now)) {
            return; // it was another state's, which is over by now
        }
        switch (doing) {
            case IDLE -> endIdle(outOfPatience(), patience());
            case HANDLING -> expireHandler(now);
            case WRITING -> endNow(new Cause(CloseReason.WRITE_STALL, ""), CallEnding.CLIENT_LEFT);
            case CLOSING -> {
                closeChannel();
                if (takeBack()) { // no thread has come for it in all this time
                    end(CloseReason.DRAINED, "");
                }
            }
            case HANDSHAKE -> endNow(new Cause(CloseReason.SLOW_HANDSHAKE, ""), CallEnding.CLIENT_LEFT);
            case PREFACE, READING, QUEUED -> {} // its own thread reads with the deadline
        }
    }

    /// First the handler is asked and interrupted, so that its own thread can tell the client; if it goes on, the socket is closed, and the
    /// permit stays with the thread that does not return.
    private void expireHandler(long now) {
        ActiveCall call = current;
        if (call == null || now < call.deadline()) {
            return;
        }
        if (call.ended() == null) {
            deadline = now + listener().terms().linger();
            call.cancel(CallEnding.DEADLINE);
            String frame = stack().stream().findFirst().orElse("");
            events.publish(new ServerEvent.HandlerTimedOut(peer(), Duration.ofNanos(listener().terms().handler()), frame));
        } else {
            deadline = NEVER;
            because(CloseReason.HANDLER_TIMEOUT, "the handler does not return");
            closeChannel();
            end(CloseReason.HANDLER_TIMEOUT, "the handler does not return");
        }
    }

    @Override
    public void turnAway() {
        if (!claim(ConnectionState.QUEUED, ConnectionState.CLOSING)) {
            return;
        }
        because(CloseReason.DRAINED, "queued");
        dialogue.answer(null, Result.unstarted(new Refusal.Draining()), true);
        ByteBuffer words = writer.words();
        conduit.linger(listener().identity() == null ? words : Conduit.NO_WORDS);
        end(CloseReason.DRAINED, "queued");
        room.run();
    }

    @Override
    void wake() {
        // A thread that reads, handles or writes looks at the registry at its next step.
    }
}
