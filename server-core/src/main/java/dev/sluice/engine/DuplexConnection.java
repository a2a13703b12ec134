package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerEvent;
import dev.sluice.engine.DuplexQueues.Item;
import dev.sluice.pool.Admission;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Work;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection of two threads and a pool between them: a receiver, a processor and a sender, joined by two queues.
///
/// ```
///  DuplexReceiver ─► inbound ─► DuplexProcessor ─► outbound ─► DuplexSender
///   reads, decodes        one handler at a time, on the pool    encodes, writes
///                         (words and faults pass by, in their order)
///
///  IDLE: at a boundary and nothing in flight    READING: within a message    HANDLING: in inbound or the handler    WRITING: in outbound
///  HANDSHAKE: before all that, under TLS        PREFACE: READING what a balancer says     CLOSING: our FIN is sent, or decided on
/// ```
///
/// Here is what the three share, and how the connection is ended from outside. Every change of state, `finSent` and `handshaking` are
/// guarded by the lock of the queues. Whichever of the two threads of its own leaves last ends the connection.
final class DuplexConnection<Q, R> extends Connection<Q, R> implements Work {

    private static final Logger LOG = LoggerFactory.getLogger(DuplexConnection.class);

    private final Conduit conduit;
    private final DuplexQueues<Q, R> queues;
    private final DuplexReceiver<Q, R> receiver;
    private final DuplexProcessor<Q, R> processor;
    private final DuplexSender<Q, R> sender;
    /// Of its two threads, how many have not left.
    private final AtomicInteger running = new AtomicInteger(2);
    private boolean handshaking;
    private boolean finSent;
    private volatile @Nullable Thread receiving;
    private volatile @Nullable Thread sending;

    DuplexConnection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events, Closer closer)
            throws IOException {
        super(channel, peer, listener, endpoint, events);
        this.conduit = new Conduit(channel, peer.remote(), listener, closer);
        this.queues = new DuplexQueues<>(() -> listener.terms().pipelined(), this::settle);
        this.receiver = new DuplexReceiver<>(this, queues, conduit);
        this.processor = new DuplexProcessor<>(this, queues);
        this.sender = new DuplexSender<>(this, queues, conduit);
    }

    // ---- the receiver's thread ----

    void runReceiver() {
        receiving = Thread.currentThread();
        try {
            queues.settle();
            receiver.run();
        } catch (IOException gone) {
            gone(gone);
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            receives(Stage.BETWEEN);
            receiving = null;
            leave(1);
        }
    }

    /// The receiver has come to this stage of a message.
    void receives(Stage stage) {
        queues.at(stage);
        if (stage == Stage.BETWEEN) {
            wake(); // it may have been asked for its last reply within the message
        }
    }

    /// The receiver agrees on TLS, or has done so: nobody ends the connection in order meanwhile.
    void agreeing(boolean now) {
        queues.lock.lock();
        try {
            handshaking = now;
            if (!now) {
                queues.settle();
            } else if (!queues.stopped()) {
                handshakes();
            }
        } finally {
            queues.lock.unlock();
        }
    }

    /// @param next what the receiver goes on with
    /// @return false when the connection is ending
    boolean enqueue(Item<Q, R> item, Stage next) {
        boolean put = queues.put(item, next);
        if (put) {
            processor.advance();
        }
        return put;
    }

    @Override
    void stalled(long nanos) {
        receiver.stalled(nanos);
    }

    // ---- the pool's thread ----

    @Override
    public void run(long waited) {
        queueWait = waited;
        processor.run(waited);
    }

    @Override
    public void done() {
        processor.done();
    }

    @Override
    public void abandoned(Throwable cause) {
        LOG.warn("event=request-not-started listener={} connection={} cause={}", listener().name(), id(), cause.toString());
        processor.refuse(new Refusal.Overloaded());
    }

    @Override
    public void turnAway() {
        processor.refuse(new Refusal.Draining());
    }

    // ---- the sender's thread ----

    void runSender() {
        sending = Thread.currentThread();
        try {
            if (sender.run()) {
                because(CloseReason.DRAINED, "");
                part();
            }
        } catch (IOException gone) {
            gone(gone);
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            writer.output().discard();
            dropUnsent();
            sending = null;
            leave(1);
        }
    }

    /// @param waits for one; otherwise null when there is none
    /// @return null also when the connection has stopped
    @Nullable Item<Q, R> dequeue(boolean waits) {
        Item<Q, R> item = queues.take(waits);
        if (item != null) {
            processor.advance();
        }
        return item;
    }

    void sentAll(int items) {
        queues.sent(items);
        processor.advance();
        wake();
    }

    /// The sender has said all: our FIN. The receiver, if it still reads, reads on to the peer's end.
    private void part() throws IOException {
        queues.lock.lock();
        try {
            beginClosing();
        } finally {
            queues.lock.unlock();
        }
        conduit.writeLast();
    }

    /// Our FIN is next. Under the queues' lock.
    private void beginClosing() {
        finSent = true;
        queues.stop();
        state(ConnectionState.CLOSING);
        deadline = System.nanoTime() + listener().terms().linger();
    }

    private void dropUnsent() {
        for (Item<Q, R> item : queues.drop()) {
            if (item instanceof Item.Answer<Q, R> answer) {
                Dialogue.drop(answer.result().response());
            }
        }
    }

    // ---- ending ----

    private void gone(IOException why) {
        LOG.debug("event=connection-failed connection={}", id(), why);
        because(CloseReason.RESET, String.valueOf(why.getMessage()));
        stop(CallEnding.CLIENT_LEFT);
    }

    private void failed(Throwable failure) {
        LOG.warn("event=connection-error listener={} connection={}", listener().name(), id(), failure);
        events.publish(new ServerEvent.HandlerFailed(peer(), failure));
        because(CloseReason.ERROR, failure.toString());
        stop(CallEnding.CLIENT_LEFT);
    }

    /// So many of its threads could not be started.
    void failed(int threads) {
        because(CloseReason.ERROR, "no thread to serve it");
        stop(CallEnding.CLIENT_LEFT);
        leave(threads);
    }

    void stop(CallEnding ending) {
        queues.stop();
        closeChannel();
        cancelCall(ending);
        sender.abandon();
    }

    @Override
    void closeChannel() {
        super.closeChannel();
        conduit.hungUp();
    }

    /// The threads that ran here and no longer do. The last of them ends the connection.
    private void leave(int threads) {
        if (running.addAndGet(-threads) > 0) {
            return;
        }
        servedBy = null;
        conduit.awaitSaid();
        conduit.release();
        if (channel.isOpen()) {
            conduit.linger(receiver.parting());
        }
        end(CloseReason.RESET, "");
        processor.withdraw();
        if (dialogue.end()) {
            closeHandler();
        }
    }

    private void closeHandler() {
        Gate gate = Objects.requireNonNull(listener().gate());
        if (gate.submitBeyondCapacity(new HandlerClosing(dialogue)) != Admission.ACCEPTED) {
            dialogue.closeHandler();
        }
    }

    // ---- what others see ----

    /// Says to others what the connection does. Under the queues' lock.
    private void settle(ConnectionState standing) {
        if (finSent || ended() || handshaking) {
            return;
        }
        if (standing == ConnectionState.IDLE && state() != ConnectionState.IDLE) {
            rests(System.nanoTime());
        }
        boolean prefacing = standing == ConnectionState.READING && preface() != null;
        state(prefacing ? ConnectionState.PREFACE : standing);
        deadline = nextDeadline();
        servedBy = switch (standing) {
            case HANDLING -> processor.thread() != null ? processor.thread() : receiving;
            case WRITING -> sending;
            case QUEUED, HANDSHAKE, IDLE, PREFACE, READING, CLOSING -> receiving;
        };
    }

    private long nextDeadline() {
        ActiveCall call = current;
        long write = sender.writeDeadline();
        return call == null || call.ended() != null ? write : Math.min(write, call.deadline());
    }

    @Override
    public boolean serves(Thread thread) {
        return thread == receiving || thread == sending || thread == processor.thread();
    }

    // ---- from outside ----

    @Override
    boolean endIdle(Cause why, long idleFor) {
        return intend(why, idleFor);
    }

    /// If nothing has come since it was decided. What has arrived by now is served instead.
    private void endAtBoundary(Intent decided) {
        queues.lock.lock();
        try {
            if (queues.stopped() || state() != ConnectionState.IDLE || lastActive != decided.lastActive() || conduit.unread()) {
                return;
            }
            because(decided.why());
            beginClosing();
            conduit.sayLast(id());
        } catch (IOException gone) {
            closeChannel();
        } finally {
            queues.lock.unlock();
        }
    }

    @Override
    void endNow(Cause why, CallEnding ending) {
        because(why);
        stop(ending);
        processor.withdraw();
        end(why.reason(), why.detail());
    }

    @Override
    void expire(long now) {
        Intent decided = intent;
        if (decided != null) {
            intent = null;
            endAtBoundary(decided);
            return;
        }
        ActiveCall call = current;
        if (state() == ConnectionState.CLOSING) {
            closeChannel();
        } else if (state() == ConnectionState.HANDSHAKE && late(now)) {
            endNow(new Cause(CloseReason.SLOW_HANDSHAKE, ""), CallEnding.CLIENT_LEFT);
        } else if (now >= sender.writeDeadline()) {
            endNow(new Cause(CloseReason.WRITE_STALL, ""), CallEnding.CLIENT_LEFT);
        } else if (call != null && now >= call.deadline()) {
            processor.expire(call);
        } else if (state() == ConnectionState.IDLE && late(now)) {
            endIdle(outOfPatience(), patience());
        } else {
            queues.settle();
        }
    }

    /// Asked for its last reply with none to come: ends now.
    @Override
    void wake() {
        if (lastAsked()) {
            endIdle(new Cause(CloseReason.KICKED, ""), 0);
        }
    }
}
