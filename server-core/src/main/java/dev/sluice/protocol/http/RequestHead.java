package dev.sluice.protocol.http;

import dev.sluice.protocol.RequestLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The head of one request, as it is put together line by line (RFC 9112, 3 to 6). Lines come without their CRLF, and free of
/// control characters.
final class RequestHead {

    /// More fields than any client sends on purpose.
    private static final int MOST_FIELDS = 256;

    private @Nullable String method;
    private @Nullable Target target;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    /// Room for what a program sends; browsers send three times as much.
    private String[] fields = new String[8];
    private int size;
    private boolean host;
    private boolean close;
    private boolean keepAlive;
    private @Nullable String transferEncoding;
    private @Nullable String expect;
    /// Whether `100-continue` is expected, by a client that may expect it.
    private boolean waits;
    private long contentLength = -1;

    /// Reads the request line.
    @Nullable Fault requestLine(byte[] bytes, int from, int to) {
        int space = tokenEnd(bytes, from, to);
        if (space == from || space == to || bytes[space] != ' ') {
            return Fault.bad("the request line must begin with a method and one space");
        }
        method = Method.of(bytes, from, space);
        int second = space + 1;
        while (second < to && Syntax.is(Syntax.TARGET, bytes[second])) {
            second++;
        }
        if (second == space + 1 || second == to || bytes[second] != ' ') {
            return Fault.bad("the request line must be a method, a target and a version with one space between them");
        }
        Fault fault = version(bytes, second + 1, to);
        if (fault == null) {
            boolean root = second - space == 2 && bytes[space + 1] == '/';
            target = Target.parse(method, root ? "/" : new String(bytes, space + 1, second - space - 1, StandardCharsets.ISO_8859_1));
            fault = target == null ? Fault.bad("the target has no form that its method allows (RFC 9112, 3.2)") : null;
        }
        return fault;
    }

    /// Remembers the method of a request line that will never be read, so that a HEAD is refused without a body.
    void method(String known) {
        method = known;
    }

    private @Nullable Fault version(byte[] bytes, int from, int to) {
        boolean wellFormed = to - from == 8
                && bytes[from] == 'H' && bytes[from + 1] == 'T' && bytes[from + 2] == 'T' && bytes[from + 3] == 'P'
                && bytes[from + 4] == '/' && Syntax.is(Syntax.DIGIT, bytes[from + 5])
                && bytes[from + 6] == '.' && Syntax.is(Syntax.DIGIT, bytes[from + 7]);
        if (!wellFormed) {
            return Fault.bad("the request line must end in HTTP/1.0 or HTTP/1.1");
        }
        if (bytes[from + 5] != '1') {
            return new Fault(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        }
        version = bytes[from + 7] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        return null;
    }

    /// Reads one field line of the header section.
    @Nullable Fault field(byte[] bytes, int from, int to) {
        int colon = tokenEnd(bytes, from, to);
        if (colon == from || colon == to || bytes[colon] != ':') {
            return fieldFault(bytes[from]);
        }
        if (size == MOST_FIELDS) {
            return new Fault(431, "more than " + MOST_FIELDS + " header fields");
        }
        int start = colon + 1;
        int end = to;
        while (start < end && isSpace(bytes[start])) {
            start++;
        }
        while (end > start && isSpace(bytes[end - 1])) {
            end--;
        }
        String value = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        add(FieldNames.of(bytes, from, colon), value);
        return noted(bytes, from, colon, value);
    }

    /// Checks one field line of a trailer section, which is then forgotten: nobody can merge it safely (RFC 9110, 6.5.1).
    static @Nullable Fault trailer(byte[] bytes, int from, int to) {
        int colon = tokenEnd(bytes, from, to);
        if (colon == from || colon == to || bytes[colon] != ':') {
            return fieldFault(bytes[from]);
        }
        boolean framing = is(bytes, from, colon, "content-length") || is(bytes, from, colon, "transfer-encoding")
                || is(bytes, from, colon, "host");
        return framing ? Fault.bad("the trailer section has a field that only the header section may have") : null;
    }

    private static Fault fieldFault(byte first) {
        return Fault.bad(isSpace(first)
                ? "a header field is folded over two lines (RFC 9112, 5.2)"
                : "a header field must be a token, a colon and a value");
    }

    private void add(String name, String value) {
        if (2 * size == fields.length) {
            fields = Arrays.copyOf(fields, 4 * size);
        }
        fields[2 * size] = name;
        fields[2 * size + 1] = value;
        size++;
    }

    /// Keeps what decides about the message and its connection.
    private @Nullable Fault noted(byte[] bytes, int from, int to, String value) {
        switch (to - from) {
            case 4 -> {
                return is(bytes, from, to, "host") ? host(value) : null;
            }
            case 6 -> expect = is(bytes, from, to, "expect") ? joined(expect, value) : expect;
            case 10 -> {
                if (is(bytes, from, to, "connection")) {
                    close |= Connection.hasToken(value, "close");
                    keepAlive |= Connection.hasToken(value, "keep-alive");
                }
            }
            case 14 -> {
                return is(bytes, from, to, "content-length") ? contentLength(value) : null;
            }
            case 17 -> transferEncoding = is(bytes, from, to, "transfer-encoding") ? joined(transferEncoding, value) : transferEncoding;
            default -> {}
        }
        return null;
    }

    private @Nullable Fault host(String value) {
        if (host) {
            return Fault.bad("there must be one Host, and there are several");
        }
        host = true;
        return Host.valid(value) ? null : Fault.bad("Host is neither a name nor an address (RFC 9110, 7.2)");
    }

    /// Digits only; what does not fit a long is certainly too large, and counts as the largest.
    private @Nullable Fault contentLength(String value) {
        if (contentLength >= 0) {
            return Fault.bad("there must be one Content-Length, and there are several");
        }
        long length = 0;
        for (int i = 0; i < value.length(); i++) {
            if (!Syntax.is(Syntax.DIGIT, value.charAt(i))) {
                return Fault.bad("Content-Length must be a decimal number");
            }
            length = length > Long.MAX_VALUE / 10 - 1 ? Long.MAX_VALUE : length * 10 + value.charAt(i) - '0';
        }
        contentLength = length;
        return value.isEmpty() ? Fault.bad("Content-Length must be a decimal number") : null;
    }

    /// Decides, at the end of the header section, how the body is framed and whether there may be one (RFC 9112, 6.3).
    ///
    /// @param taken how many bytes the head had
    @Nullable Fault framing(RequestLimits limits, long taken) {
        if (!host && version == HttpVersion.HTTP_1_1) {
            return Fault.bad("an HTTP/1.1 request must have a Host");
        }
        Fault fault = transferEncoding == null ? null : transferEncoding(transferEncoding);
        if (fault != null) {
            return fault;
        }
        if ("CONNECT".equals(method)) {
            return new Fault(501, "this server is no proxy");
        }
        if (contentLength < 0 && version == HttpVersion.HTTP_1_0 && "POST".equals(method)) {
            return new Fault(411, "an HTTP/1.0 POST must have a Content-Length");
        }
        if (contentLength > bodyLimit(limits, taken)) {
            return tooLarge(limits, taken);
        }
        return expect == null || version == HttpVersion.HTTP_1_0 ? null : expectation(expect);
    }

    private @Nullable Fault expectation(String expected) {
        List<String> elements = Connection.elements(expected);
        waits = !elements.isEmpty();
        return elements.stream().allMatch("100-continue"::equals)
                ? null : new Fault(417, "the only expectation that can be met is 100-continue");
    }

    private @Nullable Fault transferEncoding(String codings) {
        if (version == HttpVersion.HTTP_1_0) {
            return Fault.bad("HTTP/1.0 has no Transfer-Encoding");
        }
        if (contentLength >= 0) {
            return Fault.bad("there must be a Content-Length or a Transfer-Encoding, not both");
        }
        List<String> elements = Connection.elements(codings);
        int chunked = elements.indexOf("chunked");
        if (chunked < 0 || chunked < elements.size() - 1) {
            return Fault.bad("chunked must be the last transfer coding, and given once");
        }
        if (!elements.stream().allMatch(ChunkHead::validCoding)) {
            return Fault.bad("a transfer coding must be a token, with or without parameters");
        }
        return elements.size() == 1 ? null : new Fault(501, "the only transfer coding spoken here is chunked");
    }

    /// The largest body that is taken. What goes into a file is bounded by `body` alone. Where not even the largest that stays in memory would
    /// fit into the request, `request` bounds them all: else a larger body would be taken where a smaller one is not.
    static long bodyLimit(RequestLimits limits, long taken) {
        long room = limits.request() - taken;
        return room > limits.spool() ? limits.body() : Math.min(limits.body(), room);
    }

    static Fault tooLarge(RequestLimits limits, long taken) {
        return new Fault(413, "the body must not be larger than " + Math.max(0, bodyLimit(limits, taken)) + " bytes");
    }

    boolean chunked() {
        return transferEncoding != null;
    }

    /// The declared length of the body; 0 when none is declared.
    long length() {
        return Math.max(0, contentLength);
    }

    /// Whether the client waits for `100 Continue` before it sends the body. An expectation of an HTTP/1.0 client is ignored
    /// (RFC 9110, 10.1.1).
    boolean waits() {
        return waits && (chunked() || contentLength > 0);
    }

    /// The whole request. Asked once, when there was no fault.
    HttpRequest request(HttpBody body) {
        boolean keep = !close && (keepAlive || version == HttpVersion.HTTP_1_1);
        return new HttpRequest(known(method), known(target), version, new Headers(fields, size), body, keep);
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a request is asked for before its first line was read");
        }
        return value;
    }

    /// The request as far as it is known; null before its method is.
    @Nullable HttpRequest partial() {
        Target known = target == null ? Target.UNKNOWN : target;
        return method == null ? null : new HttpRequest(method, known, version, new Headers(fields.clone(), size), HttpBody.EMPTY, false);
    }

    private static String joined(@Nullable String before, String value) {
        return before == null ? value : before + "," + value;
    }

    private static int tokenEnd(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && Syntax.is(Syntax.TOKEN, bytes[end])) {
            end++;
        }
        return end;
    }

    private static boolean isSpace(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /// Whether these bytes spell the name, which is of small letters and hyphens. The bytes are of a token, so setting the bit that
    /// makes a letter small turns nothing else into one.
    private static boolean is(byte[] bytes, int from, int to, String name) {
        if (to - from != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if ((bytes[from + i] | 0x20) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
