package dev.sluice.engine;

import dev.sluice.transport.Closer;
import dev.sluice.transport.Link;
import dev.sluice.transport.SocketLink;
import dev.sluice.wire.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The socket of a connection on a loop: where it reads from and writes to, what the selector is to tell of it, and how our end of it is told. That is
/// the socket itself until TLS is agreed on, and TLS from then on.
///
/// Confined to the loop's thread.
final class LoopConduit {

    private final LoopConnection<?, ?> connection;
    private final Closer closer;
    private Link link;
    /// Null before the selector knows of it, and after.
    private @Nullable SelectionKey key;
    private int interest = SelectionKey.OP_READ;

    LoopConduit(LoopConnection<?, ?> connection, Closer closer) {
        this.connection = connection;
        this.closer = closer;
        this.link = new SocketLink(connection.channel);
    }

    /// TLS is agreed on.
    void over(Link agreed) {
        link = agreed;
    }

    // ---- being ready ----

    void register(Selector selector) throws IOException {
        key = connection.channel.register(selector, interest, connection);
    }

    /// What the selector is to tell of from now on; 0 for nothing.
    void want(int operations) {
        SelectionKey registered = key;
        if (operations != interest && registered != null) {
            registered.interestOps(operations);
        }
        interest = operations;
    }

    boolean wantsToRead() {
        return (interest & SelectionKey.OP_READ) != 0;
    }

    // ---- reading ----

    /// @return how many bytes; −1 at the peer's end
    int read(ByteBuffer into) throws IOException {
        return link.read(into);
    }

    /// Whether there is more to read, which no selector tells of.
    boolean more() {
        return link.more();
    }

    /// Whether the peer's end came without the word that it is the end.
    boolean truncated() {
        return link.truncated();
    }

    // ---- writing ----

    /// As [Sender#send].
    Sender.Sent send(Output output, LongConsumer progress, Runnable resume) throws IOException {
        return Sender.send(output, link, progress, resume);
    }

    /// Whether the socket has all that it was sent.
    boolean flushed() {
        return link.flushed();
    }

    // ---- our end ----

    /// All is said: leaves the socket to the closer, with what TLS has to say at the end.
    void leave() {
        linger(link.farewell());
    }

    /// Leaves the socket, with these words, to the closer.
    void linger(ByteBuffer words) {
        deregister();
        closer.linger(connection.channel, words, Duration.ofNanos(connection.listener().terms().linger()));
    }

    void deregister() {
        SelectionKey registered = key;
        if (registered != null) {
            registered.cancel();
            key = null;
        }
    }
}
