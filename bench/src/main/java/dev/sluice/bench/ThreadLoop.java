package dev.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The floor of blocking servers: a thread for each connection, `threads=virtual` or `platform`, that answers fixed bytes to whatever ends
/// in an empty line, after the work.
final class ThreadLoop {

    private final Work work;
    private final byte[] answer;

    private ThreadLoop(Work work) {
        this.work = work;
        this.answer = work.fixedAnswer(false);
    }

    public static void main(String[] words) throws IOException {
        Options options = Options.of(words);
        ThreadLoop loop = new ThreadLoop(Work.of(options));
        boolean virtual = options.text("threads", "virtual").equals("virtual");
        try (ServerSocketChannel listener = ServerSocketChannel.open();
                ExecutorService threads = virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newCachedThreadPool()) {
            listener.bind(new InetSocketAddress(Work.HOST, options.port()), Work.BACKLOG);
            while (true) {
                SocketChannel client = listener.accept();
                threads.execute(() -> loop.serve(client));
            }
        }
    }

    private void serve(SocketChannel client) {
        ByteBuffer in = ByteBuffer.allocateDirect(8 << 10);
        ByteBuffer out = ByteBuffer.allocateDirect(64 << 10);
        try (client) {
            client.socket().setTcpNoDelay(true);
            while (client.read(in.clear()) >= 0) {
                answerAll(in.flip(), out.clear());
                out.flip();
                while (out.hasRemaining()) {
                    client.write(out);
                }
            }
        } catch (IOException gone) {
            // the load has ended
        }
    }

    private void answerAll(ByteBuffer in, ByteBuffer out) {
        for (int i = 3; i < in.limit(); i++) {
            if (in.get(i) == '\n' && in.get(i - 1) == '\r' && in.get(i - 2) == '\n' && in.get(i - 3) == '\r') {
                work.perform();
                out.put(answer);
            }
        }
    }
}
