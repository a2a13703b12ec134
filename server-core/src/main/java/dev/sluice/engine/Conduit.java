package dev.sluice.engine;

import dev.sluice.protocol.PeerTls;
import dev.sluice.transport.Closer;
import dev.sluice.transport.Link;
import dev.sluice.transport.SocketLink;
import dev.sluice.transport.TlsWire;
import dev.sluice.transport.Wire;
import dev.sluice.transport.tls.NotTls;
import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.wire.Output;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.LongConsumer;

/// The socket of a connection whose threads wait: where they read from and write to, and how our end of it is told. That is the socket
/// itself until TLS is agreed on, and TLS from then on.
///
/// One thread reads and one, perhaps the same, writes. The one that reads replaces `wire` and `link`, once, before a message is there that
/// another thread could answer, and before the connection stands at a boundary where one could end it. [#unread], [#sayLast], [#hungUp] and
/// [#linger] are for any thread; so are [#leave], [#release] and [#awaitSaid] once no thread serves the connection.
final class Conduit {

    static final ByteBuffer NO_WORDS = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final Listener listener;
    private final Closer closer;
    private final LastWord lastWord;
    private Wire wire;
    private Link link;

    /// What came of a handshake.
    sealed interface Handshaken {

        record Agreed(PeerTls tls) implements Handshaken {}

        /// The client speaks in the clear, and can be told so.
        record Clear(String detail) implements Handshaken {}

        /// @param farewell what is left to say before our FIN
        record Failed(IOException why, ByteBuffer farewell) implements Handshaken {}
    }

    Conduit(SocketChannel channel, SocketAddress remote, Listener listener, Closer closer) throws IOException {
        this.channel = channel;
        this.listener = listener;
        this.closer = closer;
        this.lastWord = new LastWord(channel);
        this.wire = Wire.over(channel, remote);
        this.link = new SocketLink(channel);
    }

    /// Agrees on TLS. Waits for the client, until somebody closes the channel.
    ///
    /// @param early what was read already; it is TLS's now
    Handshaken handshake(TlsIdentity identity, ByteBuffer early) {
        TlsWire tls = new TlsWire(channel, wire, identity, early);
        early.limit(early.position());
        try {
            PeerTls agreed = tls.handshake();
            wire = tls;
            link = tls.link();
            return new Handshaken.Agreed(agreed);
        } catch (NotTls clear) {
            return new Handshaken.Clear(String.valueOf(clear.getMessage()));
        } catch (IOException failed) {
            return new Handshaken.Failed(failed, tls.link().farewell());
        }
    }

    // ---- reading ----

    /// Reads what comes next, however long that takes, into the buffer, of which nothing is left.
    ///
    /// @return how many bytes are in it; −1 at the peer's end
    int read(ByteBuffer into) throws IOException {
        return filled(into, wire.read(into.clear()));
    }

    /// @return also [Wire#TIMED_OUT]
    int read(ByteBuffer into, long nanos) throws IOException {
        return filled(into, wire.read(into.clear(), nanos));
    }

    private static int filled(ByteBuffer buffer, int count) {
        buffer.position(0).limit(Math.max(count, 0));
        return count;
    }

    /// Whether bytes have come that nobody has read yet.
    boolean unread() {
        return wire.unread();
    }

    /// Whether the peer's end came without the word that it is the end.
    boolean truncated() {
        return link.truncated();
    }

    // ---- writing ----

    /// As [Sender#send].
    Sender.Sent send(Output output, LongConsumer progress, Runnable resume) throws IOException {
        return Sender.send(output, link, progress, resume);
    }

    void awaitRoom() throws IOException {
        wire.awaitRoom();
    }

    /// Whoever closes the socket also wakes a thread that waits for a source, which may still have nothing to give.
    void requireOpen() throws ClosedChannelException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    // ---- our end ----

    /// What TLS has to say at the end, and our FIN. From any thread, once; does not wait.
    void sayLast(long connection) throws IOException {
        lastWord.say(link, wire, connection);
    }

    /// The same, by the thread that writes, which waits.
    void writeLast() throws IOException {
        lastWord.sayAll(link.farewell(), wire);
    }

    /// What was said last, from whatever thread, is on its way; nobody says more.
    void awaitSaid() {
        lastWord.awaitSaid();
    }

    /// Leaves the socket, with what there is to say at the end, to the closer.
    void leave() {
        linger(link.farewell());
    }

    /// Leaves the socket, with these words, to the closer.
    void linger(ByteBuffer words) {
        closer.linger(channel, words, Duration.ofNanos(listener.terms().linger()));
    }

    /// The channel was closed: whoever waits here is to notice.
    void hungUp() {
        wire.hungUp();
    }

    /// Nobody waits here any more, or will.
    void release() {
        wire.release();
    }
}
