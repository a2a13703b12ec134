package dev.sluice.protocol.http;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Feeding;
import dev.sluice.protocol.RequestLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a decoder found, as text that can be compared.
final class Shown {

    private Shown() {}

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// What is found in these bytes, fed all at once.
    static List<Decoded<HttpRequest>> decoded(String latin1) {
        return decoded(latin1, RequestLimits.DEFAULT);
    }

    static List<Decoded<HttpRequest>> decoded(String latin1, RequestLimits limits) {
        return Feeding.feed(decoder(), bytes(latin1), Integer.MAX_VALUE, limits);
    }

    /// The one request in these bytes.
    static HttpRequest request(String latin1) {
        List<Decoded<HttpRequest>> found = decoded(latin1);
        if (found.size() == 1 && found.getFirst() instanceof Decoded.Complete<HttpRequest>(HttpRequest request)) {
            return request;
        }
        throw new AssertionError("one request expected: " + show(found));
    }

    static Decoder<HttpRequest> decoder() {
        return new HttpProtocol().newDecoder();
    }

    static List<String> show(List<Decoded<HttpRequest>> found) {
        return found.stream().map(Shown::show).toList();
    }

    static String show(Decoded<HttpRequest> decoded) {
        return switch (decoded) {
            case Decoded.Complete<HttpRequest>(HttpRequest request) -> show(request);
            case Decoded.Malformed<HttpRequest>(HttpRequest partial, int code, String detail) ->
                    code + " " + detail + " after " + (partial == null ? "nothing" : show(partial));
            case Decoded.Incomplete<HttpRequest> incomplete -> incomplete.toString();
            case Decoded.Interim<HttpRequest> _ -> "interim";
            case Decoded.Spool<HttpRequest>(_, ByteBuffer bytes) -> "spool " + bytes.remaining();
        };
    }

    private static String show(HttpRequest request) {
        return request + " " + request.path() + " " + request.query() + " " + request.version() + " keep=" + request.keepAlive()
                + "\n" + request.headers() + body(request.body());
    }

    private static String body(HttpBody body) {
        return body.length() > RequestLimits.SPOOL ? body.toString() : new String(body.bytes(), StandardCharsets.ISO_8859_1);
    }

    /// The statuses in turn: 200 for a request, the refusal's own for what is none.
    static List<Integer> statuses(List<Decoded<HttpRequest>> found) {
        return found.stream().map(one -> one instanceof Decoded.Malformed<HttpRequest> bad ? bad.code() : 200).toList();
    }
}
