package dev.sluice.transport;

import dev.sluice.protocol.PeerTls;
import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.transport.tls.TlsStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// TLS for threads that wait, over the wire beneath. A read with a deadline is one of as many bytes as come until then: what has come of a record stays in TLS.
public final class TlsWire implements Wire {

    private static final long NEVER = Long.MAX_VALUE;
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(10);

    private final Wire wire;
    private final SocketChannel channel;
    private final TlsStream stream;
    /// Of the thread that reads.
    private long until = NEVER;

    /// @param wire  over the same channel
    /// @param early what was read from it already
    public TlsWire(SocketChannel channel, Wire wire, TlsIdentity identity, ByteBuffer early) {
        this.wire = wire;
        this.channel = channel;
        stream = new TlsStream(identity, new Beneath(), early);
    }

    /// What TLS reads from and writes to.
    private final class Beneath implements ByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            if (until == NEVER) {
                return wire.read(into);
            }
            long left = until - System.nanoTime();
            int count = left <= 0 ? TIMED_OUT : wire.read(into, left);
            return count == TIMED_OUT ? 0 : count;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return channel.write(from);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {
            throw new IllegalStateException("the channel belongs to the connection");
        }
    }

    /// Agrees on TLS, which comes before all else. Waits for the client, until somebody closes the channel.
    public PeerTls handshake() throws IOException {
        while (true) {
            switch (stream.handshake()) {
                case TlsStream.Step.Done(PeerTls agreed) -> {
                    return agreed;
                }
                case TlsStream.Step.Bytes bytes -> {} // a wire that waits comes back with some
                case TlsStream.Step.Room room -> wire.awaitRoom();
                case TlsStream.Step.Work(Runnable task) -> task.run();
            }
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return readUntil(into, NEVER);
    }

    @Override
    public int read(ByteBuffer into, long nanos) throws IOException {
        return readUntil(into, System.nanoTime() + nanos);
    }

    private int readUntil(ByteBuffer into, long deadline) throws IOException {
        until = deadline;
        while (true) {
            int count = stream.read(into);
            if (count != 0) {
                return count;
            }
            if (until != NEVER && System.nanoTime() - until >= 0) {
                return TIMED_OUT;
            }
            if (!stream.flushed()) {
                LockSupport.parkNanos(MOMENT); // the answer to a key update has no room, for which another thread may be waiting
            }
        }
    }

    @Override
    public void awaitRoom() throws IOException {
        wire.awaitRoom();
    }

    @Override
    public boolean unread() {
        return stream.more() || wire.unread();
    }

    @Override
    public void hungUp() {
        wire.hungUp();
    }

    @Override
    public void release() {
        wire.release();
    }

    /// What to speak through: the same TLS. It is there from the beginning, for [Link#farewell] when there is no agreement.
    public Link link() {
        return new TlsLink(stream, channel.isBlocking());
    }
}
