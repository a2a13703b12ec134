package dev.sluice.wire;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.RequestLimits;
import java.nio.ByteBuffer;

/// The receiving half of one connection: offers what arrives to the decoder, and holds what is left of an unfinished request.
///
/// Nothing is held while whole requests arrive in whole reads, so that an idle connection costs no buffer. Confined to the thread that
/// reads the connection.
///
/// @param <Q> the type of a request
public final class RequestReader<Q> {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int SMALLEST = 512;

    private final Decoder<Q> decoder;
    private ByteBuffer held = NOTHING;

    public RequestReader(Decoder<Q> decoder) {
        this.decoder = decoder;
    }

    /// Takes at most one request from what is held and `fresh`. To be called until it answers [Decoded.Incomplete]; then, or when no more
    /// requests are wanted at the moment, [#hold] keeps what is left.
    public Decoded<Q> next(ByteBuffer fresh, RequestLimits limits) {
        return bounded(decoder.decode(source(fresh), limits), limits);
    }

    /// The same, when no byte will follow.
    public Decoded<Q> last(ByteBuffer fresh, RequestLimits limits) {
        return decoder.decodeLast(source(fresh), limits);
    }

    /// Keeps what is left of `fresh`, which may then be used again.
    public void hold(ByteBuffer fresh) {
        if (fresh.hasRemaining()) {
            append(fresh);
        } else if (!held.hasRemaining()) {
            held = NOTHING;
        }
    }

    /// How many bytes are held.
    public int held() {
        return held.remaining();
    }

    private ByteBuffer source(ByteBuffer fresh) {
        if (!held.hasRemaining()) {
            return fresh;
        }
        if (fresh.hasRemaining()) {
            append(fresh);
        }
        return held;
    }

    private void append(ByteBuffer fresh) {
        int size = held.remaining() + fresh.remaining();
        if (held.capacity() - held.limit() < fresh.remaining()) {
            ByteBuffer roomier = held.capacity() >= size ? held : ByteBuffer.allocate(roomFor(size));
            if (roomier == held) {
                held.compact().flip();
            } else {
                held = roomier.put(held).flip();
            }
        }
        int end = held.limit();
        held.limit(end + fresh.remaining()).put(end, fresh, fresh.position(), fresh.remaining());
        fresh.position(fresh.limit());
    }

    private static int roomFor(int size) {
        return Math.max(SMALLEST, size + (size >> 1));
    }

    /// A decoder of the user's own may forget to bound what it leaves unread: this is the bound behind it.
    private Decoded<Q> bounded(Decoded<Q> decoded, RequestLimits limits) {
        if (decoded instanceof Decoded.Incomplete<Q> && held.remaining() > limits.request()) {
            return Decoded.malformed(0, "the request is larger than " + limits.request() + " bytes");
        }
        return decoded;
    }
}
