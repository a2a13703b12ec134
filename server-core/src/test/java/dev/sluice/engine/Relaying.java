package dev.sluice.engine;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/// Listening channels over those of the system, so that a test can hear, and change, what is done with them. What registers them with a selector, an acceptor,
/// has one of its own; the selectors of all others are the system's.
class Relaying extends SelectorProvider {

    private static final SelectorProvider REAL = SelectorProvider.provider();

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return REAL.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return REAL.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return REAL.openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
        boolean acceptors = StackWalker.getInstance().walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(Acceptor.class.getName())));
        return acceptors ? new Watch(this, REAL.openSelector()) : REAL.openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return relay(REAL.openServerSocketChannel());
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return relay(REAL.openServerSocketChannel(family));
    }

    /// Puts a channel in front of one of the system.
    Ear relay(ServerSocketChannel real) {
        return new Ear(this, real);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return REAL.openSocketChannel();
    }

    static class Ear extends ServerSocketChannel {
        final ServerSocketChannel real;

        Ear(SelectorProvider provider, ServerSocketChannel real) {
            super(provider);
            this.real = real;
        }

        @Override
        public SocketChannel accept() throws IOException {
            return real.accept();
        }

        @Override
        public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
            real.bind(local, backlog);
            return this;
        }

        @Override
        public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
            real.setOption(name, value);
            return this;
        }

        @Override
        public <T> T getOption(SocketOption<T> name) throws IOException {
            return real.getOption(name);
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return real.supportedOptions();
        }

        @Override
        public ServerSocket socket() {
            return real.socket();
        }

        @Override
        public SocketAddress getLocalAddress() throws IOException {
            return real.getLocalAddress();
        }

        @Override
        protected void implCloseSelectableChannel() throws IOException {
            real.close();
        }

        @Override
        protected void implConfigureBlocking(boolean block) throws IOException {
            real.configureBlocking(block);
        }
    }

    private static final class Watch extends AbstractSelector {
        private final Selector real;

        Watch(SelectorProvider provider, Selector real) {
            super(provider);
            this.real = real;
        }

        @Override
        protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
            try {
                Ear ear = (Ear) channel;
                return new Key(this, ear, ear.real.register(real, ops, attachment));
            } catch (IOException closed) {
                throw new AssertionError(closed);
            }
        }

        @Override
        public Set<SelectionKey> keys() {
            return real.keys();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return real.selectedKeys();
        }

        @Override
        public int selectNow() throws IOException {
            letGo();
            return real.selectNow();
        }

        @Override
        public int select(long timeout) throws IOException {
            letGo();
            return real.select(timeout);
        }

        @Override
        public int select() throws IOException {
            letGo();
            return real.select();
        }

        private void letGo() {
            synchronized (cancelledKeys()) {
                for (SelectionKey cancelled : cancelledKeys()) {
                    Key key = (Key) cancelled;
                    key.real.cancel();
                    deregister(key);
                }
                cancelledKeys().clear();
            }
        }

        @Override
        public Selector wakeup() {
            real.wakeup();
            return this;
        }

        @Override
        protected void implCloseSelector() throws IOException {
            real.close();
        }
    }

    private static final class Key extends AbstractSelectionKey {
        private final Watch watch;
        private final Ear ear;
        private final SelectionKey real;

        Key(Watch watch, Ear ear, SelectionKey real) {
            this.watch = watch;
            this.ear = ear;
            this.real = real;
        }

        @Override
        public Ear channel() {
            return ear;
        }

        @Override
        public Selector selector() {
            return watch;
        }

        @Override
        public int interestOps() {
            return real.interestOps();
        }

        @Override
        public SelectionKey interestOps(int ops) {
            real.interestOps(ops);
            return this;
        }

        @Override
        public int readyOps() {
            return real.readyOps();
        }
    }
}
