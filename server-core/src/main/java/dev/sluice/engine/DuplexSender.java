package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.engine.DuplexQueues.Item;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Refusal;
import dev.sluice.wire.Output;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The sending half of a duplex connection: encodes one answer after the other, in the order of the requests, gathers what is ready, and
/// sends it; until one is the last, or the connection has ended.
///
/// Confined to the sender's thread, but for [#abandon] and `writeDeadline`, which is volatile.
final class DuplexSender<Q, R> implements SendLoop.Progress {

    private static final int GATHERED = 64 << 10;

    private final DuplexConnection<Q, R> connection;
    private final DuplexQueues<Q, R> queues;
    private final Conduit conduit;
    private final Output output;
    private final SendLoop sending;
    /// Items written to the output and not yet sent.
    private int unsent;
    /// The last reply written is the last, in a drain, and its protocol has no word for it.
    private boolean untold;
    private volatile long writeDeadline = Connection.NEVER;

    DuplexSender(DuplexConnection<Q, R> connection, DuplexQueues<Q, R> queues, Conduit conduit) {
        this.connection = connection;
        this.queues = queues;
        this.conduit = conduit;
        this.output = connection.writer.output();
        this.sending = new SendLoop(conduit, output, this);
    }

    /// @return whether it has said all, rather than being stopped
    /// @throws IOException when the client is gone, or somebody has closed the channel
    boolean run() throws IOException {
        boolean open = true;
        while (open) {
            Item<Q, R> item = connection.dequeue(unsent == 0);
            if (item == null && unsent == 0) {
                return false;
            }
            if (item != null) {
                unsent++;
                open = write(item);
            }
            if (item == null || !open || untold || output.pending() > GATHERED || output.streaming()) {
                flush();
                connection.sentAll(unsent);
                unsent = 0;
                open = open && !(untold && !more());
                untold = false;
            }
        }
        return true;
    }

    /// When the client will have taken nothing for too long; NEVER while nothing is being sent.
    long writeDeadline() {
        return writeDeadline;
    }

    /// The channel is closed: it waits for no source any more. From any thread.
    void abandon() {
        sending.abandon();
    }

    // ---- writing ----

    /// @return false when the connection ends after it
    private boolean write(Item<Q, R> item) {
        return switch (item) {
            case Item.Request<Q, R> request -> throw new IllegalStateException("a request in the outbound queue");
            case Item.Words<Q, R>(ByteBuffer words) -> {
                connection.writer.interim(words);
                yield true;
            }
            case Item.Answer<Q, R> answer -> answer(answer);
            case Item.Fault<Q, R>(Q partial, Refusal why, CloseReason reason, String detail) -> {
                connection.because(reason, detail);
                connection.dialogue.answer(partial, Result.unstarted(why), true);
                yield false;
            }
            case Item.PeerEnd<Q, R>() -> {
                connection.because(CloseReason.PEER, "");
                yield false;
            }
        };
    }

    private boolean answer(Item.Answer<Q, R> answer) {
        long now = System.nanoTime();
        CloseReason last = connection.lastReason(answer.number(), more(), now);
        Ending ending = connection.dialogue.answer(answer.request(), answer.result(), last != null);
        connection.lastActive = now;
        untold = connection.endsUntold(last);
        if (answer.late()) {
            connection.because(CloseReason.HANDLER_TIMEOUT, "");
            return false;
        }
        if (connection.ends(ending, last)) {
            connection.because(last != null ? last : answer.result().closeReason(), "");
            return false;
        }
        return true;
    }

    /// Whether a further request has come or begun to: in a drain, bytes the kernel holds count, since they arrived before our FIN.
    private boolean more() {
        return queues.more(unsent) || connection.listener().draining() && conduit.unread();
    }

    // ---- sending ----

    private void flush() throws IOException {
        try {
            sent(0);
            sending.run();
        } finally {
            connection.pending = 0;
            writeDeadline = Connection.NEVER;
        }
    }

    @Override
    public void sent(long count) {
        connection.sent(count);
        long now = System.nanoTime();
        connection.lastActive = now;
        writeDeadline = now + connection.listener().terms().write();
        connection.pending = output.unsent();
        queues.settle();
    }

    @Override
    public void paused() {
        writeDeadline = Connection.NEVER;
        queues.settle();
    }
}
