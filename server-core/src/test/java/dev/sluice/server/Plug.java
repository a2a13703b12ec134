package dev.sluice.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// A client's end of a socket, TCP or Unix domain.
interface Plug extends Closeable {

    /// @param receiveBuffer in bytes; 0 for what is usual; without effect over a Unix domain socket, where only the sender has a buffer
    static Plug to(SocketAddress server, int receiveBuffer, int patience) throws IOException {
        return server instanceof InetSocketAddress tcp ? new Tcp(tcp, receiveBuffer, patience) : new Unix(server, patience);
    }

    /// The same, with TLS over it.
    static Plug secure(SocketAddress server, int receiveBuffer, int patience) throws IOException {
        Tcp tcp = new Tcp((InetSocketAddress) server, receiveBuffer, patience);
        return new Tcp(Secure.over(tcp.socket(), Secure.context(), "localhost", "TLSv1.3"));
    }

    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    /// How many milliseconds a read waits before it throws a [SocketTimeoutException].
    void patience(int millis) throws IOException;

    /// Our FIN.
    void finish() throws IOException;

    /// Goes away without a word.
    void reset() throws IOException;

    /// On a plain socket.
    record Tcp(Socket socket) implements Plug {

        Tcp(InetSocketAddress server, int receiveBuffer, int patience) throws IOException {
            this(new Socket());
            if (receiveBuffer > 0) {
                socket.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
            }
            socket.connect(server, patience);
            socket.setTcpNoDelay(true);
            patience(patience);
        }

        @Override
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void patience(int millis) throws IOException {
            socket.setSoTimeout(millis);
        }

        @Override
        public void finish() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// On a channel, since there is no plain socket.
    final class Unix implements Plug {

        private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        private volatile int patience;

        Unix(SocketAddress server, int patience) throws IOException {
            this.patience = patience;
            try {
                channel.connect(server);
                channel.configureBlocking(false);
            } catch (IOException failed) {
                channel.close();
                throw failed;
            }
        }

        private void await(int operation, int millis) throws IOException {
            try (Selector selector = Selector.open()) {
                channel.register(selector, operation);
                if (selector.select(millis) == 0) {
                    throw new SocketTimeoutException("nothing in " + millis + " ms");
                }
            }
        }

        @Override
        public InputStream in() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    ByteBuffer into = ByteBuffer.wrap(bytes, offset, length);
                    int count = channel.read(into);
                    while (count == 0 && length > 0) {
                        await(SelectionKey.OP_READ, patience);
                        count = channel.read(into);
                    }
                    return count;
                }
            };
        }

        @Override
        public OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int value) throws IOException {
                    write(new byte[] {(byte) value}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    ByteBuffer from = ByteBuffer.wrap(bytes, offset, length);
                    while (from.hasRemaining()) {
                        if (channel.write(from) == 0) {
                            await(SelectionKey.OP_WRITE, 20_000);
                        }
                    }
                }
            };
        }

        @Override
        public void patience(int millis) {
            patience = millis;
        }

        @Override
        public void finish() throws IOException {
            channel.shutdownOutput();
        }

        /// What it has not read makes it a reset for the server.
        @Override
        public void reset() throws IOException {
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
