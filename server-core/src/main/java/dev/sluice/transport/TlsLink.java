package dev.sluice.transport;

import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.transport.tls.TlsStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/// TLS before a socket that never waits.
public final class TlsLink implements Link {

    private final TlsStream stream;

    /// @param channel is not blocking
    /// @param early   what was read from it already
    public TlsLink(SocketChannel channel, TlsIdentity identity, ByteBuffer early) {
        stream = new TlsStream(identity, channel, early);
    }

    /// Goes on with the handshake, which comes before all else.
    public TlsStream.Step handshake() throws IOException {
        return stream.handshake();
    }

    @Override
    public boolean waits() {
        return false;
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
