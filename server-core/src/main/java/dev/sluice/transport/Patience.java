package dev.sluice.transport;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The waiting of one thread for one kind of readiness of a non-blocking channel.
///
/// The selector belongs to the thread that waits. Who ends the waiting from outside has closed the channel before: a thread that says it
/// waits before it looks at the channel, and one that closes the channel before it looks whether anybody waits, cannot miss each other.
final class Patience {

    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    private final SocketChannel channel;
    private final int operation;
    private volatile @Nullable Selector selector;
    private volatile boolean waiting;

    /// @param operation of [SelectionKey]
    Patience(SocketChannel channel, int operation) {
        this.channel = channel;
        this.operation = operation;
    }

    /// Waits until the channel is ready, a time is over, or, by chance, less.
    ///
    /// @param millis 0 for as long as it takes
    /// @throws IOException when the channel is closed, before or meanwhile, or this thread is interrupted, which closes it as it does a blocking channel
    void await(long millis) throws IOException {
        waiting = true;
        try {
            Selector own = own();
            if (!channel.isOpen()) {
                throw new ClosedChannelException();
            }
            own.select(ready -> {}, millis);
        } finally {
            waiting = false;
        }
        if (Thread.interrupted()) {
            channel.close();
            throw new ClosedByInterruptException();
        }
    }

    private Selector own() throws IOException {
        Selector own = selector;
        if (own != null) {
            return own;
        }
        Selector opened = channel.provider().openSelector();
        try {
            channel.register(opened, operation);
        } catch (IOException | RuntimeException failed) {
            opened.close();
            throw failed;
        }
        selector = opened;
        return opened;
    }

    /// The channel is closed, or waited for no more. The kernel lets go of a channel when the last selector does: this one does at once,
    /// unless its thread is about to wait or waits; that one is woken, and finds the channel closed.
    void end() {
        Selector own = selector;
        if (own == null) {
            return;
        }
        if (waiting) {
            own.wakeup();
            return;
        }
        try {
            own.close();
        } catch (IOException failed) {
            LOG.debug("event=close-failed", failed);
        }
    }
}
