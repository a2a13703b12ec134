package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerEvent;
import dev.sluice.pool.Admission;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Work;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection that a loop serves without ever waiting for it: what comes to it from its loop, from the pool, and from those who end it.
///
/// ```
///   its loop: ready, a further turn ──────────────────────────────┐
///   the pool: run (the handler), done ────────────► task ─────────┼─► guarded ─► LoopConversation        drop ─► finish: ended
///   reaper, drainer, operators: end it in order ──► task, once ───┘                                       ▲
///                               end it at once: the socket is closed, and a task ─────────────────────────┘
/// ```
///
/// What is done for it on the loop is a [LoopConversation], confined to the loop's thread, as are `offLoop` and `finished`. The gate's lock carries
/// `handed` to the pool's thread, and the loop's queue of tasks carries it back; `completion` is that thread's; `asked` is a compare-and-set.
final class LoopConnection<Q, R> extends Connection<Q, R> implements Work {

    private static final Logger LOG = LoggerFactory.getLogger(LoopConnection.class);
    private static final Runnable NOTHING = () -> {};
    private static final VarHandle ASKED;

    final Loop loop;
    final LoopConversation<Q, R> conversation;
    private final LoopConduit conduit;
    /// The request that the pool is to handle.
    private @Nullable Q handed;
    /// What the pool's thread tells the loop when it is done.
    private Runnable completion = NOTHING;
    /// Of the few that need it.
    private @Nullable OffLoop offLoop;
    private boolean finished;
    /// The loop has been asked to look at it, and has not yet; lest a busy loop is asked again and again.
    private volatile boolean asked;

    static {
        try {
            ASKED = MethodHandles.lookup().findVarHandle(LoopConnection.class, "asked", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// Something to be done for a connection on its loop.
    interface Step {
        void run() throws IOException;
    }

    LoopConnection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events, Closer closer, Loop loop) {
        super(channel, peer, listener, endpoint, events);
        this.loop = loop;
        this.conduit = new LoopConduit(this, closer);
        this.conversation = new LoopConversation<>(this, conduit);
        loop.joined();
    }

    // ---- its loop ----

    /// Joins the loop. From the acceptor's thread.
    void join() {
        if (!execute(conversation::join)) {
            closeChannel();
            end(CloseReason.ERROR, "its loop has ended");
        }
    }

    void ready(SelectionKey ready) {
        try {
            conversation.serve(ready);
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            turnEnded();
        }
    }

    /// A turn to read what the loop was asked to come back for.
    void readAgain() {
        guarded(conversation::readAgain);
    }

    /// Whatever goes wrong in a step ends this connection, and nothing else. On the loop.
    void guarded(Step step) {
        try {
            step.run();
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            turnEnded();
        }
    }

    private void turnEnded() {
        loop.incoming.limit(0); // first: what one client has sent must never be taken for the next one's
        settle();
    }

    /// Counts what this turn has answered so far. On the loop.
    void settle() {
        if (!loop.batch.isEmpty()) {
            loop.batch.settle(listener(), loop.look());
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof IOException gone) {
            LOG.debug("event=connection-failed connection={}", id(), gone);
            drop(CloseReason.RESET, String.valueOf(gone.getMessage()));
        } else {
            LOG.warn("event=connection-error listener={} connection={}", listener().name(), id(), failure);
            events.publish(new ServerEvent.HandlerFailed(peer(), failure));
            drop(CloseReason.ERROR, failure.toString());
        }
    }

    /// Takes a step on the loop, soon. From any thread.
    ///
    /// @return false when the loop has ended
    boolean execute(Step step) {
        return loop.execute(() -> guarded(step));
    }

    /// For what may block. On the loop.
    OffLoop offLoop() {
        OffLoop known = offLoop;
        if (known == null) {
            known = new OffLoop(loop, id());
            offLoop = known;
        }
        return known;
    }

    // ---- the handler, on the loop or on the pool's thread ----

    /// Calls the handler, on this thread.
    ///
    /// @param now   as of the last look at the clock
    /// @param since how long ago that may be, but for a lapse of the [Ticks]: so much later the deadline comes
    Result<R> call(Q request, long now, long since, long waited) {
        ActiveCall call = begin(requests(), now + since);
        deadline = call.deadline();
        state(ConnectionState.HANDLING);
        servedBy = Thread.currentThread();
        Result<R> result = dialogue.call(request, call, now, waited);
        servedBy = null;
        return result;
    }

    /// Hands a request to the pool. On the loop.
    Admission hand(Q request, Gate gate) {
        handed = request;
        state(ConnectionState.HANDLING);
        return gate.submit(this);
    }

    /// What the pool has, or had; null when it is answered. On the loop.
    @Nullable Q handed() {
        return handed;
    }

    /// The call is over, for its client at least. On the loop.
    void called() {
        handed = null;
        current = null;
        deadline = NEVER;
    }

    @Override
    public void run(long waited) {
        queueWait = waited;
        Q request = Objects.requireNonNull(handed);
        Result<R> result = call(request, System.nanoTime(), 0, waited);
        ActiveCall call = current;
        completion = () -> {
            if (!execute(() -> conversation.completed(request, call, result))) {
                Dialogue.drop(result.response());
            }
        };
    }

    /// Back to the loop, once the permit is back.
    @Override
    public void done() {
        Runnable told = completion;
        completion = NOTHING;
        told.run();
    }

    @Override
    public void abandoned(Throwable cause) {
        LOG.warn("event=request-not-started listener={} connection={} cause={}", listener().name(), id(), cause.toString());
        execute(() -> conversation.givenBack(new Refusal.Overloaded()));
    }

    @Override
    public void turnAway() {
        execute(() -> conversation.givenBack(new Refusal.Draining()));
    }

    // ---- its end, on the loop ----

    /// Its loop ends before it does.
    void loopEnded() {
        drop(CloseReason.ERROR, "its loop has ended");
    }

    /// Ends it without a word.
    void drop(CloseReason reason, String detail) {
        conduit.deregister();
        closeChannel();
        cancelCall(CallEnding.CLIENT_LEFT);
        finish(reason, detail);
    }

    /// Lets go of everything, once; what becomes of the socket is decided.
    void finish(CloseReason reason, String detail) {
        if (finished) {
            return;
        }
        finished = true;
        Gate gate = listener().gate();
        conversation.release(gate);
        end(reason, detail);
        loop.left();
        if (dialogue.end()) {
            closeHandler(gate);
        }
    }

    boolean finished() {
        return finished;
    }

    /// Where handlers run.
    private void closeHandler(@Nullable Gate gate) {
        if (gate == null || gate.submitBeyondCapacity(new HandlerClosing(dialogue)) != Admission.ACCEPTED) {
            dialogue.closeHandler();
        }
    }

    // ---- from outside ----

    @Override
    boolean endIdle(Cause why, long idleFor) {
        boolean idle = standsIdle(System.nanoTime(), idleFor);
        if (idle && !asked) { // a drain comes by every few milliseconds, to thousands that wait for their loop
            ask(() -> conversation.endIdle(why, idleFor));
        }
        return idle;
    }

    private void ask(Step step) {
        if (ASKED.compareAndSet(this, false, true)) {
            loop.execute(() -> {
                asked = false;
                guarded(step);
                guarded(this::lookAnew); // a kick may have found the loop asked already
            });
        }
    }

    @Override
    void endNow(Cause why, CallEnding ending) {
        because(why);
        cancelCall(ending);
        closeChannel();
        end(why.reason(), why.detail());
        writer.output().abandon();
        if (!loop.execute(() -> drop(why.reason(), why.detail())) && !conversation.sender.pulling()) {
            writer.output().discard();
        }
    }

    @Override
    void expire(long now) {
        ActiveCall call = current;
        boolean onLoop = listener().gate() == null;
        if (call == null || now < call.deadline()) {
            ask(this::expireOnLoop);
        } else if (call.ended() == null) {
            expireCall(call, onLoop, now);
        } else if (onLoop) { // the loop is in the handler: nothing but closing the socket reaches its client
            endNow(new Cause(CloseReason.HANDLER_TIMEOUT, "the handler does not return"), CallEnding.DEADLINE);
        }
    }

    private void expireCall(ActiveCall call, boolean onLoop, long now) {
        if (onLoop) {
            if (now - call.deadline() < listener().ticks().lapse(decodedAt())) {
                return; // the loop may have begun it so much later than it knew
            }
            deadline = now + listener().terms().linger();
        }
        cancelLate(call);
        execute(this::expireOnLoop);
    }

    private void cancelLate(ActiveCall call) {
        String frame = stack().stream().findFirst().orElse("");
        call.cancel(CallEnding.DEADLINE);
        events.publish(new ServerEvent.HandlerTimedOut(peer(), Duration.ofNanos(listener().terms().handler()), frame));
    }

    private void expireOnLoop() throws IOException {
        if (ended() || !late(System.nanoTime())) {
            return;
        }
        switch (state()) {
            case IDLE -> conversation.endIdle(outOfPatience(), patience());
            case PREFACE -> drop(CloseReason.SLOW_PREFACE, "");
            case READING -> conversation.expireReading();
            case HANDLING -> conversation.expireHandler();
            case HANDSHAKE -> drop(CloseReason.SLOW_HANDSHAKE, "");
            case WRITING -> drop(CloseReason.WRITE_STALL, "");
            case QUEUED, CLOSING -> {}
        }
    }

    @Override
    void wake() {
        execute(this::lookAnew);
    }

    private void lookAnew() throws IOException {
        if (!ended() && lastAsked() && state() == ConnectionState.IDLE) {
            conversation.endIdle(new Cause(CloseReason.KICKED, ""), 0);
        }
    }
}
