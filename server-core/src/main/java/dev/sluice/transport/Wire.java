package dev.sluice.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// How threads that may wait do so for one connection: for bytes, for bytes until a deadline, for room to write. What differs between a TCP
/// and a Unix domain socket is here and nowhere else; TLS lies over either: Java offers a read with a deadline, and a look at what the kernel holds, for TCP
/// alone.
///
/// One thread reads and one, perhaps the same, writes; [#unread] and [#hungUp] are for any thread.
public sealed interface Wire permits TcpWire, UnixWire, TlsWire {

    /// What [#read(ByteBuffer, long)] answers when its time is over.
    int TIMED_OUT = -2;

    /// Makes the one that fits. The channel's mode is the wire's from now on.
    ///
    /// @param remote the client's address
    static Wire over(SocketChannel channel, SocketAddress remote) throws IOException {
        return remote instanceof UnixDomainSocketAddress ? new UnixWire(channel) : new TcpWire(channel);
    }

    /// Reads what comes next, however long that takes.
    ///
    /// @return how many bytes, at least one; -1 at the peer's end
    /// @throws IOException also when another thread closes the channel meanwhile
    int read(ByteBuffer into) throws IOException;

    /// Reads what comes within a time.
    ///
    /// @param into backed by an array, and empty
    /// @return how many bytes, at least one; -1 at the peer's end; [#TIMED_OUT]
    /// @throws IOException also when another thread closes the channel meanwhile
    int read(ByteBuffer into, long nanos) throws IOException;

    /// Waits until a write that was taken in part, or not at all, can go on.
    ///
    /// @throws IOException also when another thread closes the channel meanwhile
    void awaitRoom() throws IOException;

    /// Whether the kernel holds bytes that nobody has read yet. From any thread; does not wait. What is gone has nothing to be read: the
    /// next read or write says so.
    boolean unread();

    /// The channel was closed: whoever waits in one of these methods is to notice. From any thread; does not wait.
    void hungUp();

    /// Gives back what waiting took. No thread is in one of these methods, or will be.
    void release();
}
