package dev.sluice.protocol.line;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;

/// Takes lines off one connection. An unfinished line stays in the buffer; what has been searched is not searched again.
final class LineDecoder implements Decoder<String> {

    private static final char REPLACEMENT = '\uFFFD';

    private final Charset charset;
    /// How many bytes from the buffer's position on are known to hold no LF.
    private int scanned;

    LineDecoder(Charset charset) {
        this.charset = charset;
    }

    @Override
    public Decoded<String> decode(ByteBuffer in, RequestLimits limits) {
        int start = in.position();
        long most = most(limits);
        int end = (int) Math.min(in.limit(), start + most);
        for (int i = start + scanned; i < end; i++) {
            if (in.get(i) == '\n') {
                int length = i - start;
                boolean carriageReturn = length > 0 && in.get(i - 1) == '\r';
                return line(in, carriageReturn ? length - 1 : length, length + 1, limits);
            }
        }
        scanned = end - start;
        if (scanned >= most) {
            return tooLong(limits);
        }
        return Decoded.incomplete(scanned == 0 ? Stage.BETWEEN : Stage.HEAD);
    }

    /// A last line may end with the connection.
    @Override
    public Decoded<String> decodeLast(ByteBuffer in, RequestLimits limits) {
        Decoded<String> decoded = decode(in, limits);
        if (decoded instanceof Decoded.Incomplete<String>(Stage stage) && stage == Stage.HEAD) {
            boolean carriageReturn = in.get(in.limit() - 1) == '\r';
            return line(in, carriageReturn ? in.remaining() - 1 : in.remaining(), in.remaining(), limits);
        }
        return decoded;
    }

    /// @param length   of the line
    /// @param consumed of the line and its end
    private Decoded<String> line(ByteBuffer in, int length, int consumed, RequestLimits limits) {
        if (length > limits.line() || consumed > limits.request()) {
            return tooLong(limits);
        }
        scanned = 0;
        String line = text(in, length);
        boolean valid = line.indexOf(REPLACEMENT) < 0 || valid(in.slice(in.position(), length));
        in.position(in.position() + consumed);
        return valid ? Decoded.complete(line) : Decoded.malformed(0, "line is not " + charset);
    }

    private String text(ByteBuffer in, int length) {
        if (in.hasArray()) {
            return new String(in.array(), in.arrayOffset() + in.position(), length, charset);
        }
        byte[] bytes = new byte[length];
        in.get(in.position(), bytes);
        return new String(bytes, charset);
    }

    /// Decides whether a replacement character was sent, or stands for bytes that are none.
    private boolean valid(ByteBuffer bytes) {
        try {
            charset.newDecoder().decode(bytes);
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    /// How many bytes a line may have with its end, CRLF at the longest: a line is a request.
    private static long most(RequestLimits limits) {
        return Math.min(limits.line() + 2L, limits.request());
    }

    private static Decoded<String> tooLong(RequestLimits limits) {
        return Decoded.malformed(0, limits.line() + 2L <= limits.request()
                ? "line longer than " + limits.line() + " bytes" : "line longer than " + limits.request() + " bytes, its end included");
    }
}
