package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.Wire;
import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.wire.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What one thread does for a blocking connection: it reads, has each request handled, and writes, in turn.
///
/// ```
///   PROXY header ─► TLS ─► │ rest ─► listen ─► fill … ─► serve │ ─► part, or suspended for the next thread
///                          └────────────── each message ◄──────┘
/// ```
///
/// At a boundary the thread waits in a plain read, where the connection may be ended from outside: [BlockingConnection] has both sides of
/// that. Inside a message it reads with a deadline, so that it can write the refusal itself. Confined to the thread that serves the
/// connection; what one did happens before what the next does.
final class Conversation<Q, R> implements SendLoop.Progress {

    private static final int READ = 8 << 10;
    /// Replies to pipelined requests gather while handlers answer within this; a slower one must not hold up the replies before it.
    private static final long QUICK = 50_000;
    private static final int GATHERED = 32 << 10;

    private final BlockingConnection<Q, R> connection;
    private final Conduit conduit;
    private final Output output;
    private final SendLoop sending;
    private final ByteBuffer buffer = ByteBuffer.allocate(READ).limit(0);
    private boolean peerEnded;
    private long lastService;

    Conversation(BlockingConnection<Q, R> connection, Conduit conduit) {
        this.connection = connection;
        this.conduit = conduit;
        this.output = connection.writer.output();
        this.sending = new SendLoop(conduit, output, this);
    }

    /// Begins it, or goes on where the thread before has left it.
    ///
    /// @param replaced whether another thread is to go on from the next boundary
    /// @throws IOException when the client is gone, or somebody has closed the channel
    void run(BooleanSupplier replaced) throws IOException {
        boolean open = connection.suspended() ? resumes() : prefaced() && agrees();
        while (open) {
            open = switch (connection.next(buffer, peerEnded && !conduit.truncated())) {
                case Decoded.Complete<Q>(Q request) -> serve(request) && (!replaced.getAsBoolean() || suspends());
                case Decoded.Interim<Q>(ByteBuffer words) -> {
                    connection.writer.interim(words);
                    flush();
                    yield true;
                }
                case Decoded.Spool<Q>(SpoolFile file, ByteBuffer bytes) -> spool(file, bytes);
                case Decoded.Malformed<Q>(Q partial, int code, String detail) ->
                        refuse(partial, new Refusal.Malformed(code, detail), CloseReason.MALFORMED, detail);
                case Decoded.Incomplete<Q>(Stage stage) -> {
                    connection.reader.hold(buffer);
                    flush();
                    yield peerEnded ? part(CloseReason.PEER, "") : fill(stage);
                }
            };
        }
    }

    /// The channel is closed: the thread waits for no source any more. From any thread.
    void abandon() {
        sending.abandon();
    }

    // ---- before the protocol ----

    /// Reads what a balancer has to say first, where one has to.
    ///
    /// @return whether the protocol begins
    private boolean prefaced() throws IOException {
        PrefaceReader preface = connection.preface();
        if (preface == null) {
            return true;
        }
        if (!awaitMessage()) {
            return false;
        }
        int count = peerEnded ? -1 : buffer.remaining();
        while (true) {
            switch (preface.take(connection, buffer, count)) {
                case PrefaceReader.Verdict.Known known -> {
                    return true;
                }
                case PrefaceReader.Verdict.Refused(CloseReason reason) -> {
                    return refuse(null, new Refusal.TooManyConnections(), reason, "");
                }
                case PrefaceReader.Verdict.Dropped(CloseReason reason, String detail) -> {
                    connection.closeChannel();
                    connection.end(reason, detail);
                    return false;
                }
                case PrefaceReader.Verdict.More more -> {
                    connection.state(ConnectionState.PREFACE);
                    count = conduit.read(buffer, connection.prefaceLeft());
                    arrived(count);
                }
            }
        }
    }

    /// Agrees on TLS, where the listener speaks it. No other thread ends a connection in order meanwhile: the reaper closes one that is
    /// late.
    ///
    /// @return whether the protocol begins
    private boolean agrees() throws IOException {
        TlsIdentity identity = connection.listener().identity();
        if (identity == null) {
            return true;
        }
        if (connection.state() == ConnectionState.IDLE && !connection.claim()) {
            return dropRest(0);
        }
        connection.handshakes();
        return switch (conduit.handshake(identity, buffer)) {
            case Conduit.Handshaken.Agreed(var tls) -> {
                connection.agreed(tls);
                yield true;
            }
            case Conduit.Handshaken.Clear(String detail) -> refuse(null, Connection.NOT_TLS, CloseReason.HANDSHAKE_FAILED, detail);
            case Conduit.Handshaken.Failed(IOException why, ByteBuffer farewell) -> {
                connection.disagreed(why);
                conduit.linger(farewell);
                connection.end(CloseReason.HANDSHAKE_FAILED, "");
                yield false;
            }
        };
    }

    // ---- reading ----

    private boolean fill(Stage stage) throws IOException {
        long now = System.nanoTime();
        connection.stage(stage, now);
        if (stage == Stage.BETWEEN) {
            return awaitMessage();
        }
        connection.state(ConnectionState.READING);
        long left = connection.deadline - now;
        if (left > 0) {
            int count = conduit.read(buffer, left);
            if (count != Wire.TIMED_OUT) {
                arrived(count);
                return true;
            }
        }
        return refuse(null, new Refusal.TimedOut(stage),
                stage == Stage.HEAD ? CloseReason.SLOW_HEAD : CloseReason.SLOW_BODY, "");
    }

    private void arrived(int count) {
        if (count > 0) {
            connection.received(count, System.nanoTime());
        } else if (count == -1) {
            peerEnded = true;
        }
    }

    /// Waits at a boundary, where the connection may be ended from outside.
    private boolean awaitMessage() throws IOException {
        return rest() && listen();
    }

    /// @return false when it was asked for its last reply, and has ended
    private boolean rest() throws IOException {
        connection.state(ConnectionState.IDLE);
        if (connection.lastAsked() && connection.claim(ConnectionState.IDLE, ConnectionState.CLOSING)) {
            return part(CloseReason.KICKED, "");
        }
        return true;
    }

    private boolean listen() throws IOException {
        int count = conduit.read(buffer);
        if (!connection.claim()) {
            return dropRest(count);
        }
        arrived(count);
        return true;
    }

    /// It was ended from outside.
    ///
    /// @return false
    private boolean dropRest(int count) {
        conduit.awaitSaid();
        if (count < 0) {
            connection.closeChannel();
        } else if (connection.channel.isOpen()) {
            conduit.linger(Conduit.NO_WORDS);
        }
        connection.end(CloseReason.DRAINED, "");
        return false;
    }

    private boolean spool(SpoolFile file, ByteBuffer bytes) throws IOException {
        String failure = connection.stored(file, bytes);
        if (failure != null && connection.ended()) {
            throw new ClosedChannelException();
        }
        return failure == null || refuse(null, new Refusal.HandlerFailed(), CloseReason.ERROR, failure);
    }

    // ---- from one thread to another ----

    /// At the boundary after a response: the next thread goes on from here.
    ///
    /// @return false
    private boolean suspends() throws IOException {
        flush();
        connection.deadline = Connection.NEVER;
        if (readAhead()) {
            connection.state(ConnectionState.READING);
        } else {
            connection.stage(Stage.BETWEEN, System.nanoTime());
            if (!rest()) {
                return false;
            }
        }
        connection.suspend();
        return false;
    }

    private boolean resumes() throws IOException {
        connection.resume();
        return readAhead() || listen();
    }

    private boolean readAhead() {
        return buffer.hasRemaining() || connection.reader.held() > 0;
    }

    // ---- handling ----

    private boolean serve(Q request) throws IOException {
        connection.boundary();
        long now = System.nanoTime();
        connection.decoded(request, now);
        ActiveCall call = connection.begin(connection.requests(), now);
        long start = now;
        connection.deadline = call.deadline();
        if (!output.isEmpty() && lastService > QUICK) {
            flush();
            connection.deadline = call.deadline();
            start = System.nanoTime(); // how long the client took for the replies before is not this one's
        }
        connection.state(ConnectionState.HANDLING);
        Result<R> result = connection.dialogue.call(request, call, start, 0);
        connection.current = null;
        long done = System.nanoTime();
        lastService = done - now;
        connection.deadline = done + connection.listener().terms().write(); // before the state, lest the handler's is taken for it
        connection.state(ConnectionState.WRITING);
        return answer(request, call, result, done);
    }

    private boolean answer(Q request, ActiveCall call, Result<R> result, long now) throws IOException {
        boolean more = more();
        CloseReason last = peerEnded && !more ? CloseReason.PEER : connection.lastReason(connection.requests(), more, now);
        Ending ending = connection.dialogue.answer(request, result, last != null);
        connection.lastActive = now;
        if (call.ended() == CallEnding.DEADLINE) {
            return part(CloseReason.HANDLER_TIMEOUT, "");
        }
        if (connection.ends(ending, last)) {
            return part(last != null ? last : result.closeReason(), "");
        }
        if (connection.endsUntold(last)) {
            flush();
            return more() || part(CloseReason.DRAINED, "");
        }
        if (!more || output.pending() > GATHERED || output.streaming()) {
            flush();
        }
        return true;
    }

    /// Whether bytes of a further request have come: those we hold and, where this reply might be the last for the sake of a drain or of
    /// others, those the kernel holds too, since they arrived before our FIN.
    private boolean more() {
        return readAhead() || !peerEnded && (connection.listener().draining() || connection.underPressure()) && conduit.unread();
    }

    // ---- writing ----

    private boolean refuse(@Nullable Q partial, Refusal why, CloseReason reason, String detail) throws IOException {
        connection.deadline = System.nanoTime() + connection.listener().terms().write();
        connection.state(ConnectionState.WRITING);
        connection.dialogue.answer(partial, Result.unstarted(why), true);
        return part(reason, detail);
    }

    private void flush() throws IOException {
        if (output.isEmpty()) {
            return;
        }
        try {
            sent(0);
            connection.state(ConnectionState.WRITING);
            sending.run();
        } finally {
            connection.pending = 0;
            connection.deadline = Connection.NEVER;
        }
    }

    @Override
    public void sent(long count) {
        connection.sent(count);
        long now = System.nanoTime();
        connection.lastActive = now;
        connection.deadline = now + connection.listener().terms().write();
        connection.pending = output.unsent();
    }

    @Override
    public void paused() {
        connection.deadline = Connection.NEVER;
    }

    /// Ends the connection after what is left to say.
    ///
    /// @return false
    private boolean part(CloseReason reason, String detail) throws IOException {
        connection.because(reason, detail);
        flush();
        connection.state(ConnectionState.CLOSING);
        conduit.leave();
        connection.end(reason, detail);
        return false;
    }
}
