package dev.sluice.protocol.http;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Takes requests off one connection.
///
/// ```
///              request line         empty line, no body
///    ┌─► START ────────────► FIELDS ──────────────────────────────────────┐
///    │                         │ │                                        │
///    │        Content-Length   │ │ chunked                                │
///    │                    ┌────┘ └──► CHUNK_SIZE ──size 0──► TRAILERS ─┐   │
///    │                    ▼           ▲       │ size > 0               │  │
///    │                  BODY          │       ▼                        │  │
///    │                    │       CHUNK_END ◄─ CHUNK_DATA              │  │
///    │                    └──────────────────────────────► WHOLE ◄─────┘  │
///    └──── Complete ◄────────────────────────────────────────┴────────────┘
///    any state, on a fault: FAILED, which repeats its refusal
/// ```
///
/// A body that is too large for memory leaves BODY, CHUNK_DATA and WHOLE in steps of the same sizes, however it came.
///
/// A line is left in the buffer until it is whole, and the scanner remembers how much of it is known; every other byte is taken as it
/// comes. So each byte is looked at once or twice, and how the bytes were cut changes nothing but whether a `100 Continue` is sent.
final class HttpDecoder implements Decoder<HttpRequest> {

    private enum State { START, FIELDS, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILERS, WHOLE, FAILED }

    /// Empty lines before a request that are forgiven (RFC 9112, 2.2).
    private static final int MOST_EMPTY_LINES = 8;
    /// What the line of a chunk needs without extensions and leading zeros: 16 digits, CRLF.
    private static final int CHUNK_LINE = 18;
    private static final ByteBuffer CONTINUE =
            ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

    private final LineScanner scanner = new LineScanner();
    private State state = State.START;
    private int emptyLines;
    /// Of the request that has begun.
    private @Nullable RequestHead head;
    /// Bytes of the request line and the header section so far.
    private long taken;
    /// Bytes of the header section alone; then of chunk extensions and trailers.
    private int section;
    private @Nullable BodyBuffer body;
    /// Bytes that the body or the chunk still lacks.
    private long missing;
    private Decoded.@Nullable Malformed<HttpRequest> failure;

    @Override
    public Decoded<HttpRequest> decode(ByteBuffer in, RequestLimits limits) {
        Decoded<HttpRequest> decoded = null;
        while (decoded == null) {
            decoded = switch (state) {
                case START -> start(in, limits);
                case FIELDS -> field(in, limits, begun());
                case BODY -> taken(in, begun().length(), State.WHOLE);
                case CHUNK_SIZE -> chunkSize(in, limits, begun());
                case CHUNK_DATA -> chunkData(in, limits);
                case CHUNK_END -> chunkEnd(in, begun());
                case TRAILERS -> trailer(in, limits);
                case WHOLE -> whole(begun());
                case FAILED -> failure;
            };
        }
        return decoded;
    }

    @Override
    public Decoded<HttpRequest> decodeLast(ByteBuffer in, RequestLimits limits) {
        Decoded<HttpRequest> decoded = decode(in, limits);
        if (decoded instanceof Decoded.Incomplete<HttpRequest>(Stage stage) && stage != Stage.BETWEEN) {
            return fail(Fault.bad("the connection ended in the middle of a request"));
        }
        return decoded;
    }

    private RequestHead begun() {
        RequestHead known = head;
        if (known == null) {
            known = new RequestHead();
            head = known;
        }
        return known;
    }

    /// Null, here and below, means that there is more to be read from what has come.
    private @Nullable Decoded<HttpRequest> start(ByteBuffer in, RequestLimits limits) {
        while (in.hasRemaining() && in.get(in.position()) == '\r') {
            if (in.remaining() == 1) {
                return Decoded.incomplete(Stage.BETWEEN);
            }
            if (in.get(in.position() + 1) != '\n' || ++emptyLines > MOST_EMPTY_LINES) {
                return fail(Fault.bad("empty lines where a request should begin"));
            }
            in.position(in.position() + 2);
        }
        if (!in.hasRemaining()) {
            return Decoded.incomplete(Stage.BETWEEN);
        }
        int length = scanner.find(in, capped(Math.min(limits.line() + 2L, limits.request())));
        if (length < 0) {
            return unfinishedStart(in, length, limits);
        }
        RequestHead started = begun();
        taken = length;
        section = 0;
        Fault fault = requestLine(started, in, length);
        state = State.FIELDS;
        return fault == null ? null : fail(fault);
    }

    private static @Nullable Fault requestLine(RequestHead head, ByteBuffer in, int length) {
        int from = lineStart(in);
        return head.requestLine(line(in, length), from, from + length - 2);
    }

    private Decoded<HttpRequest> unfinishedStart(ByteBuffer in, int found, RequestLimits limits) {
        if (found == LineScanner.UNFINISHED) {
            return Decoded.incomplete(Stage.HEAD);
        }
        if (isHead(in)) {
            begun().method("HEAD");
        }
        return fail(found == LineScanner.TOO_LONG
                ? new Fault(414, limits.line() + 2L <= limits.request()
                        ? "the request line must not be longer than " + limits.line() + " bytes" : tooLarge(limits))
                : badByte());
    }

    private static boolean isHead(ByteBuffer in) {
        int at = in.position();
        return in.remaining() > 4 && in.get(at) == 'H' && in.get(at + 1) == 'E' && in.get(at + 2) == 'A' && in.get(at + 3) == 'D'
                && in.get(at + 4) == ' ';
    }

    private @Nullable Decoded<HttpRequest> field(ByteBuffer in, RequestLimits limits, RequestHead started) {
        long left = Math.min(limits.head() - section, limits.request() - taken);
        int length = scanner.find(in, capped(Math.max(2, left)));
        switch (length) {
            case LineScanner.UNFINISHED -> {
                return Decoded.incomplete(Stage.HEAD);
            }
            case LineScanner.TOO_LONG -> {
                return fail(new Fault(431, limits.head() - section <= limits.request() - taken
                        ? "the header section must not be larger than " + limits.head() + " bytes" : tooLarge(limits)));
            }
            case LineScanner.BAD_BYTE -> {
                return fail(badByte());
            }
            case 2 -> {
                in.position(in.position() + 2);
                return headEnd(in, limits, started);
            }
            default -> {
                taken += length;
                section += length;
                int from = lineStart(in);
                Fault fault = started.field(line(in, length), from, from + length - 2);
                return fault == null ? null : fail(fault);
            }
        }
    }

    private @Nullable Decoded<HttpRequest> headEnd(ByteBuffer in, RequestLimits limits, RequestHead started) {
        Fault fault = started.framing(limits, taken);
        if (fault != null) {
            return fail(fault);
        }
        if (!started.chunked() && started.length() == 0) {
            return complete(started, HttpBody.EMPTY);
        }
        body = new BodyBuffer();
        missing = started.length();
        spillBeyond(limits, started.length());
        section = 0;
        state = started.chunked() ? State.CHUNK_SIZE : State.BODY;
        return started.waits() && !in.hasRemaining() ? new Decoded.Interim<>(CONTINUE.duplicate()) : null;
    }

    /// So much of the body is known to come.
    private void spillBeyond(RequestLimits limits, long length) {
        if (length > limits.spool()) {
            collected().spill();
        }
    }

    /// Takes what is missing, and goes on to the next state when nothing is.
    ///
    /// @param most the size the body will or may have at the end
    private @Nullable Decoded<HttpRequest> taken(ByteBuffer in, long most, State next) {
        missing -= collected().take(in, missing, most);
        Decoded<HttpRequest> step = collected().step();
        if (step != null) {
            return step;
        }
        if (missing > 0) {
            return Decoded.incomplete(Stage.BODY);
        }
        state = next;
        return null;
    }

    private @Nullable Decoded<HttpRequest> chunkSize(ByteBuffer in, RequestLimits limits, RequestHead started) {
        int length = scanner.find(in, capped(CHUNK_LINE + (long) limits.head() - section));
        if (length < 0) {
            return unfinishedInBody(length, limits);
        }
        long allowed = RequestHead.bodyLimit(limits, taken) - collected().length();
        int from = lineStart(in);
        long size = ChunkHead.size(line(in, length), from, from + length - 2, allowed);
        section += Math.max(0, length - CHUNK_LINE);
        if (size == ChunkHead.MALFORMED) {
            return fail(Fault.bad("a chunk must begin with its size and CRLF (RFC 9112, 7.1)"));
        }
        if (size == ChunkHead.TOO_LARGE) {
            return fail(RequestHead.tooLarge(limits, taken));
        }
        missing = size;
        spillBeyond(limits, collected().length() + size);
        state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return null;
    }

    private @Nullable Decoded<HttpRequest> chunkData(ByteBuffer in, RequestLimits limits) {
        return taken(in, Math.min(limits.spool(), Math.max(0, RequestHead.bodyLimit(limits, taken))), State.CHUNK_END);
    }

    private @Nullable Decoded<HttpRequest> chunkEnd(ByteBuffer in, RequestHead started) {
        int found = scanner.find(in, 2);
        if (found == LineScanner.UNFINISHED) {
            return Decoded.incomplete(Stage.BODY);
        }
        if (found != 2) {
            return fail(Fault.bad("a chunk must end with CRLF where its size says"));
        }
        in.position(in.position() + 2);
        state = State.CHUNK_SIZE;
        return null;
    }

    private @Nullable Decoded<HttpRequest> trailer(ByteBuffer in, RequestLimits limits) {
        int length = scanner.find(in, capped(Math.max(2, limits.head() - section)));
        if (length < 0) {
            return unfinishedInBody(length, limits);
        }
        int from = lineStart(in);
        byte[] bytes = line(in, length);
        if (length == 2) {
            state = State.WHOLE;
            return null;
        }
        section += length;
        Fault fault = RequestHead.trailer(bytes, from, from + length - 2);
        return fault == null ? null : fail(fault);
    }

    private Decoded<HttpRequest> whole(RequestHead started) {
        Decoded<HttpRequest> rest = collected().rest();
        return rest != null ? rest : complete(started, collected().whole());
    }

    private Decoded<HttpRequest> unfinishedInBody(int found, RequestLimits limits) {
        return switch (found) {
            case LineScanner.UNFINISHED -> Decoded.incomplete(Stage.BODY);
            case LineScanner.TOO_LONG -> fail(new Fault(431,
                    "chunk extensions and trailers must not be larger than " + limits.head() + " bytes in all"));
            default -> fail(badByte());
        };
    }

    private BodyBuffer collected() {
        BodyBuffer known = body;
        if (known == null) {
            throw new IllegalStateException("a body is read before its head");
        }
        return known;
    }

    private Decoded<HttpRequest> complete(RequestHead whole, HttpBody content) {
        state = State.START;
        emptyLines = 0;
        head = null;
        body = null;
        return Decoded.complete(whole.request(content));
    }

    private Decoded<HttpRequest> fail(Fault fault) {
        HttpRequest partial = head == null ? null : head.partial();
        failure = new Decoded.Malformed<>(partial, fault.status(), fault.detail());
        state = State.FAILED;
        head = null;
        body = null;
        return failure;
    }

    private static String tooLarge(RequestLimits limits) {
        return "the request must not be larger than " + limits.request() + " bytes";
    }

    private static Fault badByte() {
        return Fault.bad("a control character, a CR without LF, or a LF without CR");
    }

    private static int capped(long length) {
        return (int) Math.min(Integer.MAX_VALUE, length);
    }

    /// Where the line begins in the array that `line` gives.
    private static int lineStart(ByteBuffer in) {
        return in.hasArray() ? in.arrayOffset() + in.position() : 0;
    }

    /// Consumes a line, and gives an array that holds it: the buffer's own where it has one.
    private static byte[] line(ByteBuffer in, int length) {
        if (in.hasArray()) {
            in.position(in.position() + length);
            return in.array();
        }
        byte[] copy = new byte[length];
        in.get(copy);
        return copy;
    }
}
