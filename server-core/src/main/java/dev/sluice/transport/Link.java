package dev.sluice.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Where the plain bytes of a connection go, and on a loop come from: the socket itself, or TLS before it.
///
/// One thread reads and one, perhaps the same, writes; [#farewell] is for any thread.
public interface Link {

    /// Whether a write waits for room, rather than taking less.
    boolean waits();

    /// Reads what is there, where nothing waits.
    ///
    /// @return how many bytes; 0 when there are none now; -1 at the peer's end
    int read(ByteBuffer into) throws IOException;

    /// Writes some.
    ///
    /// @return how many bytes were taken
    int write(ByteBuffer from) throws IOException;

    /// Writes some of a file.
    ///
    /// @return how many bytes were taken; 0 also when the file has no more
    long transfer(FileChannel file, long position, long most) throws IOException;

    /// Sends what was taken, and has not gone out.
    ///
    /// @return whether all has
    boolean flush() throws IOException;

    /// Whether all that was taken has gone out.
    boolean flushed();

    /// Whether a read would give more of what has left the socket already, and no selector will tell of.
    boolean more();

    /// Whether the peer's end came without the word that it is the end: what is unfinished then is no request.
    boolean truncated();

    /// What is left to say, after all that was written and before our FIN. Nothing more is written then.
    ByteBuffer farewell();
}
