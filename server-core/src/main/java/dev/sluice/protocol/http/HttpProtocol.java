package dev.sluice.protocol.http;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import dev.sluice.protocol.Summary;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112). Bodies are held in memory up to [dev.sluice.protocol.RequestLimits#spool()], and in a
/// temporary file up to [dev.sluice.protocol.RequestLimits#body()]: see [HttpBody].
///
/// Strict where leniency has let two parties disagree about where a request ends: lines end in CRLF and nothing else, fields are
/// never folded, a `Content-Length` and a `Transfer-Encoding` never meet, and each is given once. CONNECT and Upgrade are not spoken.
public final class HttpProtocol implements Protocol<HttpRequest, HttpResponse> {

    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] HEAD_END = ascii("\r\n");

    private static final HttpResponse BUSY = later("the server is busy");
    private static final HttpResponse FULL = later("the server has too many connections");
    private static final HttpResponse DRAINING = later("the server is draining");
    private static final HttpResponse ENDED = later("the connection was ended by an operator");
    private static final HttpResponse SLOW_HANDLER = later("the request took too long to answer");
    private static final HttpResponse SLOW_CLIENT = refusal(408, "the request took too long to arrive");
    private static final HttpResponse FAILED = refusal(500, "the request could not be answered");

    private final DateLine date;
    /// Whether the clock was chosen by whoever made this.
    private final boolean clocked;

    /// With the clock of the server that speaks it.
    public HttpProtocol() {
        this(InstantSource.system(), false);
    }

    /// @param clock tells the time for `Date`; asked once a response, from any thread
    public HttpProtocol(InstantSource clock) {
        this(clock, true);
    }

    private HttpProtocol(InstantSource clock, boolean clocked) {
        this.date = new DateLine(clock);
        this.clocked = clocked;
    }

    @Override
    public Protocol<HttpRequest, HttpResponse> withClock(InstantSource clock) {
        return clocked ? this : new HttpProtocol(clock, true);
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public List<String> applicationProtocols() {
        return List.of("http/1.1");
    }

    @Override
    public Decoder<HttpRequest> newDecoder() {
        return new HttpDecoder();
    }

    /// Closes when the server, the request or the response asks for it, and when only the end of the connection can end the body:
    /// one of unknown length, to an HTTP/1.0 client.
    @Override
    public Ending encode(HttpRequest request, HttpResponse response, boolean last, ByteSink out) {
        return write(request, response, last, out);
    }

    /// Every refusal closes the connection. A client that has not begun a request is not told that it was too slow or was kicked.
    @Override
    public Ending refuse(@Nullable HttpRequest request, Refusal why, ByteSink out) {
        HttpResponse response = words(request, why);
        return response == null ? Ending.CLOSE : write(request, response, true, out);
    }

    private static @Nullable HttpResponse words(@Nullable HttpRequest request, Refusal why) {
        return switch (why) {
            case Refusal.Malformed(int code, String detail) -> refusal(code < 400 || code > 599 ? 400 : code, detail);
            case Refusal.TimedOut(Stage stage) -> stage == Stage.BETWEEN ? null : SLOW_CLIENT;
            case Refusal.Overloaded() -> BUSY;
            case Refusal.TooManyConnections() -> FULL;
            case Refusal.Draining() -> DRAINING;
            case Refusal.HandlerFailed() -> FAILED;
            case Refusal.HandlerTimedOut() -> SLOW_HANDLER;
            case Refusal.Kicked() -> request == null ? null : ENDED;
        };
    }

    @Override
    public void describe(HttpRequest request, StringBuilder into) {
        into.append(request.method()).append(' ').append(request.target());
    }

    @Override
    public Summary summary(@Nullable HttpRequest request, @Nullable HttpResponse response, @Nullable Refusal refusal) {
        HttpResponse said = response != null ? response : refusal != null ? words(request, refusal) : null;
        int status = said == null ? 0 : said.status();
        long bytes = said == null || bodiless(request, status) ? 0 : said.length();
        return request == null
                ? new Summary("", "", "", "", "", status, bytes)
                : new Summary(request.method(), request.target(), request.version().toString(), told(request, "Referer"),
                        told(request, "User-Agent"), status, bytes);
    }

    private static String told(HttpRequest request, String field) {
        return Objects.requireNonNullElse(request.header(field), "");
    }

    @Override
    public Outcome outcome(HttpResponse response) {
        return response.status() >= 500 ? Outcome.SERVER_ERROR
                : response.status() >= 400 ? Outcome.CLIENT_ERROR
                : Outcome.SUCCESS;
    }

    private Ending write(@Nullable HttpRequest request, HttpResponse response, boolean last, ByteSink out) {
        boolean old = request != null && request.version() == HttpVersion.HTTP_1_0;
        boolean bodiless = bodiless(request, response.status());
        boolean chunked = !bodiless && !old && response.length() < 0;
        boolean endsBody = !bodiless && old && response.length() < 0;
        boolean close = last || endsBody || response.closes() || request != null && !request.keepAlive();
        ResponseHead head = response.head();
        out.put(head.bytes());
        if (close) {
            out.put(CLOSE);
        } else if (old) {
            out.put(KEEP_ALIVE);
        }
        if (chunked) {
            out.put(CHUNKED);
        }
        out.put(head.dated() ? HEAD_END : date.withHeadEnd());
        if (bodiless) {
            response.close();
        } else {
            body(response.body(), chunked, out);
        }
        return close ? Ending.CLOSE : Ending.KEEP_OPEN;
    }

    private static boolean bodiless(@Nullable HttpRequest request, int status) {
        return request != null && request.method().equals("HEAD") || status == 204 || status == 205 || status == 304;
    }

    private static void body(HttpResponse.Body body, boolean chunked, ByteSink out) {
        switch (body) {
            case HttpResponse.Body.Bytes(byte[] bytes) -> out.put(bytes);
            case HttpResponse.Body.Region region -> out.file(region.file(), region.position(), region.count());
            case HttpResponse.Body.Source(var source, long length) ->
                    out.source(chunked ? new ChunkedSource(source) : length < 0 ? source : new SizedSource(source, length));
            case HttpResponse.Body.Parts(var parts) -> parts(parts, out);
        }
    }

    /// What the sink has not been given when it fails is still ours to close.
    private static void parts(List<HttpResponse.Body> parts, ByteSink out) {
        int given = 0;
        try {
            for (HttpResponse.Body part : parts) {
                body(part, false, out);
                given++;
            }
        } finally {
            parts.subList(given, parts.size()).forEach(HttpResponse.Body::close);
        }
    }

    private static HttpResponse later(String why) {
        return refusal(503, why).withHeader("Retry-After", "1");
    }

    private static HttpResponse refusal(int status, String why) {
        return HttpResponse.text(status, Status.line(status).stripTrailing() + ": " + why + "\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
