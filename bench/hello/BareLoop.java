import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// The floor to measure against: one selector and one thread that answer fixed bytes to whatever ends in an empty line.
class BareLoop {

    private static final byte[] ANSWER = """
            HTTP/1.1 200 OK\r
            Date: Thu, 01 Jan 2026 00:00:00 GMT\r
            Content-Type: text/plain\r
            Content-Length: 13\r
            \r
            Hello, World!""".getBytes(StandardCharsets.ISO_8859_1);

    public static void main(String[] args) throws Exception {
        Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 1_024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
        ByteBuffer out = ByteBuffer.allocateDirect(64 << 10);
        while (true) {
            selector.select(key -> ready(key, selector, in, out));
        }
    }

    private static void ready(SelectionKey key, Selector selector, ByteBuffer in, ByteBuffer out) {
        try {
            if (key.isAcceptable()) {
                SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
                accepted.configureBlocking(false);
                accepted.socket().setTcpNoDelay(true);
                accepted.register(selector, SelectionKey.OP_READ);
                return;
            }
            SocketChannel channel = (SocketChannel) key.channel();
            if (channel.read(in.clear()) < 0) {
                channel.close();
                return;
            }
            in.flip();
            out.clear();
            for (int i = 3; i < in.limit(); i++) {
                if (in.get(i) == '\n' && in.get(i - 1) == '\r' && in.get(i - 2) == '\n' && in.get(i - 3) == '\r') {
                    out.put(ANSWER);
                }
            }
            channel.write(out.flip());
        } catch (java.io.IOException gone) {
            key.cancel();
        }
    }
}
