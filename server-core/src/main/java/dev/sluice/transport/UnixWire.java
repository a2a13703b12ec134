package dev.sluice.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/// A non-blocking channel, whose threads wait in selectors: one for the thread that reads and one for the thread that writes, each opened
/// when it first has to wait. That takes two more files for each, and one more system call for each wait, and gives what TCP has: a
/// deadline that loses nothing, and a look at what the kernel holds. (A blocking read could only be ended by `shutdownInput`, which takes
/// the client's next write away from it as well.)
final class UnixWire implements Wire {

    private final SocketChannel channel;
    private final Patience reading;
    private final Patience writing;

    UnixWire(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        reading = new Patience(channel, SelectionKey.OP_READ);
        writing = new Patience(channel, SelectionKey.OP_WRITE);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count = channel.read(into);
        while (count == 0) {
            reading.await(0);
            count = channel.read(into);
        }
        return count;
    }

    @Override
    public int read(ByteBuffer into, long nanos) throws IOException {
        long until = System.nanoTime() + nanos;
        int count = channel.read(into);
        for (long left = nanos; count == 0; left = until - System.nanoTime()) {
            if (left <= 0) {
                return TIMED_OUT;
            }
            reading.await(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            count = channel.read(into);
        }
        return count;
    }

    @Override
    public void awaitRoom() throws IOException {
        writing.await(0);
    }

    /// Asks a selector of its own, which takes no byte from whoever reads. The peer's end counts as well: it is about to be read.
    @Override
    public boolean unread() {
        try (Selector look = channel.provider().openSelector()) {
            channel.register(look, SelectionKey.OP_READ);
            return look.selectNow() > 0;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void hungUp() {
        reading.end();
        writing.end();
    }

    @Override
    public void release() {
        hungUp();
    }
}
