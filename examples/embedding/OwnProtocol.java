import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import dev.sluice.server.Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;

/// Serves a binary protocol of its own, which adds numbers up. Ends with its input.
///
///                4 bytes   1 byte                                      as the length says
///     request    length    1: sum                                      numbers, 8 bytes each
///                          2: total, of all sums of this connection    nothing
///     response   length    0: answer   1: answer, and the last one     a number, 8 bytes
///                          2: refusal                                  a text in UTF-8
///
/// Numbers are signed, their highest byte first. The length is that of what follows it.
public final class OwnProtocol {

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7002";
        ServerConfig config = ServerConfig.named("sums")
                .withListener("sums", ListenerConfig.at(bind, new Frames(), Conversation::new));

        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }

    private sealed interface Request {
        record Sum(long[] numbers) implements Request {}

        record Total() implements Request {}
    }

    private sealed interface Response {
        record Answer(long number) implements Response {}

        record Refused(String why) implements Response {}
    }

    /// One for each connection. Its calls never overlap and each sees what the one before left, so that plain fields are enough.
    private static final class Conversation implements Handler<Request, Response>, AutoCloseable {

        private final Peer peer;
        private int requests;
        private long total;

        Conversation(Peer peer) {
            this.peer = peer;
        }

        @Override
        public Response handle(Request request, Call call) {
            requests++;
            return switch (request) {
                case Request.Sum(long[] numbers) -> sum(numbers);
                case Request.Total() -> new Response.Answer(total);
            };
        }

        /// What the client can do better next time is an answer like others. What is thrown here is told as [Refusal.HandlerFailed].
        private Response sum(long[] numbers) {
            try {
                long sum = LongStream.of(numbers).reduce(0, Math::addExact);
                total = Math.addExact(total, sum);
                return new Response.Answer(sum);
            } catch (ArithmeticException overflow) {
                return new Response.Refused("the sum is too large");
            }
        }

        /// Once, after its last call, however the connection ended.
        @Override
        public void close() {
            System.out.println("connection " + peer.connection() + " made " + requests + " requests");
        }
    }

    /// One for all connections, called by many threads at once: it keeps nothing, and neither waits nor reads a clock.
    private static final class Frames implements Protocol<Request, Response> {

        private static final int SUM = 1;
        private static final int TOTAL = 2;
        private static final int ANSWER = 0;
        private static final int LAST_ANSWER = 1;
        private static final int REFUSAL = 2;

        @Override
        public String name() {
            return "sums";
        }

        /// One for each connection, so it might remember something. This one need not: what it leaves unread it is offered again, with
        /// more behind it, and it looks at no byte but the first four until all are there.
        @Override
        public Decoder<Request> newDecoder() {
            return Frames::decode;
        }

        /// Takes at most one request, and says otherwise how far it has come: that decides which timeout runs.
        private static Decoded<Request> decode(ByteBuffer in, RequestLimits limits) {
            if (in.remaining() < Integer.BYTES) {
                return Decoded.incomplete(in.hasRemaining() ? Stage.HEAD : Stage.BETWEEN);
            }
            int length = in.getInt(in.position());
            if (length < 1 || length > limits.body()) {
                // Before a byte of it is stored; and as nobody knows where the next one begins, the connection ends.
                return Decoded.malformed(0, "the length is " + length + ", but must be from 1 to " + limits.body());
            }
            if (in.remaining() < Integer.BYTES + length) {
                return Decoded.incomplete(Stage.BODY);
            }
            in.getInt();
            return request(in.get(), in, length - 1);
        }

        private static Decoded<Request> request(int kind, ByteBuffer in, int length) {
            if (kind == TOTAL && length == 0) {
                return Decoded.complete(new Request.Total());
            }
            if (kind != SUM || length % Long.BYTES != 0) {
                return Decoded.malformed(0, "there is no request " + kind + " of " + length + " bytes");
            }
            long[] numbers = new long[length / Long.BYTES];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.getLong();
            }
            return Decoded.complete(new Request.Sum(numbers));
        }

        /// Says when no answer will follow: only then does the connection end here.
        @Override
        public Ending encode(Request request, Response response, boolean last, ByteSink out) {
            return switch (response) {
                case Response.Answer(long number) -> {
                    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
                    yield write(last ? LAST_ANSWER : ANSWER, bytes, last ? Ending.CLOSE : Ending.KEEP_OPEN, out);
                }
                case Response.Refused(String why) -> refuse(why, Ending.KEEP_OPEN, out);
            };
        }

        /// After the first five the connection ends; after the others it need not, since the client can tell a refusal from an
        /// answer.
        @Override
        public Ending refuse(Request request, Refusal why, ByteSink out) {
            return switch (why) {
                case Refusal.Malformed(int code, String detail) -> refuse(detail, Ending.CLOSE, out);
                case Refusal.TimedOut(Stage stage) -> stage == Stage.BETWEEN
                        ? Ending.CLOSE // it was idle, and expects nothing
                        : refuse("too slow", Ending.CLOSE, out);
                case Refusal.TooManyConnections() -> refuse("too many connections", Ending.CLOSE, out);
                case Refusal.Draining() -> refuse("come back later", Ending.CLOSE, out);
                case Refusal.Kicked() -> refuse("disconnected by an operator", Ending.CLOSE, out);
                case Refusal.Overloaded() -> refuse("busy, try again", Ending.KEEP_OPEN, out);
                case Refusal.HandlerFailed() -> refuse("failed", Ending.KEEP_OPEN, out);
                case Refusal.HandlerTimedOut() -> refuse("took too long", Ending.KEEP_OPEN, out);
            };
        }

        private static Ending refuse(String why, Ending ending, ByteSink out) {
            return write(REFUSAL, why.getBytes(StandardCharsets.UTF_8), ending, out);
        }

        private static Ending write(int kind, byte[] bytes, Ending ending, ByteSink out) {
            out.put(ByteBuffer.allocate(Integer.BYTES + 1).putInt(1 + bytes.length).put((byte) kind).flip());
            out.put(bytes);
            return ending;
        }

        /// For people, in the console and the logs; whoever prints it escapes it.
        @Override
        public void describe(Request request, StringBuilder into) {
            into.append(switch (request) {
                case Request.Sum(long[] numbers) -> "sum of " + numbers.length;
                case Request.Total() -> "total";
            });
        }

        /// For the metrics.
        @Override
        public Outcome outcome(Response response) {
            return response instanceof Response.Refused ? Outcome.CLIENT_ERROR : Outcome.SUCCESS;
        }
    }
}
