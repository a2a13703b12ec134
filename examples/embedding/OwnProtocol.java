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

/// Serves a protocol of its own, netstrings: `5:hello,` is answered with `+14:hello, hello 1,`. Ends with its input.
public final class OwnProtocol {

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7002";
        ServerConfig config = ServerConfig.named("netstrings")
                .withListener("strings", ListenerConfig.at(bind, new Netstrings(), Conversation::new));

        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }

    /// One for each connection. Its calls never overlap and each sees what the one before left, so that plain fields are enough.
    private static final class Conversation implements Handler<String, String>, AutoCloseable {

        private final Peer peer;
        private int requests;

        Conversation(Peer peer) {
            this.peer = peer;
        }

        @Override
        public String handle(String request, Call call) {
            requests++;
            return "hello, " + request + " " + requests;
        }

        /// Once, after its last call, however the connection ended.
        @Override
        public void close() {
            System.out.println("connection " + peer.connection() + " made " + requests + " requests");
        }
    }

    /// One for all connections, called by many threads at once: it keeps nothing, and neither waits nor reads a clock.
    private static final class Netstrings implements Protocol<String, String> {

        private static final char ANSWER = '+';
        private static final char LAST_ANSWER = '.';
        private static final char REFUSAL = '-';

        @Override
        public String name() {
            return "netstrings";
        }

        @Override
        public Decoder<String> newDecoder() {
            return new Scanner();
        }

        /// A dot in place of the plus tells the client that no answer will follow: only then does the connection end here.
        @Override
        public Ending encode(String request, String response, boolean last, ByteSink out) {
            return write(last ? LAST_ANSWER : ANSWER, response, last ? Ending.CLOSE : Ending.KEEP_OPEN, out);
        }

        /// After the first five the connection ends; after the others it need not, since the client can tell a refusal from an
        /// answer.
        @Override
        public Ending refuse(String request, Refusal why, ByteSink out) {
            return switch (why) {
                case Refusal.Malformed(int code, String detail) -> write(REFUSAL, detail, Ending.CLOSE, out);
                case Refusal.TimedOut(Stage stage) -> stage == Stage.BETWEEN
                        ? Ending.CLOSE // it was idle, and expects nothing
                        : write(REFUSAL, "too slow", Ending.CLOSE, out);
                case Refusal.TooManyConnections() -> write(REFUSAL, "too many connections", Ending.CLOSE, out);
                case Refusal.Draining() -> write(REFUSAL, "come back later", Ending.CLOSE, out);
                case Refusal.Kicked() -> write(REFUSAL, "disconnected by an operator", Ending.CLOSE, out);
                case Refusal.Overloaded() -> write(REFUSAL, "busy, try again", Ending.KEEP_OPEN, out);
                case Refusal.HandlerFailed() -> write(REFUSAL, "failed", Ending.KEEP_OPEN, out);
                case Refusal.HandlerTimedOut() -> write(REFUSAL, "took too long", Ending.KEEP_OPEN, out);
            };
        }

        private static Ending write(char kind, String text, Ending ending, ByteSink out) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.put(kind);
            out.putLatin1(bytes.length + ":");
            out.put(bytes);
            out.put(',');
            return ending;
        }

        /// For people, in the console and the logs; whoever prints it escapes it.
        @Override
        public void describe(String request, StringBuilder into) {
            into.append("string of ").append(request.length());
        }

        /// For the metrics.
        @Override
        public Outcome outcome(String response) {
            return Outcome.SUCCESS;
        }
    }

    /// One for each connection, so it may remember. Takes at most one request a call; what it leaves unread it is offered again,
    /// with more behind it.
    private static final class Scanner implements Decoder<String> {

        /// Of the string that is arriving, once it is known: however slowly that comes, no byte is looked at twice.
        private int length = -1;

        @Override
        public Decoded<String> decode(ByteBuffer in, RequestLimits limits) {
            if (length < 0) {
                int colon = colon(in);
                if (colon < 0) {
                    return in.remaining() > 10
                            ? Decoded.malformed(0, "a length and a colon must come first")
                            : Decoded.incomplete(in.hasRemaining() ? Stage.HEAD : Stage.BETWEEN);
                }
                byte[] digits = new byte[colon];
                in.get(digits).get();
                String text = new String(digits, StandardCharsets.ISO_8859_1);
                if (!text.matches("0|[1-9][0-9]*") || Long.parseLong(text) > limits.body()) {
                    // Before a byte of it is stored; and as nobody knows where the next one begins, the connection ends.
                    return Decoded.malformed(0, "the length is " + text + ", but must be a number from 0 to " + limits.body());
                }
                length = Integer.parseInt(text);
            }
            if (in.remaining() <= length) {
                return Decoded.incomplete(Stage.BODY);
            }
            byte[] bytes = new byte[length];
            in.get(bytes);
            length = -1;
            return in.get() == ','
                    ? Decoded.complete(new String(bytes, StandardCharsets.UTF_8))
                    : Decoded.malformed(0, "a comma must come last");
        }

        /// How far away it is; -1 when it is not there.
        private static int colon(ByteBuffer in) {
            for (int i = 0; i < Math.min(in.remaining(), 11); i++) {
                if (in.get(in.position() + i) == ':') {
                    return i;
                }
            }
            return -1;
        }
    }
}
