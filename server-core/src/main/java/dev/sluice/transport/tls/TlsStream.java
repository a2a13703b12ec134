package dev.sluice.transport.tls;

import dev.sluice.protocol.PeerTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.security.cert.X509Certificate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import tlschannel.NeedsReadException;
import tlschannel.NeedsTaskException;
import tlschannel.NeedsWriteException;
import tlschannel.ServerTlsChannel;
import tlschannel.TlsChannel;

/// The plain bytes of one TLS connection, over a channel that may wait or not.
///
/// ```
///   handshake() ─► Bytes, Room or Work, each followed by another call ─► Done ─► read, write … ─► farewell()
/// ```
///
/// One thread reads and one, perhaps the same, writes, as the TLS channel beneath allows. It is never closed there, and never told to shut down: that takes the
/// lock which a waiting read holds. Our end is said by the engine itself, in [#farewell], which takes no lock but the engine's, and waits for nothing.
public final class TlsStream {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int RECORD = 16 << 10;
    /// Calls of the engine in which it says what it has to; two is what it needs.
    private static final int TRIES = 4;

    private final SSLEngine engine;
    private final Encrypted encrypted;
    private final TlsChannel channel;
    private final RecordBuffers buffers = new RecordBuffers();
    private final PlainBuffer plain = new PlainBuffer();
    /// Bytes that TLS has taken have not all gone out.
    private volatile boolean unflushed;
    private volatile boolean more;
    private volatile boolean truncated;

    /// What a handshake needs to go on.
    public sealed interface Step {
        /// It is over.
        record Done(PeerTls agreed) implements Step {}

        /// Bytes of the client's.
        record Bytes() implements Step {}

        /// Room to send some of ours.
        record Room() implements Step {}

        /// Something is to be computed, which may take a while, or wait: on no loop.
        record Work(Runnable task) implements Step {}
    }

    /// @param socket what is encrypted; its methods may wait, or answer 0
    /// @param early  bytes that were read from it already
    public TlsStream(TlsIdentity identity, ByteChannel socket, ByteBuffer early) {
        engine = identity.engine();
        encrypted = new Encrypted(socket, early);
        channel = ServerTlsChannel.newBuilder(encrypted, identity.context())
                .withEngineFactory(context -> engine)
                .withRunTasks(false) // of a first handshake the caller runs them; in another one, that a client asks for, this ends the connection
                .withReleaseBuffers(true)
                .withPlainBufferAllocator(plain)
                .withEncryptedBufferAllocator(buffers)
                .build();
    }

    /// Goes on with the handshake.
    ///
    /// @throws NotTls      when the client speaks in the clear
    /// @throws IOException when it cannot be agreed on; [#farewell] then has what is to be told to the client
    public Step handshake() throws IOException {
        try {
            channel.handshake();
            unflushed = false;
            encrypted.handshakeDone();
            more = true; // the first request may have come with the client's last word
            return new Step.Done(agreed());
        } catch (NeedsReadException bytes) {
            return new Step.Bytes();
        } catch (NeedsWriteException room) {
            return new Step.Room();
        } catch (NeedsTaskException work) {
            return new Step.Work(work.getTask());
        } catch (ClosedChannelException left) {
            throw new SSLException("the client has left in the handshake", left);
        } catch (IllegalStateException | IllegalArgumentException unexpected) {
            throw broken(unexpected);
        }
    }

    private PeerTls agreed() {
        SSLSession session = engine.getSession();
        String host = session instanceof ExtendedSSLSession extended ? NamedKeys.host(extended.getRequestedServerNames()) : "";
        String application = engine.getApplicationProtocol();
        return new PeerTls(session.getProtocol(), session.getCipherSuite(), host, application == null ? "" : application, client(session));
    }

    private static @Nullable X509Certificate client(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate first ? first : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    /// Reads plain bytes.
    ///
    /// @return how many; 0 when more is needed, of the client's bytes or, as [#flushed] says, of room for ours; -1 at the client's end, see [#truncated]
    public int read(ByteBuffer into) throws IOException {
        more = false;
        try {
            int count = channel.read(into);
            if (count > 0) {
                encrypted.fruitful(count);
                more = buffers.held() > 0 || plain.filled();
            } else if (count < 0) {
                truncated = !channel.shutdownReceived();
            }
            return count;
        } catch (NeedsReadException bytes) {
            return 0;
        } catch (NeedsWriteException room) {
            unflushed = true;
            more = true;
            return 0;
        } catch (IllegalStateException | IllegalArgumentException unexpected) {
            throw broken(unexpected);
        }
    }

    /// The TLS channel cannot do with a record that is larger than any may be, and says so in its own way.
    private static SSLException broken(RuntimeException unexpected) {
        return new SSLException("what the client has sent is no TLS: " + unexpected.getMessage(), unexpected);
    }

    /// Whether more may be read at once, of what was read from the socket already, and so no selector will tell of.
    public boolean more() {
        return more;
    }

    /// Whether the client's end came without a word of its own that it is the end: then it may be somebody else's doing (RFC 9112 §9.8).
    public boolean truncated() {
        return truncated;
    }

    /// Writes plain bytes.
    ///
    /// @return how many were taken; what of them has not gone out is sent by [#flush]
    /// @throws SSLException when the client has ended both directions; it is told of our end where the socket takes that, and nothing more is to be said
    public int write(ByteBuffer from) throws IOException {
        int before = from.remaining();
        try {
            channel.write(from);
            unflushed = false;
        } catch (NeedsWriteException room) {
            unflushed = true;
            return before - from.remaining();
        }
        if (from.hasRemaining()) {
            answerEnd();
            throw new SSLException("the client has ended TLS, and reads no more");
        }
        return before;
    }

    /// In TLS 1.2 the client's close_notify ends both directions: it is answered with our own at once, and what was to be sent is dropped (RFC 5246 §7.2.1).
    /// The engine has said ours by now, and the channel holds it. In TLS 1.3 we may go on (RFC 8446 §6.1).
    private void answerEnd() throws IOException {
        try {
            channel.write(NOTHING.duplicate());
        } catch (NeedsWriteException room) {
            // The client takes nothing: it is not told.
        }
    }

    /// Writes of a file what goes into one record.
    ///
    /// @return how much was taken; 0 also when the file has no more
    public long transfer(FileChannel file, long position, long most) throws IOException {
        if (!flush()) {
            return 0;
        }
        ByteBuffer record = buffers.allocate(RecordBuffers.LARGEST).limit((int) Math.min(most, RECORD));
        try {
            int read = file.read(record, position);
            return read <= 0 ? 0 : write(record.flip());
        } finally {
            buffers.free(record);
        }
    }

    /// Whether all that was taken has gone out.
    public boolean flushed() {
        return !unflushed;
    }

    /// Sends what was taken and has not gone out.
    ///
    /// @return whether all has
    public boolean flush() throws IOException {
        if (unflushed) {
            write(NOTHING.duplicate());
        }
        return !unflushed;
    }

    /// What is left to tell the client, encrypted: why there is nothing to be agreed on, or else that this is our end. From any thread; does not wait. To be
    /// sent by the caller, after what was written.
    public ByteBuffer farewell() {
        engine.closeOutbound();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        for (int i = 0; i < TRIES; i++) {
            try {
                SSLEngineResult result = engine.wrap(NOTHING.duplicate(), out);
                if (result.getStatus() == SSLEngineResult.Status.CLOSED || result.bytesProduced() == 0) {
                    break;
                }
            } catch (SSLException again) {
                // The failure that the client is about to be told of.
            }
        }
        return ByteBuffer.allocate(out.position()).put(out.flip()).flip();
    }
}
