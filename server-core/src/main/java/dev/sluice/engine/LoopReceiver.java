package dev.sluice.engine;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads for a connection on a loop, into the loop's buffer, which is its own for the length of a turn.
///
/// ```
///   it joins, or the selector says so ──► read ──► bytes, or the peer's end ──► in a further turn, when there is more that no selector tells of
/// ```
///
/// Confined to the loop's thread.
final class LoopReceiver {

    /// How much is read ahead of a request that is with its handler, or a reply that is not sent.
    private static final int READ_AHEAD = 64 << 10;

    private final LoopConnection<?, ?> connection;
    private final LoopConduit conduit;
    private boolean peerEnded;
    /// The loop is to come back for more.
    private boolean again;

    LoopReceiver(LoopConnection<?, ?> connection, LoopConduit conduit) {
        this.connection = connection;
        this.conduit = conduit;
    }

    /// Reads what has come. Nothing is left in the loop's buffer.
    ///
    /// @return how many bytes; −1 at the peer's end
    int read() throws IOException {
        ByteBuffer in = connection.loop.incoming.clear();
        int count;
        try {
            count = conduit.read(in);
        } finally {
            in.flip();
        }
        if (count < 0) {
            peerEnded = true;
        } else if (count > 0) {
            connection.received(count, connection.loop.look());
        }
        return count;
    }

    /// No byte will follow those that were read.
    boolean peerEnded() {
        return peerEnded;
    }

    /// The same, and those are all that the peer has sent.
    boolean complete() {
        return peerEnded && !conduit.truncated();
    }

    /// Whether bytes are here that are not decoded yet.
    boolean readAhead() {
        return connection.loop.incoming.hasRemaining() || connection.reader.held() > 0;
    }

    /// Whether so many are that no more are to be read before they are decoded.
    boolean aheadEnough() {
        return connection.reader.held() >= READ_AHEAD;
    }

    // ---- more, which no selector tells of ----

    /// Has the loop come back, after others have had their turn, where there is more.
    void comeBack() {
        if (conduit.more() && !again) {
            again = true;
            connection.loop.again(connection);
        }
    }

    /// The loop has come back.
    ///
    /// @return whether the connection still wants to read
    boolean cameBack() {
        again = false;
        return !connection.ended() && conduit.wantsToRead();
    }
}
