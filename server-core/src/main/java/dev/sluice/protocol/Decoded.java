package dev.sluice.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a [Decoder] found.
///
/// @param <Q> the type of a request
public sealed interface Decoded<Q> {

    /// A whole request; its bytes are consumed.
    record Complete<Q>(Q request) implements Decoded<Q> {}

    /// More bytes are needed.
    ///
    /// @param stage how far the decoder is
    record Incomplete<Q>(Stage stage) implements Decoded<Q> {
        private static final Incomplete<?>[] OF_STAGE = {
            new Incomplete<>(Stage.BETWEEN), new Incomplete<>(Stage.HEAD), new Incomplete<>(Stage.BODY)
        };
    }

    /// Bytes for the client before the request is complete (`100 Continue`). They leave in order, after the responses
    /// to the requests before this one. The decoder is called again at once.
    ///
    /// @param bytes read from its position to its limit
    record Interim<Q>(ByteBuffer bytes) implements Decoded<Q> {}

    /// A part of a body that is too large for memory. The driver writes it to the file where it may block, never on a loop, and reads nothing meanwhile.
    /// Then the decoder is called again.
    ///
    /// A file that no [Complete] brings to its handler is closed when the connection ends, and every other at the latest then.
    ///
    /// @param file  the same for each part of one body
    /// @param bytes the next part, from its position to its limit; the decoder's again when it is called again
    record Spool<Q>(SpoolFile file, ByteBuffer bytes) implements Decoded<Q> {}

    /// Bytes that are no request. The connection ends after [Protocol#refuse] has answered.
    ///
    /// @param partial the request as far as it is known, or null
    /// @param code    the protocol's own code for the fault, for example an HTTP status; handed on in [Refusal.Malformed]
    /// @param detail  what is wrong and what is allowed, for a person
    record Malformed<Q>(@Nullable Q partial, int code, String detail) implements Decoded<Q> {}

    /// A whole request.
    static <Q> Decoded<Q> complete(Q request) {
        return new Complete<>(request);
    }

    /// More bytes are needed. Allocates nothing.
    @SuppressWarnings("unchecked") // an Incomplete holds no Q, so one instance serves every type
    static <Q> Decoded<Q> incomplete(Stage stage) {
        return (Decoded<Q>) Incomplete.OF_STAGE[stage.ordinal()];
    }

    /// Bytes that are no request, of which nothing is known.
    static <Q> Decoded<Q> malformed(int code, String detail) {
        return new Malformed<>(null, code, detail);
    }
}
