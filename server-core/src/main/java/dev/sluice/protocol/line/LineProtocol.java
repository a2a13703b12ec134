package dev.sluice.protocol.line;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Lines of text in, lines of text out. A request's line ends in LF or CRLF, which is no part of it; the last one may end with the
/// connection instead. Its length is bounded by [dev.sluice.protocol.RequestLimits#line()], without its end, and by
/// [dev.sluice.protocol.RequestLimits#request()] with it.
///
/// There is no way to say that a response is the last one, so [#encode] never ends a connection.
public final class LineProtocol implements Protocol<String, String> {

    private final Charset charset;
    private final byte[] lineEnd;

    /// UTF-8; responses end in LF.
    public LineProtocol() {
        this(StandardCharsets.UTF_8, "\n");
    }

    /// @param charset of requests and responses; one that writes LF as the byte 10, and no other character with it. Bytes that it
    ///                does not know are refused; characters that it does not know become its replacement
    /// @param lineEnd what a response ends in: LF or CRLF
    public LineProtocol(Charset charset, String lineEnd) {
        if (!charset.canEncode() || !Arrays.equals("\r\n".getBytes(charset), new byte[] {'\r', '\n'})) {
            throw new IllegalArgumentException("charset is " + charset + ", but must be one that ends lines as ASCII does");
        }
        if (!lineEnd.equals("\n") && !lineEnd.equals("\r\n")) {
            throw new IllegalArgumentException("a line must end in LF or CRLF");
        }
        this.charset = charset;
        this.lineEnd = lineEnd.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String name() {
        return "line";
    }

    @Override
    public Decoder<String> newDecoder() {
        return new LineDecoder(charset);
    }

    /// Writes the response and a line end. A response of several lines is written as it is.
    @Override
    public Ending encode(String request, String response, boolean last, ByteSink out) {
        out.put(response.getBytes(charset));
        out.put(lineEnd);
        return Ending.KEEP_OPEN;
    }

    /// Says `error: ` and why, in one line; nothing to a client that had not begun a line when it was timed out.
    @Override
    public Ending refuse(@Nullable String request, Refusal why, ByteSink out) {
        return switch (why) {
            case Refusal.Malformed(_, String detail) -> say(detail, Ending.CLOSE, out);
            case Refusal.TimedOut(Stage stage) -> stage == Stage.BETWEEN ? Ending.CLOSE : say("timed out", Ending.CLOSE, out);
            case Refusal.Overloaded() -> say("busy", Ending.KEEP_OPEN, out);
            case Refusal.TooManyConnections() -> say("too many connections", Ending.CLOSE, out);
            case Refusal.Draining() -> say("server is draining", Ending.CLOSE, out);
            case Refusal.HandlerFailed() -> say("request failed", Ending.KEEP_OPEN, out);
            case Refusal.HandlerTimedOut() -> say("request took too long", Ending.KEEP_OPEN, out);
            case Refusal.Kicked() -> say("disconnected by an operator", Ending.CLOSE, out);
        };
    }

    private Ending say(String why, Ending ending, ByteSink out) {
        out.put(("error: " + why).getBytes(charset));
        out.put(lineEnd);
        return ending;
    }
}
