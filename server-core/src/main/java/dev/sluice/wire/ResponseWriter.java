package dev.sluice.wire;

import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The sending half of one connection: has the protocol write each answer whole, or not at all. Confined to the thread that writes
/// the connection.
///
/// @param <Q> the type of a request
/// @param <R> the type of a response
public final class ResponseWriter<Q, R> {

    private final Protocol<Q, R> protocol;
    private final Output output = new Output();

    public ResponseWriter(Protocol<Q, R> protocol) {
        this.protocol = protocol;
    }

    /// What is yet to be sent.
    public Output output() {
        return output;
    }

    /// Writes a response. What the protocol throws comes through, and nothing of the response is left in the output. What the response holds is closed
    /// then, by the output if it was given to it already, or else by the response, if it is [AutoCloseable].
    public Ending respond(Q request, R response, boolean last) {
        output.mark();
        boolean done = false;
        try {
            Ending ending = protocol.encode(request, response, last, output);
            done = true;
            return ending;
        } finally {
            if (!done && !output.rollback() && response instanceof AutoCloseable holding) {
                Attempt.make(holding::close);
            }
        }
    }

    /// Writes what the protocol says in place of a response. What it throws comes through, and nothing of it is left in the output.
    public Ending refuse(@Nullable Q request, Refusal why) {
        output.mark();
        boolean done = false;
        try {
            Ending ending = protocol.refuse(request, why, output);
            done = true;
            return ending;
        } finally {
            if (!done) {
                output.rollback();
            }
        }
    }

    /// What is in memory to be sent, as a copy, for a connection that is ended by another thread than its own. Files and sources are let go of.
    public ByteBuffer words() {
        ByteBuffer all = ByteBuffer.allocate((int) output.pending());
        for (Segment head = output.head(); head instanceof Segment.Bytes(ByteBuffer bytes); head = output.head()) {
            output.sent(bytes.remaining());
            all.put(bytes);
            output.advance();
        }
        output.discard();
        return all.flip();
    }

    /// Writes bytes that are no response.
    public void interim(ByteBuffer bytes) {
        output.put(bytes);
    }
}
