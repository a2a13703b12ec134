package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.engine.DuplexQueues.Item;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.Wire;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The receiving half of a duplex connection: reads what comes before the protocol, then decodes one message after the other and puts it
/// into the queues, until the peer's end, a fault, or the end of the connection.
///
/// At a boundary it waits in a plain read; within a message it reads with a deadline, so that what is late is refused in its turn, behind
/// the answers before it.
///
/// Confined to the receiver's thread. What it leaves in `parting` is read by the thread that leaves last, after it has left.
final class DuplexReceiver<Q, R> {

    private static final int READ = 16 << 10;

    private final DuplexConnection<Q, R> connection;
    private final DuplexQueues<Q, R> queues;
    private final Conduit conduit;
    private final ByteBuffer buffer = ByteBuffer.allocate(READ).limit(0);
    private ByteBuffer parting = Conduit.NO_WORDS;
    /// Bytes of the requests so far.
    private long countedIn;
    /// Which part of a message is being read, since when and since how many bytes, and when it is late; `NEVER` when the next message
    /// begins anew.
    private Stage timed = Stage.BETWEEN;
    private long stageSince;
    private long stageFrom;
    private long stageDeadline = Connection.NEVER;

    DuplexReceiver(DuplexConnection<Q, R> connection, DuplexQueues<Q, R> queues, Conduit conduit) {
        this.connection = connection;
        this.queues = queues;
        this.conduit = conduit;
    }

    /// @throws IOException when the client is gone, or somebody has closed the channel
    void run() throws IOException {
        boolean open = prefaced() && agrees();
        boolean peerEnded = false;
        while (open) {
            switch (connection.next(buffer, peerEnded && !conduit.truncated())) {
                case Decoded.Complete<Q>(Q request) -> open = take(request);
                case Decoded.Interim<Q>(ByteBuffer words) -> open = put(new Item.Words<>(words));
                case Decoded.Spool<Q>(SpoolFile file, ByteBuffer bytes) -> open = store(file, bytes);
                case Decoded.Malformed<Q>(Q partial, int code, String detail) ->
                        open = fault(new Item.Fault<>(partial, new Refusal.Malformed(code, detail), CloseReason.MALFORMED, detail));
                case Decoded.Incomplete<Q>(Stage stage) -> {
                    connection.reader.hold(buffer);
                    if (peerEnded) {
                        put(new Item.PeerEnd<>());
                        return;
                    }
                    int count = fill(stage);
                    peerEnded = count == -1;
                    open = count != Wire.TIMED_OUT;
                }
            }
        }
    }

    /// What is left to say, for whoever leaves the connection last.
    ByteBuffer parting() {
        return parting;
    }

    /// The disk has taken its time, which is not the client's fault.
    void stalled(long nanos) {
        stageSince += nanos;
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
        int count = fill(Stage.BETWEEN);
        boolean open = count != Wire.TIMED_OUT;
        while (open) {
            switch (preface.take(connection, buffer, count)) {
                case PrefaceReader.Verdict.Known known -> {
                    return true;
                }
                case PrefaceReader.Verdict.Refused(CloseReason reason) ->
                        open = fault(new Item.Fault<>(null, new Refusal.TooManyConnections(), reason, ""));
                case PrefaceReader.Verdict.Dropped(CloseReason reason, String detail) -> {
                    connection.because(reason, detail);
                    connection.stop(CallEnding.CLIENT_LEFT);
                    open = false;
                }
                case PrefaceReader.Verdict.More more -> {
                    count = conduit.read(buffer, connection.prefaceLeft());
                    open = count == Wire.TIMED_OUT || arrived(count);
                }
            }
        }
        return false;
    }

    /// Agrees on TLS, where the listener speaks it; the sender has nothing to send meanwhile.
    ///
    /// @return whether there is something to receive
    private boolean agrees() {
        TlsIdentity identity = connection.listener().identity();
        if (identity == null) {
            return true;
        }
        connection.agreeing(true);
        return switch (conduit.handshake(identity, buffer)) {
            case Conduit.Handshaken.Agreed(var tls) -> {
                connection.agreed(tls);
                connection.agreeing(false);
                yield true;
            }
            case Conduit.Handshaken.Clear(String detail) -> {
                connection.agreeing(false);
                yield fault(new Item.Fault<>(null, Connection.NOT_TLS, CloseReason.HANDSHAKE_FAILED, detail));
            }
            case Conduit.Handshaken.Failed(IOException why, ByteBuffer farewell) -> {
                connection.disagreed(why);
                parting = farewell;
                queues.stop();
                yield false;
            }
        };
    }

    // ---- what was decoded ----

    private boolean take(Q request) {
        connection.boundary();
        connection.decoded(request, System.nanoTime());
        return put(new Item.Request<>(request, connection.requests(), sizeOfLast()));
    }

    /// About how many bytes the last request had: those that came since the one before.
    private long sizeOfLast() {
        long size = connection.bytesIn() - countedIn;
        countedIn = connection.bytesIn();
        return size;
    }

    private boolean store(SpoolFile file, ByteBuffer bytes) {
        String failure = connection.stored(file, bytes);
        return failure == null || fault(new Item.Fault<>(null, new Refusal.HandlerFailed(), CloseReason.ERROR, failure));
    }

    /// The last that is received: it is told behind what was asked for before.
    ///
    /// @return false
    private boolean fault(Item.Fault<Q, R> fault) {
        put(fault);
        return false;
    }

    /// @return false when the connection is ending
    private boolean put(Item<Q, R> item) {
        stageDeadline = Connection.NEVER;
        boolean begun = buffer.hasRemaining() || connection.reader.held() > 0;
        return connection.enqueue(item, begun ? Stage.HEAD : Stage.BETWEEN);
    }

    // ---- reading ----

    /// Reads what comes next.
    ///
    /// @return how many bytes; −1 at the peer's end; [Wire#TIMED_OUT] when the receiver is to end
    private int fill(Stage stage) throws IOException {
        connection.receives(stage);
        int count = stage == Stage.BETWEEN ? conduit.read(buffer) : readWithin(stage);
        if (count == Wire.TIMED_OUT) {
            CloseReason slow = stage == Stage.HEAD ? CloseReason.SLOW_HEAD : CloseReason.SLOW_BODY;
            fault(new Item.Fault<>(null, new Refusal.TimedOut(stage), slow, ""));
            return Wire.TIMED_OUT;
        }
        return arrived(count) ? count : Wire.TIMED_OUT;
    }

    private int readWithin(Stage stage) throws IOException {
        long now = System.nanoTime();
        if (timed != stage || stageDeadline == Connection.NEVER) {
            timed = stage;
            stageSince = now;
            stageFrom = connection.bytesIn();
            stageDeadline = now + connection.listener().terms().head();
        }
        if (stage == Stage.BODY) {
            stageDeadline = stageSince + connection.listener().terms().bodyTime(connection.bytesIn() - stageFrom);
        }
        return conduit.read(buffer, Math.max(1, stageDeadline - now));
    }

    /// @return false when the connection was ended meanwhile, and the bytes are dropped
    private boolean arrived(int count) {
        if (!queues.arrived()) {
            return false;
        }
        connection.intent = null;
        if (count > 0) {
            connection.received(count, System.nanoTime());
        }
        return true;
    }
}
