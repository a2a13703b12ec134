package dev.sluice.engine;

import dev.sluice.wire.Output;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;

/// Sends all that an output holds, on a thread that waits: for the client to take it, and for sources to give it.
///
/// ```
///   sending ── the socket is full ──► waits for room ──► sending ─► all is sent
///     └─────── a source has nothing, or may block ──► waits for the source ──► sending
/// ```
///
/// Confined to the thread that writes the connection, but for [#abandon].
final class SendLoop {

    /// Who is told how it goes.
    interface Progress {

        /// So many bytes were taken; 0 when it goes on after a source: the client has its time to take more from now on.
        void sent(long count);

        /// It waits for a source, which is not the client's fault.
        void paused();
    }

    private final Conduit conduit;
    private final Output output;
    private final Progress progress;
    private final LongConsumer sent;
    /// A source that paused has more; or nobody wants it any more.
    private final Semaphore resumed = new Semaphore(0);
    private final Runnable resume = resumed::release;

    SendLoop(Conduit conduit, Output output, Progress progress) {
        this.conduit = conduit;
        this.output = output;
        this.progress = progress;
        this.sent = progress::sent;
    }

    /// @throws IOException when the connection or a source failed, or somebody has closed the channel
    void run() throws IOException {
        for (Sender.Sent how = send(); how != Sender.Sent.ALL; how = send()) {
            if (how == Sender.Sent.PART) {
                conduit.awaitRoom();
            } else {
                progress.paused();
                await(how);
                conduit.requireOpen();
                progress.sent(0);
            }
        }
    }

    private Sender.Sent send() throws IOException {
        return conduit.send(output, sent, resume);
    }

    private void await(Sender.Sent how) throws IOException {
        conduit.requireOpen(); // whoever ends it closes first, and then looks for a source to be told
        if (how == Sender.Sent.LATER || output.pull(resume) == 0) {
            resumed.acquireUninterruptibly();
        }
    }

    /// The channel is closed: nobody waits for a source any more. From any thread.
    void abandon() {
        resumed.release();
        output.abandon();
    }
}
