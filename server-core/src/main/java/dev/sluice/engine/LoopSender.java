package dev.sluice.engine;

import dev.sluice.api.ConnectionState;
import dev.sluice.wire.Output;
import dev.sluice.wire.Segment;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Sends what the output of a connection on a loop holds, as far as the socket takes it and sources give it.
///
/// ```
///            the socket takes no more ──► blocked ── it is writable ──────────┐
///   sends ──►a source may block ────────► pulling ── back on the loop ────────┼─► sends
///            a source has nothing ──────► (paused) ── it has more: resumed ───┘
/// ```
///
/// It is itself what is told of the bytes that were taken, and of sources that have more, and what closes those that may block, rather than three closures for
/// each connection.
///
/// Confined to the loop's thread, but for `pulling`, which others read, [#run] and [#execute].
final class LoopSender implements LongConsumer, Runnable, Executor {

    private final LoopConnection<?, ?> connection;
    private final LoopConduit conduit;
    private boolean blocked;
    /// A source is pulled off the loop: nothing is sent meanwhile.
    private volatile boolean pulling;
    /// The source that is pulled off the loop, which had nothing to give, has more.
    private boolean resumed;

    LoopSender(LoopConnection<?, ?> connection, LoopConduit conduit) {
        this.connection = connection;
        this.conduit = conduit;
        output().closeElsewhere(this);
    }

    private Output output() {
        return connection.writer.output();
    }

    // ---- sending ----

    /// The socket takes more.
    void writable() {
        blocked = false;
    }

    /// The socket took no more, and has not said that it does again.
    boolean blocked() {
        return blocked;
    }

    /// A source is being pulled off the loop. From any thread.
    boolean pulling() {
        return pulling;
    }

    /// Sends what can be sent now; only when it is neither blocked nor pulling.
    void send() throws IOException {
        if (allSent()) {
            return;
        }
        Sender.Sent sent = conduit.send(output(), this, this);
        blocked = sent == Sender.Sent.PART;
        if (sent == Sender.Sent.BLOCKS && output().head() instanceof Segment.Pulled source) {
            pull(source);
        }
    }

    boolean allSent() {
        return output().isEmpty() && conduit.flushed();
    }

    /// So many bytes were taken.
    @Override
    public void accept(long count) {
        connection.sent(count);
        if (connection.deadline != Connection.NEVER && !output().isEmpty() && connection.state() == ConnectionState.WRITING) {
            connection.deadline = System.nanoTime() + connection.listener().terms().write();
        }
    }

    /// Says to others what it waits for; only when not all is sent.
    void rest() {
        if (!blocked) {
            connection.state(ConnectionState.WRITING);
            connection.deadline = Connection.NEVER; // a source has nothing to give: that is not the client's fault
        } else if (connection.state() != ConnectionState.WRITING || connection.deadline == Connection.NEVER) {
            connection.state(ConnectionState.WRITING);
            connection.deadline = System.nanoTime() + connection.listener().terms().write();
        }
    }

    // ---- sources ----

    /// Off the loop; unless it has said that it has nothing to give for now, and not yet that it has.
    private void pull(Segment.Pulled source) {
        if (source.paused() && !resumed) {
            return;
        }
        resumed = false;
        pulling = true;
        source.away();
        connection.offLoop().run(() -> source.pull(this), thrown -> connection.guarded(() -> pulled(source, thrown)), output()::discard);
    }

    private void pulled(Segment.Pulled source, @Nullable Throwable thrown) throws IOException {
        pulling = false;
        source.back();
        if (connection.finished()) {
            output().discard();
        } else if (!connection.ended()) {
            OffLoop.rethrow(thrown);
            connection.conversation.advance();
        }
    }

    /// A source that had nothing to give has more. From any thread.
    @Override
    public void run() {
        connection.execute(() -> {
            resumed = true;
            connection.conversation.advance();
        });
    }

    /// Closes a source that may block, on a thread of its own. From any thread.
    @Override
    public void execute(Runnable close) {
        Thread.ofVirtual().name("sluice-ending-" + connection.id()).start(close);
    }

    /// Nothing more is sent: lets go of what is left, or has it dropped once the source that is pulled is back.
    void discard() {
        if (pulling) {
            output().abandon();
        } else {
            output().discard();
        }
    }
}
