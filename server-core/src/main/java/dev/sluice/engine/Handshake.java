package dev.sluice.engine;

import dev.sluice.protocol.PeerTls;
import dev.sluice.transport.TlsLink;
import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.transport.tls.TlsStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS handshake of a connection on a loop.
///
/// ```
///   BYTES ⇄ ROOM ⇄ WORK ─► agreed, and it is over          any ─► an exception: it has failed
/// ```
///
/// Confined to the loop's thread, but for the work: what is computed with keys takes a loop's other connections their time, and runs on a virtual thread
/// of its own.
final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private final TlsLink link;
    private final long connection;
    private final Host host;
    private boolean working;

    /// What the connection does for it, on the loop.
    interface Host {
        /// Wants to know when the socket is ready for this; 0 for never.
        void interest(int operations);

        /// To go on with [Handshake#advance], on the loop, soon. From any thread.
        void goOn();
    }

    Handshake(SocketChannel channel, TlsIdentity identity, ByteBuffer early, long connection, Host host) {
        link = new TlsLink(channel, identity, early);
        this.connection = connection;
        this.host = host;
    }

    /// Goes on as far as it can.
    ///
    /// @return what was agreed on, when it is over; then [#link] is what to speak through
    /// @throws IOException when it has failed; [#farewell] is what is left to say
    @Nullable PeerTls advance() throws IOException {
        if (working) {
            return null;
        }
        switch (link.handshake()) {
            case TlsStream.Step.Bytes bytes -> host.interest(SelectionKey.OP_READ);
            case TlsStream.Step.Room room -> host.interest(SelectionKey.OP_WRITE);
            case TlsStream.Step.Work(Runnable task) -> {
                host.interest(0);
                working = true;
                Thread.ofVirtual().name("sluice-handshake-" + connection).start(() -> work(task));
            }
            case TlsStream.Step.Done(PeerTls agreed) -> {
                return agreed;
            }
        }
        return null;
    }

    TlsLink link() {
        return link;
    }

    /// What goes wrong in it TLS says at the next step.
    private void work(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.debug("event=handshake-work-failed connection={} cause=\"{}\"", connection, failure.toString());
        } finally {
            host.goOn();
        }
    }

    /// The work is done. On the loop.
    void worked() {
        working = false;
    }

    ByteBuffer farewell() {
        return link.farewell();
    }
}
