package example;

import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A protocol: frames of bytes, each behind its length.
///
/// ```hocon
/// protocol = frames
/// ```
///
/// A request is 4 bytes, the highest first, that say how many follow, and those. A response has one byte more in front: 0 for an answer, 1
/// for a refusal, which is a text in UTF-8.
///
/// Not a word here about sockets or threads: bytes become requests and responses become bytes, and that is why the same class serves under
/// `blocking`, `duplex` and `event-loop`.
public final class Frames implements ProtocolProvider {

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public Protocol<byte[], byte[]> create(Settings settings) {
        return new Wire();
    }

    /// One for all connections of a listener, so it keeps nothing.
    private static final class Wire implements Protocol<byte[], byte[]> {

        private static final int ANSWER = 0;
        private static final int REFUSAL = 1;

        @Override
        public String name() {
            return "frames";
        }

        /// A decoder belongs to one connection, and may remember things. This one has nothing to remember: what it does not take, it is
        /// offered again, with more behind it.
        @Override
        public Decoder<byte[]> newDecoder() {
            return Wire::decode;
        }

        /// Says how far it has come, since that decides which timeout runs: between frames a client may be idle, within one it may not.
        private static Decoded<byte[]> decode(ByteBuffer in, RequestLimits limits) {
            if (in.remaining() < Integer.BYTES) {
                return Decoded.incomplete(in.hasRemaining() ? Stage.HEAD : Stage.BETWEEN);
            }
            int length = in.getInt(in.position());
            long most = Math.min(limits.body(), limits.request() - Integer.BYTES);
            if (length < 0 || length > most) {
                // Before a byte of it is stored. There is no telling where the next frame begins, so the connection ends.
                return Decoded.malformed(0, "a frame of " + Integer.toUnsignedLong(length) + " bytes, but 0 to " + most + " are allowed");
            }
            if (in.remaining() < Integer.BYTES + length) {
                return Decoded.incomplete(Stage.BODY);
            }
            byte[] frame = new byte[length];
            in.getInt();
            in.get(frame);
            return Decoded.complete(frame);
        }

        /// Has no word for "this is the last one", so it never ends a connection, whatever `last` says.
        @Override
        public Ending encode(byte[] request, byte[] response, boolean last, ByteSink out) {
            return write(ANSWER, response, Ending.KEEP_OPEN, out);
        }

        /// What to say when there is no response. With the first five the connection ends; with the others the protocol decides, and
        /// here the client can tell its next answer from this refusal. Whoever sends nothing in time is told nothing.
        @Override
        public Ending refuse(byte[] request, Refusal why, ByteSink out) {
            return switch (why) {
                case Refusal.Malformed(int code, String detail) -> say(detail, Ending.CLOSE, out);
                case Refusal.TimedOut(Stage stage) -> stage == Stage.BETWEEN ? Ending.CLOSE : say("timed out", Ending.CLOSE, out);
                case Refusal.Draining() -> say("server is draining", Ending.CLOSE, out);
                case Refusal.Kicked() -> say("disconnected by an operator", Ending.CLOSE, out);
                case Refusal.TooManyConnections() -> say("too many connections", Ending.CLOSE, out);
                case Refusal.Overloaded() -> say("busy", Ending.KEEP_OPEN, out);
                case Refusal.HandlerFailed() -> say("request failed", Ending.KEEP_OPEN, out);
                case Refusal.HandlerTimedOut() -> say("request took too long", Ending.KEEP_OPEN, out);
            };
        }

        private static Ending say(String text, Ending ending, ByteSink out) {
            return write(REFUSAL, text.getBytes(StandardCharsets.UTF_8), ending, out);
        }

        private static Ending write(int kind, byte[] bytes, Ending ending, ByteSink out) {
            out.put(ByteBuffer.allocate(1 + Integer.BYTES).put((byte) kind).putInt(bytes.length).flip());
            out.put(bytes);
            return ending;
        }

        /// For the console and the log: a request is bytes, which tell people nothing.
        @Override
        public void describe(byte[] request, StringBuilder into) {
            into.append("frame of ").append(request.length);
        }
    }
}
