package dev.sluice.engine;

import dev.sluice.transport.Link;
import dev.sluice.transport.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// Our end of a connection at whose boundary a thread waits in a read: what TLS has to say before our FIN, and that. Who decides it must not wait for the client, who may
/// take nothing; so where there is a word to say, a thread of its own does. It ends with the connection's socket at the latest.
///
/// `speaker` is set once, before our FIN is told of to the thread that reads.
final class LastWord {

    private final SocketChannel channel;
    private volatile @Nullable Thread speaker;

    LastWord(SocketChannel channel) {
        this.channel = channel;
    }

    /// From any thread, once; does not wait.
    ///
    /// @param wire waits for room
    void say(Link link, Wire wire, long connection) throws IOException {
        ByteBuffer words = link.farewell();
        if (words.hasRemaining()) {
            speaker = Thread.ofVirtual().name("sluice-ending-" + connection).start(() -> speak(words, wire));
        } else {
            channel.shutdownOutput();
        }
    }

    private void speak(ByteBuffer words, Wire wire) {
        try {
            sayAll(words, wire);
        } catch (IOException gone) {
            // the thread that reads finds out by itself
        }
    }

    /// The same, on a thread that may wait.
    void sayAll(ByteBuffer words, Wire wire) throws IOException {
        while (words.hasRemaining()) {
            if (channel.write(words) == 0) {
                wire.awaitRoom();
            }
        }
        channel.shutdownOutput();
    }

    /// Nobody touches the channel any more, once this returns. The socket's end is its own.
    void awaitSaid() {
        Thread speaking = speaker;
        boolean interrupted = false;
        while (speaking != null && speaking.isAlive()) {
            try {
                speaking.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
