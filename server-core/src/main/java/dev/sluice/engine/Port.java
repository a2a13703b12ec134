package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/// One listening socket, from its bind to its close. It may pass from one acceptor to the next, and is used by one at a time, under that one's lock.
final class Port {

    private final SocketAddress wanted;
    private final SocketAddress bound;
    private final ServerSocketChannel channel;

    private Port(SocketAddress wanted, SocketAddress bound, ServerSocketChannel channel) {
        this.wanted = wanted;
        this.bound = bound;
        this.channel = channel;
    }

    /// Binds. From here on the kernel holds whoever connects, until somebody accepts.
    ///
    /// @param wanted as configured
    /// @param at     the address itself; another than `wanted` where the kernel had chosen a port before
    /// @throws BindException when the address cannot be had: naming the listener and the address
    static Port bind(String listener, SocketAddress wanted, SocketAddress at, ListenerConfig config, SelectorProvider provider) throws BindException {
        try {
            ServerSocketChannel channel = listening(at, config, provider);
            return new Port(wanted, channel.getLocalAddress(), channel);
        } catch (IOException taken) {
            BindException clear = new BindException(
                    "listener " + listener + " cannot listen on " + Addresses.text(at) + ": " + taken.getMessage());
            clear.initCause(taken);
            throw clear;
        }
    }

    private static ServerSocketChannel listening(SocketAddress at, ListenerConfig config, SelectorProvider provider) throws IOException {
        ServerSocketChannel opened = provider.openServerSocketChannel();
        try {
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            opened.bind(at, config.tcp().backlog());
            opened.configureBlocking(false);
            return opened;
        } catch (IOException | RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    /// As configured.
    SocketAddress wanted() {
        return wanted;
    }

    /// With the port that the kernel chose.
    SocketAddress bound() {
        return bound;
    }

    /// Makes it known to a selector, which is not to look at it yet.
    void register(Selector selector) throws IOException {
        channel.register(selector, 0);
    }

    /// Lets a selector look at it, or not.
    ///
    /// @return false when the selector does not know it
    boolean interest(Selector selector, boolean accepts) {
        SelectionKey key = channel.keyFor(selector);
        if (key == null) {
            return false;
        }
        key.interestOps(accepts ? SelectionKey.OP_ACCEPT : 0);
        return true;
    }

    /// The selector forgets it, at its next selection.
    void deregister(Selector selector) {
        SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.cancel();
        }
    }

    /// @return null when nobody waits
    @Nullable SocketChannel accept() throws IOException {
        return channel.accept();
    }

    void close() throws IOException {
        channel.close();
    }
}
