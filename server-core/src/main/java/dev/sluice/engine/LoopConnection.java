package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerEvent;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Work;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.PeerTls;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.Closer;
import dev.sluice.transport.Link;
import dev.sluice.transport.SocketLink;
import dev.sluice.transport.TlsLink;
import dev.sluice.transport.tls.NotTls;
import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.wire.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection that a loop serves without ever waiting for it.
///
/// ```
///            bytes              complete              answered               all sent
///   IDLE ──────────► READING ────────────► HANDLING ────────────► WRITING ────────────► IDLE or READING
///                                          (a pool's thread,      (interest in writing,
///                                           or the loop)           none in reading)
/// ```
///
/// Everything here is confined to the loop's thread, but for what `Connection` shares, and the request in `handed`, which the gate's lock
/// carries to the pool's thread and the loop's queue of tasks carries back.
final class LoopConnection<Q, R> extends Connection<Q, R> implements Work {

    private static final Logger LOG = LoggerFactory.getLogger(LoopConnection.class);
    private static final Runnable NOTHING = () -> {};
    /// How much is read ahead while a request is with its handler.
    private static final int READ_AHEAD = 64 << 10;
    /// With more than this unsent, no further request is begun.
    private static final int UNSENT = 64 << 10;

    private final Loop loop;
    private final Closer closer;
    /// Where the bytes come from and go to: the socket, until TLS is agreed on, and then that.
    private Link link;
    /// Of TLS; null when there is none, or it is over.
    private @Nullable Handshake handshake;
    /// The loop is to read from it again, what no selector tells of.
    private boolean again;
    private final LongConsumer progress = this::progress;
    private final Runnable resume = this::resumeSource;
    private @Nullable SelectionKey key;
    private int interest;
    private @Nullable Q handed;
    /// Of the pool's thread: what it tells the loop when it is done.
    private Runnable completion = NOTHING;
    /// Of the few that need it.
    private @Nullable OffLoop offLoop;
    private boolean handling;
    /// A part of a body is being written to its file: nothing is read or decoded meanwhile.
    private boolean spooling;
    /// A source is pulled off the loop: nothing is sent meanwhile. Written by the loop.
    private volatile boolean pulling;
    /// The source that is pulled off the loop, which had nothing to give, has more.
    private boolean resumed;
    private boolean blocked;
    private boolean peerEnded;
    /// Nothing more is read or decoded: the connection ends once what is queued is sent.
    private boolean parting;
    private boolean finished;
    /// The reply on its way is the last, in a drain, and its protocol has no word for it.
    private boolean untold;
    /// The loop has been asked to look at it, and has not yet; lest a busy loop is asked again and again.
    private final AtomicBoolean asked = new AtomicBoolean();

    LoopConnection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events, Closer closer, Loop loop) {
        super(channel, peer, listener, endpoint, events);
        this.closer = closer;
        this.loop = loop;
        writer.output().closeElsewhere(close -> Thread.ofVirtual().name("sluice-ending-" + peer.connection()).start(close));
        this.link = new SocketLink(channel);
        loop.joined();
    }

    // ---- arriving and being ready ----

    /// Joins the loop. From the acceptor's thread.
    void join() {
        if (!loop.execute(() -> guarded(this::register))) {
            closeChannel();
            end(CloseReason.ERROR, "its loop has ended");
        }
    }

    private void register() throws IOException {
        if (ended()) {
            return;
        }
        key = channel.register(loop.selector(), SelectionKey.OP_READ, this);
        interest = SelectionKey.OP_READ;
        TlsIdentity identity = listener().identity();
        if (identity != null && preface() == null) {
            shake(identity);
            return;
        }
        stage(Stage.BETWEEN, System.nanoTime());
        state.set(ConnectionState.IDLE);
    }

    // ---- TLS ----

    /// Agrees on TLS; what has been read by now is its first.
    private void shake(TlsIdentity identity) throws IOException {
        handshakes();
        ByteBuffer early = loop.incoming;
        handshake = new Handshake(channel, identity, early, id(), new HandshakeHost());
        early.limit(early.position());
        shake();
    }

    private void shake() throws IOException {
        Handshake current = handshake;
        if (current == null || ended()) {
            return;
        }
        PeerTls agreement = null;
        try {
            agreement = current.advance();
        } catch (NotTls clear) {
            handshake = null;
            refuse(null, NOT_TLS, CloseReason.HANDSHAKE_FAILED, String.valueOf(clear.getMessage()));
            advance();
        } catch (IOException failed) {
            handshake = null;
            disagreed(failed);
            deregister();
            closer.linger(channel, current.farewell(), Duration.ofNanos(listener().terms().linger()));
            finish(CloseReason.HANDSHAKE_FAILED, "");
        }
        if (agreement != null) {
            handshake = null;
            link = current.link();
            begin(agreement);
        }
    }

    /// The protocol begins, over TLS.
    private void begin(PeerTls agreement) throws IOException {
        agreed(agreement);
        stage(Stage.BETWEEN, System.nanoTime());
        state.set(ConnectionState.IDLE);
        want(SelectionKey.OP_READ);
        read(); // the first request may have come with the client's last word
        if (!ended()) {
            rest();
        }
    }

    private final class HandshakeHost implements Handshake.Host {
        @Override
        public void interest(int operations) {
            want(operations);
        }

        @Override
        public void goOn() {
            loop.execute(() -> guarded(() -> {
                Handshake current = handshake;
                if (current != null) {
                    current.worked();
                    shake();
                }
            }));
        }
    }

    private void want(int operations) {
        SelectionKey registered = key;
        if (operations != interest && registered != null) {
            interest = operations;
            registered.interestOps(operations);
        }
    }

    /// A turn to read what the loop was asked to come back for.
    void readAgain() {
        again = false;
        guarded(() -> {
            if (!ended() && (interest & SelectionKey.OP_READ) != 0) {
                read();
            }
        });
    }

    // ---- being ready ----

    void ready(SelectionKey ready) {
        try {
            serve(ready);
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            settle();
            loop.incoming.limit(0);
        }
    }

    private void serve(SelectionKey ready) throws IOException {
        if (handshake != null) {
            shake();
            return;
        }
        if (ready.isValid() && ready.isWritable()) {
            blocked = false;
            advance();
        }
        if (ready.isValid() && ready.isReadable()) {
            read();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /// Whatever goes wrong in a step ends this connection, and nothing else.
    private void guarded(Step step) {
        try {
            step.run();
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            settle();
            loop.incoming.limit(0);
        }
    }

    /// Counts what this turn has answered so far.
    private void settle() {
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

    private void read() throws IOException {
        if (readSome() != 0 || !link.flushed()) {
            advance();
        }
    }

    /// Reads into the loop's buffer, which is empty.
    private int readSome() throws IOException {
        ByteBuffer in = loop.incoming.clear();
        int count;
        try {
            count = link.read(in);
        } finally {
            in.flip();
        }
        if (count < 0) {
            peerEnded = true;
        } else if (count > 0) {
            received(count, loop.look());
        }
        return count;
    }

    // ---- decoding, handling, writing ----

    /// Goes on as far as it can: decodes what is there, handles it or hands it over, and sends.
    private void advance() throws IOException {
        if (ended() || preface() != null && !prefaced()) {
            return;
        }
        ByteBuffer in = loop.incoming;
        writer.output().lend(loop.outgoing);
        try {
            boolean more = true;
            while (more) {
                decodeAll(in);
                settle();
                boolean stopped = !mayDecode();
                flush();
                more = (stopped || spared()) && mayDecode();
            }
            reader.hold(in);
        } finally {
            writer.output().settle();
        }
        if (!ended()) {
            rest();
        }
    }

    /// Takes what a balancer has to say first.
    ///
    /// @return whether the protocol begins, or has to say that there is one connection too many
    private boolean prefaced() throws IOException {
        PrefaceReader preface = preface();
        if (preface == null) {
            return true;
        }
        return switch (preface.take(this, loop.incoming, peerEnded ? -1 : loop.incoming.remaining())) {
            case PrefaceReader.Verdict.More more -> {
                state.set(ConnectionState.PREFACE);
                yield false;
            }
            case PrefaceReader.Verdict.Known known -> {
                boundary();
                TlsIdentity identity = listener().identity();
                if (identity != null) {
                    shake(identity);
                }
                yield identity == null;
            }
            case PrefaceReader.Verdict.Refused(CloseReason reason) -> {
                refuse(null, new Refusal.TooManyConnections(), reason, "");
                yield true;
            }
            case PrefaceReader.Verdict.Dropped(CloseReason reason, String detail) -> {
                drop(reason, detail);
                yield false;
            }
        };
    }

    private boolean mayDecode() {
        return !ended() && !handling && !spooling && !parting && !blocked && writer.output().pending() < UNSENT && !writer.output().streaming();
    }

    private void decodeAll(ByteBuffer in) throws IOException {
        while (mayDecode()) {
            switch (next(in, peerEnded && !link.truncated())) {
                case Decoded.Complete<Q>(Q request) -> dispatch(request);
                case Decoded.Interim<Q>(ByteBuffer words) -> writer.interim(words);
                case Decoded.Spool<Q>(SpoolFile file, ByteBuffer bytes) -> spool(file, bytes);
                case Decoded.Malformed<Q>(Q partial, int code, String detail) ->
                        refuse(partial, new Refusal.Malformed(code, detail), CloseReason.MALFORMED, detail);
                case Decoded.Incomplete<Q>(Stage stage) -> {
                    settle();
                    stage(stage, loop.now());
                    if (peerEnded) {
                        part(CloseReason.PEER, "");
                    }
                    return;
                }
            }
        }
    }

    private void spool(SpoolFile file, ByteBuffer bytes) {
        stage(Stage.BODY, System.nanoTime());
        spooling = true;
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        offLoop().run(() -> failure.set(stored(file, bytes)), thrown -> guarded(() -> spooled(failure.get(), thrown)), NOTHING);
    }

    private OffLoop offLoop() {
        OffLoop known = offLoop;
        if (known == null) {
            known = new OffLoop(loop, id());
            offLoop = known;
        }
        return known;
    }

    private void spooled(@Nullable String failure, @Nullable Throwable thrown) throws IOException {
        spooling = false;
        rethrow(thrown);
        if (failure != null && !ended()) {
            refuse(null, new Refusal.HandlerFailed(), CloseReason.ERROR, failure);
        }
        advance();
    }

    private static void rethrow(@Nullable Throwable thrown) throws IOException {
        switch (thrown) {
            case null -> {}
            case IOException failed -> throw failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private void dispatch(Q request) throws IOException {
        boundary();
        Gate gate = listener().gate();
        if (gate == null) {
            answerHere(request);
            return;
        }
        decoded(request, loop.now());
        handling = true;
        handed = request;
        state.set(ConnectionState.HANDLING);
        switch (gate.submit(this)) {
            case ACCEPTED, WAITING -> {}
            case REFUSED -> answer(request, Result.unstarted(new Refusal.Overloaded()));
            case CLOSED -> answer(request, Result.unstarted(new Refusal.Draining()));
        }
    }

    /// On the loop, which looks at the clock before and after each request only when somebody wants to know.
    private void answerHere(Q request) throws IOException {
        Batch batch = dialogue.timesEach() ? null : loop.batch;
        long now = batch == null ? loop.look() : loop.now();
        if (batch != null) {
            batch.begin(listener(), now);
        }
        decoded(request, now);
        answer(request, call(request, now, 0), batch);
    }

    private Result<R> call(Q request, long now, long waited) {
        ActiveCall call = begin(requests(), now);
        deadline = call.deadline();
        state.set(ConnectionState.HANDLING);
        servedBy = Thread.currentThread();
        Result<R> result = dialogue.call(request, call, now, waited);
        servedBy = null;
        return result;
    }

    @Override
    public void run(long waited) {
        queueWait = waited;
        Q request = Objects.requireNonNull(handed);
        Result<R> result = call(request, System.nanoTime(), waited);
        ActiveCall call = current;
        completion = () -> {
            if (!loop.execute(() -> guarded(() -> completed(request, call, result)))) {
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
        loop.execute(() -> guarded(() -> {
            Q request = handed;
            if (!ended() && handling && request != null) {
                answer(request, Result.unstarted(new Refusal.Overloaded()));
                advance();
            }
        }));
    }

    /// Back on the loop. When the handler's deadline has passed meanwhile, the client has its answer already.
    private void completed(Q request, @Nullable ActiveCall call, Result<R> result) throws IOException {
        if (ended() || !handling || call != current) {
            Dialogue.drop(result.response());
            return;
        }
        answer(request, result);
        advance();
    }

    private void answer(Q request, Result<R> result) throws IOException {
        answer(request, result, null);
    }

    /// @param batch that the request is counted with; null to count it now
    private void answer(Q request, Result<R> result, @Nullable Batch batch) throws IOException {
        ActiveCall call = current;
        handling = false;
        handed = null;
        current = null;
        deadline = NEVER;
        long now = loop.now();
        boolean more = more();
        CloseReason last = peerEnded && !more ? CloseReason.PEER : lastReason(requests(), more, now);
        Ending ending = dialogue.answer(request, result, last != null, batch);
        lastActive = now;
        untold = endsUntold(last);
        if (call != null && call.ended() == CallEnding.DEADLINE) {
            part(CloseReason.HANDLER_TIMEOUT, "");
        } else if (ends(ending, last)) {
            part(last != null ? last : closeReason(result), "");
        }
    }

    private static CloseReason closeReason(Result<?> result) {
        return switch (result.refusal()) {
            case null -> CloseReason.PEER;
            case Refusal.Overloaded overloaded -> CloseReason.OVERLOADED;
            case Refusal.Draining draining -> CloseReason.DRAINED;
            default -> CloseReason.ERROR;
        };
    }

    /// Whether bytes of a further request have come: those we hold, and in a drain those the kernel holds too, since they arrived before our FIN.
    private boolean more() {
        if (loop.incoming.hasRemaining() || reader.held() > 0) {
            return true;
        }
        try {
            return listener().draining() && !peerEnded && !parting && readSome() > 0;
        } catch (IOException gone) {
            return false; // the reply's write will say so
        }
    }

    private void refuse(@Nullable Q partial, Refusal why, CloseReason reason, String detail) {
        dialogue.answer(partial, Result.unstarted(why), true);
        part(reason, detail);
    }

    /// Ends the connection once what is queued is sent.
    private void part(CloseReason reason, String detail) {
        because(reason, detail);
        parting = true;
    }

    // ---- sending and waiting ----

    private void flush() throws IOException {
        if (ended() || blocked || pulling) {
            return;
        }
        if (!allSent()) {
            Sender.Sent sent = Sender.send(writer.output(), link, progress, resume);
            blocked = sent == Sender.Sent.PART;
            if (sent == Sender.Sent.BLOCKS && writer.output().head() instanceof Segment.Pulled source) {
                pull(source);
            }
        }
        if (parting && allSent()) {
            leave();
        }
    }

    private boolean allSent() {
        return writer.output().isEmpty() && link.flushed();
    }

    /// A reply that was the last, without a word for it, has been sent: the connection ends, unless more has come meanwhile.
    ///
    /// @return whether it has
    private boolean spared() throws IOException {
        if (!untold || ended() || handling || parting || !allSent()) {
            return false;
        }
        untold = false;
        if (more()) {
            return true;
        }
        part(CloseReason.DRAINED, "");
        leave();
        return false;
    }

    private void progress(long count) {
        sent(count);
        if (deadline != NEVER && !writer.output().isEmpty() && state() == ConnectionState.WRITING) {
            deadline = System.nanoTime() + listener().terms().write();
        }
    }

    /// Off the loop; unless it has said that it has nothing to give for now, and not yet that it has.
    private void pull(Segment.Pulled source) {
        if (source.paused() && !resumed) {
            return;
        }
        resumed = false;
        pulling = true;
        source.away();
        offLoop().run(() -> source.pull(resume), thrown -> guarded(() -> pulled(source, thrown)), writer.output()::discard);
    }

    private void pulled(Segment.Pulled source, @Nullable Throwable thrown) throws IOException {
        pulling = false;
        source.back();
        if (finished) {
            writer.output().discard();
        } else if (!ended()) {
            rethrow(thrown);
            advance();
        }
    }

    private void resumeSource() {
        loop.execute(() -> guarded(() -> {
            resumed = true;
            advance();
        }));
    }

    /// Says what the connection waits for now: to others by its state and deadline, to the selector by its interest.
    private void rest() {
        pending = writer.output().unsent();
        boolean unsent = !allSent();
        int wanted = blocked ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        boolean aheadEnough = (handling || unsent) && reader.held() >= READ_AHEAD;
        if (peerEnded || parting || spooling || aheadEnough) {
            wanted &= ~SelectionKey.OP_READ;
        }
        if (handling) {
            state.set(ConnectionState.HANDLING);
        } else if (unsent) {
            restUnsent();
        } else {
            restReading();
        }
        want(wanted);
        if (link.more() && (wanted & SelectionKey.OP_READ) != 0 && !again) {
            again = true;
            loop.again(this); // after others have had their turn
        }
    }

    private void restReading() {
        if (state() == ConnectionState.WRITING) {
            deadline = NEVER; // the write deadline is over, and the stage's begins
            stage(stage(), System.nanoTime());
        }
        boolean idle = stage() == Stage.BETWEEN;
        state.set(idle ? ConnectionState.IDLE : ConnectionState.READING);
        if (idle && lastAsked()) {
            wake(); // it was asked while its last reply was on its way
        }
    }

    private void restUnsent() {
        if (!blocked) {
            state.set(ConnectionState.WRITING);
            deadline = NEVER; // a source has nothing to give: that is not the client's fault
        } else if (state() != ConnectionState.WRITING || deadline == NEVER) {
            state.set(ConnectionState.WRITING);
            deadline = System.nanoTime() + listener().terms().write();
        }
    }

    // ---- ending ----

    /// All is said: the closer sends our FIN and waits for the peer's.
    private void leave() throws IOException {
        deregister();
        ByteBuffer words = link.farewell();
        if (!words.hasRemaining()) {
            channel.shutdownOutput();
        }
        closer.linger(channel, words, Duration.ofNanos(listener().terms().linger()));
        finish(CloseReason.PEER, "");
    }

    /// Its loop ends before it does.
    void loopEnded() {
        drop(CloseReason.ERROR, "its loop has ended");
    }

    private void drop(CloseReason reason, String detail) {
        deregister();
        closeChannel();
        cancelCall(CallEnding.CLIENT_LEFT);
        finish(reason, detail);
    }

    private void deregister() {
        SelectionKey registered = key;
        if (registered != null) {
            registered.cancel();
            key = null;
        }
    }

    private void finish(CloseReason reason, String detail) {
        if (finished) {
            return;
        }
        finished = true;
        Gate gate = listener().gate();
        if (handling && gate != null) {
            gate.withdraw(this);
        }
        if (pulling) {
            writer.output().abandon(); // and dropped once it is back
        } else {
            writer.output().discard();
        }
        end(reason, detail);
        loop.left();
        if (dialogue.end()) {
            closeHandler(gate);
        }
    }

    /// Where handlers run.
    private void closeHandler(@Nullable Gate gate) {
        if (gate == null || gate.submitBeyondCapacity(new HandlerClosing(dialogue)) != dev.sluice.pool.Admission.ACCEPTED) {
            dialogue.closeHandler();
        }
    }

    // ---- from outside ----

    @Override
    boolean endIdle(Cause why, long idleFor) {
        boolean idle = state() == ConnectionState.IDLE && idleFor(System.nanoTime()) >= idleFor;
        if (idle && !asked.get()) { // a drain comes by every few milliseconds, to thousands that wait for their loop
            ask(() -> endIdleOnLoop(why, idleFor));
        }
        return idle;
    }

    private void ask(Step step) {
        if (asked.compareAndSet(false, true)) {
            loop.execute(() -> {
                asked.set(false);
                guarded(step);
                guarded(this::lookAnew); // a kick may have found the loop asked already
            });
        }
    }

    /// What has arrived by now is served instead.
    private void endIdleOnLoop(Cause why, long idleFor) throws IOException {
        if (ended() || state() != ConnectionState.IDLE || idleFor(System.nanoTime()) < idleFor) {
            return;
        }
        if (readSome() > 0) {
            advance();
            return;
        }
        because(why);
        leave();
    }

    @Override
    void endNow(Cause why, CallEnding ending) {
        because(why);
        cancelCall(ending);
        closeChannel();
        end(why.reason(), why.detail());
        writer.output().abandon();
        if (!loop.execute(() -> drop(why.reason(), why.detail())) && !pulling) {
            writer.output().discard();
        }
    }

    @Override
    void expire(long now) {
        ActiveCall call = current;
        boolean onLoop = listener().gate() == null;
        if (call == null || now < call.deadline()) {
            ask(() -> expireOnLoop(System.nanoTime()));
        } else if (call.ended() == null) {
            if (onLoop) {
                deadline = now + listener().terms().linger();
            }
            expireCall(call);
            loop.execute(() -> guarded(() -> expireOnLoop(System.nanoTime())));
        } else if (onLoop) { // the loop is in the handler: nothing but closing the socket reaches its client
            endNow(new Cause(CloseReason.HANDLER_TIMEOUT, "the handler does not return"), CallEnding.DEADLINE);
        }
    }

    private void expireCall(ActiveCall call) {
        String frame = stack().stream().findFirst().orElse("");
        call.cancel(CallEnding.DEADLINE);
        events.publish(new ServerEvent.HandlerTimedOut(peer(), Duration.ofNanos(listener().terms().handler()), frame));
    }

    private void expireOnLoop(long now) throws IOException {
        if (ended() || !late(now)) {
            return;
        }
        switch (state()) {
            case IDLE -> endIdleOnLoop(outOfPatience(), patience());
            case PREFACE -> drop(CloseReason.SLOW_PREFACE, "");
            case READING -> {
                if (spooling) {
                    return; // the disk is slow; the client is judged when it is asked for more
                }
                refuse(null, new Refusal.TimedOut(stage()), stage() == Stage.HEAD ? CloseReason.SLOW_HEAD : CloseReason.SLOW_BODY, "");
                advance();
            }
            case HANDLING -> expireHandler();
            case HANDSHAKE -> drop(CloseReason.SLOW_HANDSHAKE, "");
            case WRITING -> drop(CloseReason.WRITE_STALL, "");
            case QUEUED, CLOSING -> {}
        }
    }

    /// The client is told at once; what the handler returns later is dropped.
    private void expireHandler() throws IOException {
        Q request = handed;
        ActiveCall call = current;
        if (!handling || request == null || call == null || call.ended() == null) {
            return;
        }
        answer(request, Result.refused(new Refusal.HandlerTimedOut(), Outcome.TIMED_OUT, 0, queueWait));
        because(CloseReason.HANDLER_TIMEOUT, "");
        parting = true;
        advance();
    }

    @Override
    public void turnAway() {
        loop.execute(() -> guarded(() -> {
            Q request = handed;
            if (!ended() && handling && request != null) {
                answer(request, Result.unstarted(new Refusal.Draining()));
                advance();
            }
        }));
    }

    @Override
    void wake() {
        loop.execute(() -> guarded(this::lookAnew));
    }

    private void lookAnew() throws IOException {
        if (!ended() && lastAsked() && state() == ConnectionState.IDLE) {
            endIdleOnLoop(new Cause(CloseReason.KICKED, ""), 0);
        }
    }
}
