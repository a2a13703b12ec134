package dev.sluice.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/// The socket itself.
public record SocketLink(SocketChannel channel) implements Link {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    @Override
    public boolean waits() {
        return channel.isBlocking();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public long transfer(FileChannel file, long position, long most) throws IOException {
        return file.transferTo(position, most, channel);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public boolean flushed() {
        return true;
    }

    @Override
    public boolean more() {
        return false;
    }

    @Override
    public boolean truncated() {
        return false;
    }

    @Override
    public ByteBuffer farewell() {
        return NOTHING;
    }
}
