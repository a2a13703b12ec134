package dev.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// The floor on the JVM: one selector and one thread that answer fixed bytes to whatever ends in an empty line. With `close` it closes
/// after each answer.
final class NioLoop {

    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 << 10);
    private final byte[] answer;
    private final boolean closes;

    private NioLoop(Selector selector, byte[] answer, boolean closes) {
        this.selector = selector;
        this.answer = answer;
        this.closes = closes;
    }

    public static void main(String[] words) throws IOException {
        Options options = Options.of(words);
        boolean closes = options.has("close");
        NioLoop loop = new NioLoop(Selector.open(), Work.of(options).fixedAnswer(closes), closes);
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(Work.HOST, options.port()), Work.BACKLOG);
        listener.configureBlocking(false);
        listener.register(loop.selector, SelectionKey.OP_ACCEPT);
        while (true) {
            loop.selector.select(loop::ready);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.channel() instanceof ServerSocketChannel listener) {
                accept(listener);
            } else if (key.channel() instanceof SocketChannel client) {
                serve(client);
            }
        } catch (IOException gone) {
            key.cancel();
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        SocketChannel client = listener.accept();
        if (client != null) {
            client.configureBlocking(false);
            client.socket().setTcpNoDelay(true);
            client.register(selector, SelectionKey.OP_READ);
        }
    }

    private void serve(SocketChannel client) throws IOException {
        if (client.read(in.clear()) < 0) {
            client.close();
            return;
        }
        in.flip();
        out.clear();
        for (int i = 3; i < in.limit(); i++) {
            if (in.get(i) == '\n' && in.get(i - 1) == '\r' && in.get(i - 2) == '\n' && in.get(i - 3) == '\r') {
                out.put(answer);
            }
        }
        client.write(out.flip());
        if (closes) {
            client.close();
        }
    }
}
