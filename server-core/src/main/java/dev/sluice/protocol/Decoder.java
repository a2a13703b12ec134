package dev.sluice.protocol;

import java.nio.ByteBuffer;

/// Turns the bytes of one connection into requests. Belongs to that connection; its calls never overlap.
///
/// A decoder takes at most one request a call. It may consume bytes of an unfinished request (moving them into
/// state of its own) or leave them: what it leaves is offered again at the front of the next buffer, followed by more,
/// so that a decoder which remembers how far it has scanned, *relative to the buffer's position*, costs
/// time linear in what was received, however slowly it came.
///
/// @param <Q> the type of a request
@FunctionalInterface
public interface Decoder<Q> {

    /// Takes at most one request from `in`.
    ///
    /// @param in     the bytes from its position to its limit; may be empty; consumed by moving its position. Not to be kept
    /// @param limits how large a request may be, now; may differ from one call to the next
    /// @return what was found
    Decoded<Q> decode(ByteBuffer in, RequestLimits limits);

    /// The same, when the client has half-closed and no byte will follow. Called again after each
    /// [Decoded.Complete]. Unless overridden, what is left of an unfinished request is malformed.
    default Decoded<Q> decodeLast(ByteBuffer in, RequestLimits limits) {
        Decoded<Q> decoded = decode(in, limits);
        if (decoded instanceof Decoded.Incomplete<Q>(Stage stage) && stage != Stage.BETWEEN) {
            return Decoded.malformed(0, "the client ended in the middle of a request");
        }
        return decoded;
    }
}
