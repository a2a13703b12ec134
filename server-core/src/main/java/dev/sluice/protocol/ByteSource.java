package dev.sluice.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A part of a response that is made while it is sent, so that memory stays bounded by what a slow client leaves unread.
///
/// `pull` is called on whichever thread writes the connection, and must not block unless [#mayBlock()] says that it may. Its calls never overlap.
public interface ByteSource extends AutoCloseable {

    /// Puts bytes into the buffer.
    ///
    /// @param into   with room for at least one byte
    /// @param resume to be run, once and from any thread, when 0 was returned and there is now more to give
    /// @return how many bytes were put; 0 for *not now*; −1 at the end
    /// @throws IOException ends the connection, so that the client sees the truncation
    int pull(ByteBuffer into, Runnable resume) throws IOException;

    /// Whether `pull` and `close` may wait, for a disk or for others. They are then never called on a loop, which costs a hand-over for each pull; and a
    /// pull is interrupted when the connection is ended at once. The same each time.
    default boolean mayBlock() {
        return false;
    }

    /// A drain has begun: an endless source should come to its end. Called at most once, from any thread.
    default void drainBegan() {}

    /// Called exactly once, after the last `pull`, whatever happened.
    @Override
    void close();
}
