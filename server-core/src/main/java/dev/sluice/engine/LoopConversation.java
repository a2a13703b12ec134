package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.pool.Gate;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a loop does for a connection, a turn at a time: it reads, has each request handled, and sends, as far as it can without waiting.
///
/// ```
///            bytes              complete              answered               all sent
///   IDLE ──────────► READING ────────────► HANDLING ────────────► WRITING ────────────► IDLE or READING; when it is parting, it leaves
///                                          (a pool's thread,      (interest in writing,
///                                           or the loop)           none in reading)
/// ```
///
/// Confined to the loop's thread, and so are its parts, but for what they say of themselves.
final class LoopConversation<Q, R> {

    /// With more than this unsent, no further request is begun.
    private static final int UNSENT = 64 << 10;

    private final LoopConnection<Q, R> connection;
    private final LoopConduit conduit;
    private final LoopReceiver receiver;
    final LoopSender sender;
    /// Until the protocol begins, where something comes before it; null for all others.
    private @Nullable LoopOpening opening;
    private boolean handling;
    /// A part of a body is being written to its file: nothing is read or decoded meanwhile.
    private boolean spooling;
    /// Nothing more is read or decoded: the connection ends once what is queued is sent.
    private boolean parting;
    /// The reply on its way is the last, in a drain, and its protocol has no word for it.
    private boolean untold;

    LoopConversation(LoopConnection<Q, R> connection, LoopConduit conduit) {
        this.connection = connection;
        this.conduit = conduit;
        this.receiver = new LoopReceiver(connection, conduit);
        this.sender = new LoopSender(connection, conduit);
    }

    // ---- its beginning ----

    void join() throws IOException {
        if (connection.ended()) {
            return;
        }
        TlsIdentity identity = connection.listener().identity();
        if (identity != null && connection.preface() == null) {
            conduit.register(connection.loop.selector());
            opening().shake(identity, connection.loop.incoming);
            return;
        }
        rests();
        read(); // a client that has nothing to wait for sends its first request at once, and may need no more than that
        if (!connection.ended()) {
            conduit.register(connection.loop.selector());
        }
    }

    private void rests() {
        connection.stage(Stage.BETWEEN, System.nanoTime());
        connection.state(ConnectionState.IDLE);
    }

    private LoopOpening opening() {
        LoopOpening known = opening;
        if (known == null) {
            known = new LoopOpening(connection, conduit);
            opening = known;
        }
        return known;
    }

    /// The protocol begins, over TLS.
    void begin() throws IOException {
        opening = null;
        rests();
        conduit.want(SelectionKey.OP_READ);
        read(); // the first request may have come with the client's last word
        if (!connection.ended()) {
            rest();
        }
    }

    // ---- being ready ----

    void serve(SelectionKey ready) throws IOException {
        LoopOpening first = opening;
        if (first != null && first.shakes()) {
            first.shake();
            return;
        }
        if (ready.isValid() && ready.isWritable()) {
            sender.writable();
            advance();
        }
        if (ready.isValid() && ready.isReadable()) {
            read();
        }
    }

    void readAgain() throws IOException {
        if (receiver.cameBack()) {
            read();
        }
    }

    private void read() throws IOException {
        if (receiver.read() != 0 || !conduit.flushed()) {
            advance();
        }
    }

    // ---- decoding ----

    /// Goes on as far as it can: decodes what is there, handles it or hands it over, and sends.
    void advance() throws IOException {
        if (connection.ended() || !prefaced()) {
            return;
        }
        ByteBuffer in = connection.loop.incoming;
        connection.writer.output().lend(connection.loop.outgoing);
        try {
            boolean more = true;
            while (more) {
                decodeAll(in);
                connection.settle();
                boolean stopped = !mayDecode();
                flush();
                more = (stopped || spared()) && mayDecode();
            }
            connection.reader.hold(in);
        } finally {
            connection.writer.output().settle();
        }
        if (!connection.ended()) {
            rest();
        }
    }

    private boolean prefaced() throws IOException {
        PrefaceReader preface = connection.preface();
        ByteBuffer in = connection.loop.incoming;
        if (preface == null) {
            return true;
        }
        boolean begins = opening().prefaced(preface, in, receiver.peerEnded() ? -1 : in.remaining());
        opening = begins ? null : opening;
        return begins;
    }

    private boolean mayDecode() {
        return !connection.ended() && !handling && !spooling && !parting && !sender.blocked()
                && connection.writer.output().pending() < UNSENT && !connection.writer.output().streaming();
    }

    private void decodeAll(ByteBuffer in) throws IOException {
        while (mayDecode()) {
            switch (connection.next(in, receiver.complete())) {
                case Decoded.Complete<Q>(Q request) -> dispatch(request);
                case Decoded.Interim<Q>(ByteBuffer words) -> connection.writer.interim(words);
                case Decoded.Spool<Q>(SpoolFile file, ByteBuffer bytes) -> spool(file, bytes);
                case Decoded.Malformed<Q>(Q partial, int code, String detail) ->
                        refuse(partial, new Refusal.Malformed(code, detail), CloseReason.MALFORMED, detail);
                case Decoded.Incomplete<Q>(Stage stage) -> {
                    connection.settle();
                    connection.stage(stage, connection.loop.now());
                    if (receiver.peerEnded()) {
                        part(CloseReason.PEER, "");
                    }
                    return;
                }
            }
        }
    }

    private void spool(SpoolFile file, ByteBuffer bytes) {
        connection.stage(Stage.BODY, System.nanoTime());
        spooling = true;
        AtomicReference<@Nullable String> failure = new AtomicReference<>();
        connection.offLoop().run(() -> failure.set(connection.stored(file, bytes)),
                thrown -> connection.guarded(() -> spooled(failure.get(), thrown)), () -> {});
    }

    private void spooled(@Nullable String failure, @Nullable Throwable thrown) throws IOException {
        spooling = false;
        OffLoop.rethrow(thrown);
        if (failure != null && !connection.ended()) {
            refuse(null, new Refusal.HandlerFailed(), CloseReason.ERROR, failure);
        }
        advance();
    }

    // ---- handling ----

    private void dispatch(Q request) throws IOException {
        connection.boundary();
        Gate gate = connection.listener().gate();
        if (gate == null) {
            answerHere(request);
            return;
        }
        connection.decoded(request, connection.loop.now());
        handling = true;
        switch (connection.hand(request, gate)) {
            case ACCEPTED, WAITING -> {}
            case REFUSED -> answer(request, Result.unstarted(new Refusal.Overloaded()), null);
            case CLOSED -> answer(request, Result.unstarted(new Refusal.Draining()), null);
        }
    }

    /// On the loop, which looks at the clock before and after each request only when somebody wants to know.
    private void answerHere(Q request) throws IOException {
        Loop loop = connection.loop;
        Batch batch = connection.dialogue.timesEach() ? null : loop.batch;
        long now = batch == null || batch.isFull() ? loop.look() : loop.now();
        if (batch != null) {
            batch.begin(connection.listener(), now);
        }
        connection.decoded(request, now);
        Result<R> result = connection.call(request, now, batch == null ? 0 : Ticks.ROUND, 0);
        boolean quick = batch != null && batch.quick(connection.listener(), loop.now());
        answer(request, result, quick ? batch : null);
    }

    /// Back on the loop. When the handler's deadline has passed meanwhile, the client has its answer already.
    void completed(Q request, @Nullable ActiveCall call, Result<R> result) throws IOException {
        if (connection.ended() || !handling || call != connection.current) {
            Dialogue.drop(result.response());
            return;
        }
        answer(request, result, null);
        advance();
    }

    /// The pool will not handle the request that it has.
    void givenBack(Refusal why) throws IOException {
        Q request = connection.handed();
        if (!connection.ended() && handling && request != null) {
            answer(request, Result.unstarted(why), null);
            advance();
        }
    }

    /// @param batch that the request is counted with; null to count it now
    private void answer(Q request, Result<R> result, @Nullable Batch batch) throws IOException {
        ActiveCall call = connection.current;
        handling = false;
        connection.called();
        long now = connection.loop.now();
        boolean more = more();
        CloseReason last = receiver.peerEnded() && !more ? CloseReason.PEER : connection.lastReason(connection.requests(), more, now);
        Ending ending = connection.dialogue.answer(request, result, last != null, batch);
        connection.lastActive = now;
        untold = connection.endsUntold(last);
        if (call != null && call.ended() == CallEnding.DEADLINE) {
            part(CloseReason.HANDLER_TIMEOUT, "");
        } else if (connection.ends(ending, last)) {
            part(last != null ? last : result.closeReason(), "");
        }
    }

    /// Whether bytes of a further request have come: those we hold, and in a drain those the kernel holds too, since they arrived before our FIN.
    private boolean more() {
        if (receiver.readAhead()) {
            return true;
        }
        try {
            return connection.listener().draining() && !receiver.peerEnded() && !parting && receiver.read() > 0;
        } catch (IOException gone) {
            return false; // the reply's write will say so
        }
    }

    void refuse(@Nullable Q partial, Refusal why, CloseReason reason, String detail) {
        connection.dialogue.answer(partial, Result.unstarted(why), true);
        part(reason, detail);
    }

    // ---- sending and waiting ----

    private void flush() throws IOException {
        if (connection.ended() || sender.blocked() || sender.pulling()) {
            return;
        }
        sender.send();
        if (parting && sender.allSent()) {
            leave();
        }
    }

    /// A reply that was the last, without a word for it, has been sent: the connection ends, unless more has come meanwhile.
    ///
    /// @return whether it has
    private boolean spared() throws IOException {
        if (!untold || connection.ended() || handling || parting || !sender.allSent()) {
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

    /// Says what the connection waits for now: to others by its state and deadline, to the selector by its interest.
    private void rest() {
        connection.pending = connection.writer.output().unsent();
        boolean unsent = !sender.allSent();
        int wanted = sender.blocked() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (receiver.peerEnded() || parting || spooling || (handling || unsent) && receiver.aheadEnough()) {
            wanted &= ~SelectionKey.OP_READ;
        }
        if (handling) {
            connection.state(ConnectionState.HANDLING);
        } else if (unsent) {
            sender.rest();
        } else {
            restReading();
        }
        conduit.want(wanted);
        if ((wanted & SelectionKey.OP_READ) != 0) {
            receiver.comeBack();
        }
    }

    private void restReading() {
        if (connection.state() == ConnectionState.WRITING) {
            connection.deadline = Connection.NEVER; // the write deadline is over, and the stage's begins
            connection.stage(connection.stage(), System.nanoTime());
        }
        boolean idle = connection.stage() == Stage.BETWEEN;
        connection.state(idle ? ConnectionState.IDLE : ConnectionState.READING);
        if (idle && connection.lastAsked()) {
            connection.wake(); // it was asked while its last reply was on its way
        }
    }

    // ---- its end ----

    /// Ends the connection once what is queued is sent.
    private void part(CloseReason reason, String detail) {
        connection.because(reason, detail);
        parting = true;
    }

    private void leave() {
        conduit.leave();
        connection.finish(CloseReason.PEER, "");
    }

    /// What has arrived by now is served instead.
    void endIdle(Connection.Cause why, long idleFor) throws IOException {
        if (connection.ended() || !connection.standsIdle(System.nanoTime(), idleFor)) {
            return;
        }
        if (receiver.read() > 0) {
            advance();
            return;
        }
        connection.because(why);
        leave();
    }

    /// The client takes too long over a request.
    void expireReading() throws IOException {
        if (spooling) {
            return; // the disk is slow; the client is judged when it is asked for more
        }
        Stage slow = connection.stage();
        refuse(null, new Refusal.TimedOut(slow), slow == Stage.HEAD ? CloseReason.SLOW_HEAD : CloseReason.SLOW_BODY, "");
        advance();
    }

    /// The client is told at once; what the handler returns later is dropped.
    void expireHandler() throws IOException {
        Q request = connection.handed();
        ActiveCall call = connection.current;
        if (!handling || request == null || call == null || call.ended() == null) {
            return;
        }
        answer(request, Result.refused(new Refusal.HandlerTimedOut(), Outcome.TIMED_OUT, 0, connection.queueWait), null);
        part(CloseReason.HANDLER_TIMEOUT, "");
        advance();
    }

    /// It is over: nothing more is handled or sent.
    void release(@Nullable Gate gate) {
        if (handling && gate != null) {
            gate.withdraw(connection);
        }
        sender.discard();
    }
}
