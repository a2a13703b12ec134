package dev.sluice.transport.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import javax.net.ssl.SSLException;

/// What is encrypted, on its way between the socket and TLS: first what was read before TLS began, then what the socket gives. It looks at the first byte, and
/// counts what comes in without anything coming out of it, such as key updates and empty records, of which a client might send without end.
///
/// Confined to the thread that reads, but for `write`, which belongs to the one that writes.
final class Encrypted implements ByteChannel {

    /// Of a handshake: its largest messages are the certificates of the client.
    private static final int MOST_OF_HANDSHAKE = 128 << 10;
    /// Afterwards: nearly two of the largest records.
    private static final int MOST_BARREN = 32 << 10;
    private static final int HANDSHAKE_RECORD = 22;
    /// More than TLS adds to the plain bytes of a record.
    private static final int RECORD = 512;

    private final ByteChannel socket;
    private ByteBuffer early;
    private boolean begun;
    private int most = MOST_OF_HANDSHAKE;
    private int barren;

    /// @param early what was read already; copied
    Encrypted(ByteChannel socket, ByteBuffer early) {
        this.socket = socket;
        this.early = ByteBuffer.allocate(early.remaining()).put(early).flip();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        int count = early.hasRemaining() ? takeEarly(into) : socket.read(into);
        if (count > 0) {
            if (!begun) {
                begin(into.get(start) & 0xff);
            }
            barren += count;
            if (barren > most) {
                throw new SSLException("the client has sent " + barren + " bytes of TLS with nothing in them");
            }
        }
        return count;
    }

    private int takeEarly(ByteBuffer into) {
        int count = Math.min(early.remaining(), into.remaining());
        into.put(into.position(), early, early.position(), count).position(into.position() + count);
        early.position(early.position() + count);
        if (!early.hasRemaining()) {
            early = ByteBuffer.allocate(0);
        }
        return count;
    }

    /// Letters are a request in the clear. What else is no handshake is left to TLS, which answers it with an alert.
    private void begin(int first) throws NotTls {
        begun = true;
        if (first != HANDSHAKE_RECORD && first >= ' ' && first < 0x7f) {
            throw new NotTls();
        }
    }

    /// So many plain bytes have come out of what came in. That buys as much again, and a record around it: one byte now and then is no licence to send
    /// records with nothing in them.
    void fruitful(int count) {
        barren = Math.max(0, barren - count - RECORD);
    }

    /// From here on less is allowed.
    void handshakeDone() {
        most = MOST_BARREN;
        barren = 0;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return socket.write(from);
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    /// The socket belongs to the connection, which closes it.
    @Override
    public void close() {}
}
