package dev.sluice.transport;

import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.transport.tls.TlsStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/// TLS before a socket.
///
/// @param waits whether the socket does
public record TlsLink(TlsStream stream, boolean waits) implements Link {

    /// Of a socket that never waits.
    ///
    /// @param early what was read from it already
    public static TlsLink over(SocketChannel channel, TlsIdentity identity, ByteBuffer early) {
        return new TlsLink(new TlsStream(identity, channel, early), false);
    }

    /// Goes on with the handshake, which comes before all else.
    public TlsStream.Step handshake() throws IOException {
        return stream.handshake();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return stream.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return stream.write(from);
    }

    @Override
    public long transfer(FileChannel file, long position, long most) throws IOException {
        return stream.transfer(file, position, most);
    }

    @Override
    public boolean flush() throws IOException {
        return stream.flush();
    }

    @Override
    public boolean flushed() {
        return stream.flushed();
    }

    @Override
    public boolean more() {
        return stream.more();
    }

    @Override
    public boolean truncated() {
        return stream.truncated();
    }

    @Override
    public ByteBuffer farewell() {
        return stream.farewell();
    }
}
