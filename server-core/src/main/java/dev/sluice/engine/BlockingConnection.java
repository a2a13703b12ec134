package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerEvent;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Moving;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.Closer;
import dev.sluice.transport.Link;
import dev.sluice.transport.SocketLink;
import dev.sluice.transport.TlsWire;
import dev.sluice.transport.Wire;
import dev.sluice.transport.tls.NotTls;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
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
/// At a boundary the thread waits in a plain read. Who wants to end the connection there says so in `intent`; at its next look the reaper, if no byte has come since,
/// moves it to CLOSING and sends our FIN, and the thread reads on to the peer's end. The time between gives a thread that has just
/// been woken by a request the chance to claim it. Waking it by `shutdownInput` or an interrupt would lose bytes the kernel holds. Inside a message
/// the thread reads with a deadline, so that it can write the refusal itself.
///
/// SUSPENDED is `suspended` beside a state. All that was answered has been sent. To others the connection is in the state in which the
/// next thread takes it up: IDLE with nothing read ahead, and all that may happen to an idle connection may happen to it, but that its
/// thread reads later; or READING, which nobody ends in order. Who ends it at once takes it back from the gate, and then does what its
/// next thread would have done at the end; if that has just come, it finds the socket closed, and does so itself.
final class BlockingConnection<Q, R> extends Connection<Q, R> implements Moving {

    private static final Logger LOG = LoggerFactory.getLogger(BlockingConnection.class);
    private static final ByteBuffer NO_WORDS = ByteBuffer.allocate(0);
    private static final int READ = 8 << 10;
    /// Replies to pipelined requests gather while handlers answer within this; a slower one must not hold up the replies before it.
    private static final long QUICK = 50_000;
    private static final int GATHERED = 32 << 10;

    private final Closer closer;
    /// Where the bytes come from and go to: the socket, until TLS is agreed on, and then that. Replaced before the first boundary.
    private Wire wire;
    private Link link;
    private final LastWord lastWord;
    private final Semaphore resumed = new Semaphore(0);
    private final ByteBuffer buffer = ByteBuffer.allocate(READ).limit(0);
    private Runnable room = () -> {};
    private boolean peerEnded;
    private long lastService;
    private BooleanSupplier replaced = () -> false;
    /// Left by one thread, and not yet taken up by the next; written by these two, and by who has taken it back.
    private volatile boolean suspended;
    /// Our FIN was sent from outside; set after the change to CLOSING.
    private volatile boolean finSent;

    BlockingConnection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events, Closer closer)
            throws IOException {
        super(channel, peer, listener, endpoint, events);
        this.closer = closer;
        this.wire = Wire.over(channel, peer.remote());
        this.link = new SocketLink(channel);
        this.lastWord = new LastWord(channel);
    }

    // ---- the thread that serves it ----

    @Override
    public boolean run(long waited, BooleanSupplier leaves) {
        if (!suspended && !begins(waited)) {
            return false; // turned away or ended while it was queued
        }
        replaced = leaves;
        servedBy = Thread.currentThread();
        try {
            converse();
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
        return state.compareAndSet(ConnectionState.QUEUED, ConnectionState.IDLE);
    }

    /// No thread will follow.
    private void leave() {
        if (!ended()) {
            end(CloseReason.ERROR, "");
        }
        wire.release();
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

    private void converse() throws IOException {
        boolean open = introduced() && agrees() && resumes();
        while (open) {
            open = switch (next(buffer, peerEnded && !link.truncated())) {
                case Decoded.Complete<Q>(Q request) -> serve(request) && stays();
                case Decoded.Interim<Q>(ByteBuffer words) -> {
                    writer.interim(words);
                    flush();
                    yield true;
                }
                case Decoded.Spool<Q>(SpoolFile file, ByteBuffer bytes) -> spool(file, bytes);
                case Decoded.Malformed<Q>(Q partial, int code, String detail) -> refuse(partial, new Refusal.Malformed(code, detail),
                        CloseReason.MALFORMED, detail);
                case Decoded.Incomplete<Q>(Stage stage) -> {
                    reader.hold(buffer);
                    flush();
                    yield peerEnded ? part(CloseReason.PEER, "") : fill(stage);
                }
            };
        }
    }

    private boolean spool(SpoolFile file, ByteBuffer bytes) throws IOException {
        String failure = stored(file, bytes);
        if (failure != null && ended()) {
            throw new ClosedChannelException();
        }
        return failure == null || refuse(null, new Refusal.HandlerFailed(), CloseReason.ERROR, failure);
    }

    /// Reads what a balancer has to say first, where one has to.
    ///
    /// @return whether the conversation begins
    private boolean introduced() throws IOException {
        Introduction introduction = introduction();
        if (introduction == null) {
            return true;
        }
        if (!awaitMessage()) {
            return false;
        }
        int count = peerEnded ? -1 : buffer.remaining();
        while (true) {
            switch (introduction.take(this, buffer, count)) {
                case Introduction.Verdict.Known known -> {
                    return true;
                }
                case Introduction.Verdict.Refused(CloseReason reason) -> {
                    return refuse(null, new Refusal.TooManyConnections(), reason, "");
                }
                case Introduction.Verdict.Dropped(CloseReason reason, String detail) -> {
                    closeChannel();
                    end(reason, detail);
                    return false;
                }
                case Introduction.Verdict.More more -> {
                    state.set(ConnectionState.PREFACE);
                    count = wire.read(buffer.clear(), introductionLeft());
                    arrived(count);
                }
            }
        }
    }

    /// Agrees on TLS, where the listener speaks it. No other thread ends a connection in order meanwhile: the reaper closes one that is late.
    ///
    /// @return whether the conversation begins
    private boolean agrees() throws IOException {
        TlsIdentity identity = listener().identity();
        if (identity == null || suspended) {
            return true;
        }
        if (state() == ConnectionState.IDLE && !claim()) {
            return dropRest(0);
        }
        handshakes();
        TlsWire tls = new TlsWire(channel, wire, identity, buffer);
        buffer.limit(buffer.position());
        try {
            agreed(tls.handshake());
        } catch (NotTls clear) {
            return refuse(null, NOT_TLS, CloseReason.HANDSHAKE_FAILED, String.valueOf(clear.getMessage()));
        } catch (IOException failed) {
            disagreed(failed);
            closer.linger(channel, tls.link().farewell(), Duration.ofNanos(listener().terms().linger()));
            end(CloseReason.HANDSHAKE_FAILED, "");
            return false;
        }
        wire = tls;
        link = tls.link();
        return true;
    }

    // ---- reading ----

    private boolean fill(Stage stage) throws IOException {
        long now = System.nanoTime();
        stage(stage, now);
        if (stage == Stage.BETWEEN) {
            return awaitMessage();
        }
        state.set(ConnectionState.READING);
        long left = deadline - now;
        if (left > 0) {
            int count = wire.read(buffer.clear(), left);
            if (count != Wire.TIMED_OUT) {
                arrived(count);
                return true;
            }
        }
        return refuse(null, new Refusal.TimedOut(stage),
                stage == Stage.HEAD ? CloseReason.SLOW_HEAD : CloseReason.SLOW_BODY, "");
    }

    private void arrived(int count) {
        if (count == Wire.TIMED_OUT) {
            return;
        }
        if (count < 0) {
            peerEnded = true;
            buffer.position(0).limit(0);
        } else {
            buffer.position(0).limit(count);
            received(count, System.nanoTime());
        }
    }

    /// Waits at a boundary, where the connection may be ended from outside.
    private boolean awaitMessage() throws IOException {
        return rest() && listen();
    }

    /// @return false when it was asked for its last reply, and has ended
    private boolean rest() throws IOException {
        state.set(ConnectionState.IDLE);
        if (lastAsked() && state.compareAndSet(ConnectionState.IDLE, ConnectionState.CLOSING)) {
            return part(CloseReason.KICKED, "");
        }
        return true;
    }

    private boolean listen() throws IOException {
        int count = wire.read(buffer.clear());
        if (!claim()) {
            return dropRest(count);
        }
        if (count < 0) {
            state.set(ConnectionState.READING);
        }
        arrived(count);
        return true;
    }

    /// Takes the connection back from IDLE.
    ///
    /// @return false when it was ended from outside
    private boolean claim() {
        while (!state.compareAndSet(ConnectionState.IDLE, ConnectionState.READING)) {
            if (finSent || ended()) {
                return false;
            }
            Thread.onSpinWait(); // whoever moved it to CLOSING is about to send our FIN, or to move it back
        }
        intent = null;
        return true;
    }

    private boolean dropRest(int count) throws IOException {
        lastWord.awaitSaid();
        if (count < 0) {
            closeChannel();
        } else if (channel.isOpen()) {
            closer.linger(channel, NO_WORDS, Duration.ofNanos(listener().terms().linger()));
        }
        end(CloseReason.DRAINED, "");
        return false;
    }

    // ---- from one thread to another ----

    /// The boundary after a response.
    ///
    /// @return whether this thread goes on
    private boolean stays() throws IOException {
        if (!replaced.getAsBoolean()) {
            return true;
        }
        flush();
        deadline = NEVER;
        if (readAhead()) {
            state.set(ConnectionState.READING);
        } else {
            stage(Stage.BETWEEN, System.nanoTime());
            if (!rest()) {
                return false;
            }
        }
        suspended = true;
        if (ended()) {
            suspended = false; // by somebody who may not have seen it, and so has left the rest to this thread
        }
        return false;
    }

    private boolean readAhead() {
        return buffer.hasRemaining() || reader.held() > 0;
    }

    /// Takes the conversation up where the thread before has left it, if there was one.
    private boolean resumes() throws IOException {
        boolean resting = suspended && !readAhead();
        suspended = false;
        return !resting || listen();
    }

    /// @return whether it waited for a thread, and none will come now
    private boolean takeBack() {
        Gate gate = listener().gate();
        if (!suspended || gate == null || !gate.withdraw(this)) {
            return false;
        }
        suspended = false;
        wire.release();
        if (dialogue.end()) { // foreign code, which neither the reaper nor a drain waits for
            Thread.ofVirtual().name("sluice-ending-" + id()).start(dialogue::closeHandler);
        }
        return true;
    }

    // ---- handling and writing ----

    private boolean serve(Q request) throws IOException {
        boundary();
        long now = System.nanoTime();
        decoded(request, now);
        long number = requests();
        ActiveCall call = begin(number, now);
        deadline = call.deadline();
        if (!writer.output().isEmpty() && lastService > QUICK) {
            flush();
            deadline = call.deadline();
        }
        state.set(ConnectionState.HANDLING);
        Result<R> result = dialogue.call(request, call, now, 0);
        current = null;
        long done = System.nanoTime();
        lastService = done - now;
        deadline = done + listener().terms().write(); // before the state, lest the handler's is taken for it
        state.set(ConnectionState.WRITING);
        boolean more = more();
        CloseReason last = peerEnded && !more ? CloseReason.PEER : lastReason(number, more, done);
        Ending ending = dialogue.answer(request, result, last != null);
        lastActive = done;
        if (call.ended() == CallEnding.DEADLINE) {
            return part(CloseReason.HANDLER_TIMEOUT, "");
        }
        if (ends(ending, last)) {
            return part(last != null ? last : result.response() == null ? CloseReason.ERROR : CloseReason.PEER, "");
        }
        if (endsUntold(last)) {
            flush();
            return more() || part(CloseReason.DRAINED, "");
        }
        if (!more || writer.output().pending() > GATHERED || writer.output().streaming()) {
            flush();
        }
        return true;
    }

    /// Whether bytes of a further request have come: those we hold and, where this reply might be the last for the sake of a drain or of others, those
    /// the kernel holds too, since they arrived before our FIN.
    private boolean more() {
        return readAhead() || !peerEnded && (listener().draining() || underPressure()) && wire.unread();
    }

    @Override
    boolean underPressure() {
        Gate gate = listener().gate();
        return gate != null && gate.waiting() > 0;
    }

    private boolean refuse(@Nullable Q partial, Refusal why, CloseReason reason, String detail) throws IOException {
        deadline = System.nanoTime() + listener().terms().write();
        state.set(ConnectionState.WRITING);
        dialogue.answer(partial, Result.unstarted(why), true);
        return part(reason, detail);
    }

    private void flush() throws IOException {
        if (writer.output().isEmpty()) {
            return;
        }
        try {
            progress(0);
            state.set(ConnectionState.WRITING);
            Sender.Sent sent = Sender.send(writer.output(), link, this::progress, resumed::release);
            while (sent != Sender.Sent.ALL) {
                if (sent == Sender.Sent.PART) {
                    wire.awaitRoom();
                } else {
                    deadline = NEVER; // waiting for a source is not the client's fault
                    await(sent);
                    requireOpen();
                    progress(0);
                }
                sent = Sender.send(writer.output(), link, this::progress, resumed::release);
            }
        } finally {
            pending = 0;
            deadline = NEVER;
        }
    }

    private void await(Sender.Sent sent) throws IOException {
        requireOpen(); // whoever ends it closes first, and then looks for a source to be told
        if (sent == Sender.Sent.LATER || writer.output().pull(resumed::release) == 0) {
            resumed.acquireUninterruptibly();
        }
    }

    private void progress(long count) {
        sent(count);
        long now = System.nanoTime();
        lastActive = now;
        deadline = now + listener().terms().write();
        pending = writer.output().unsent();
    }

    /// Ends the connection after what is left to say.
    ///
    /// @return false
    private boolean part(CloseReason reason, String detail) throws IOException {
        because(reason, detail);
        flush();
        state.set(ConnectionState.CLOSING);
        leaveToCloser();
        end(reason, detail);
        return false;
    }

    private void leaveToCloser() throws IOException {
        ByteBuffer words = link.farewell();
        if (!words.hasRemaining()) {
            channel.shutdownOutput();
        }
        closer.linger(channel, words, Duration.ofNanos(listener().terms().linger()));
    }

    // ---- from outside ----

    @Override
    void closeChannel() {
        super.closeChannel();
        wire.hungUp();
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
            lingerOut(); // its last reply may not have been read yet
        } else {
            closeChannel();
        }
        end(CloseReason.ERROR, cause.toString());
        leave();
    }

    private void lingerOut() {
        try {
            leaveToCloser();
        } catch (IOException gone) {
            closeChannel();
        }
    }

    @Override
    boolean endIdle(Cause why, long idleFor) {
        return intend(why, idleFor);
    }

    /// If nothing has come since it was decided. What has arrived by now is served instead.
    private void endAtBoundary(Intent decided) {
        if (!state.compareAndSet(ConnectionState.IDLE, ConnectionState.CLOSING)) {
            return;
        }
        boolean ends = false;
        try {
            if (lastActive == decided.lastActive() && !wire.unread()) {
                because(decided.why());
                ends = true;
                deadline = System.nanoTime() + listener().terms().linger();
                lastWord.say(link, wire, id());
            }
        } catch (IOException gone) {
            ends = true;
            closeChannel();
        } finally {
            if (ends) {
                finSent = true;
            } else {
                state.set(ConnectionState.IDLE);
            }
        }
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
        resumed.release();
        writer.output().abandon();
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

    /// First the handler is asked and interrupted, so that its own thread can tell the client; if it goes on, the socket is closed, and the permit stays with the
    /// thread that does not return.
    private void expireHandler(long now) {
        ActiveCall call = current;
        if (call == null || now < call.deadline()) {
            return;
        }
        if (call.ended() == null) {
            deadline = now + listener().terms().linger();
            call.cancel(CallEnding.DEADLINE);
            events.publish(new ServerEvent.HandlerTimedOut(peer(), Duration.ofNanos(listener().terms().handler()), stack().stream().findFirst().orElse("")));
        } else {
            deadline = NEVER;
            because(CloseReason.HANDLER_TIMEOUT, "the handler does not return");
            closeChannel();
            end(CloseReason.HANDLER_TIMEOUT, "the handler does not return");
        }
    }

    @Override
    public void turnAway() {
        if (!state.compareAndSet(ConnectionState.QUEUED, ConnectionState.CLOSING)) {
            return;
        }
        because(CloseReason.DRAINED, "queued");
        dialogue.answer(null, Result.unstarted(new Refusal.Draining()), true);
        ByteBuffer words = writer.words();
        closer.linger(channel, listener().identity() == null ? words : NO_WORDS, Duration.ofNanos(listener().terms().linger()));
        end(CloseReason.DRAINED, "queued");
        room.run();
    }

    @Override
    void wake() {
        // A thread that reads, handles or writes looks at the registry at its next step.
    }
}
