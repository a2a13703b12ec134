package dev.sluice.protocol.http;

import java.util.List;
import java.util.stream.Stream;

/// Bytes that clients send, and what is to be made of them.
final class Corpus {

    private static final String HOST = "Host: example.com\r\n";
    private static final String CHUNKED = "POST /c HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";

    private Corpus() {}

    /// @param bytes    as ISO 8859-1, followed by the end of the connection
    /// @param statuses 200 for each request, then the refusal's own, if any
    record Case(String bytes, List<Integer> statuses) {
        @Override
        public String toString() {
            String shown = bytes.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
            return statuses + " " + shown.substring(0, Math.min(120, shown.length()));
        }
    }

    static Stream<Case> all() {
        return Stream.of(accepted(), requestLines(), fields(), framing(), chunks(), several()).flatMap(cases -> cases);
    }

    static Stream<Case> accepted() {
        return Stream.of(
                of(get("/"), 200), of("GET / HTTP/1.0\r\n\r\n", 200), of("GET / HTTP/1.2\r\n" + HOST + "\r\n", 200),
                of("\r\n\r\n" + get("/"), 200), of(get("/") + "\r\n", 200), of("", new Integer[0]), of("\r\n", new Integer[0]),
                of("\r", new Integer[0]), of("-x!#$%&'*+.^_`|~9 / HTTP/1.1\r\n" + HOST + "\r\n", 200),
                of(get("/a%20b/%C3%A4?q=a?b&c=%zz"), 200), of(get("http://example.com"), 200),
                of(get("HTTP://[::1]:80/x?y"), 200), of(get("https://[::1]:80/x?y"), 200),
                of("OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", 200), of("OPTIONS http://a HTTP/1.1\r\n" + HOST + "\r\n", 200),
                of("GET / HTTP/1.1\r\nhOST:\t example.com \t\r\nX:\r\nY: a\tb \u00E4\u00FF\r\n|~: 1\r\n\r\n", 200),
                of("GET / HTTP/1.1\r\nHost:\r\n\r\n", 200),
                of("POST /p HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello", 200),
                of("POST /p HTTP/1.1\r\n" + HOST + "Content-Length: 0005\r\n\r\nhello", 200),
                of("GET /p HTTP/1.0\r\ncontent-length: 2\r\n\r\n\r\n", 200),
                of("PUT /p HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\nhi", 200),
                of("PUT /p HTTP/1.0\r\nContent-Length: 2\r\nExpect: magic\r\n\r\nhi", 200),
                of("PUT /p HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nExpect: ,\r\n\r\nhi", 200),
                of(CHUNKED + "5\r\nhello\r\n6; a; b=c; d=\"x;\\\"\r\" \r\n world\r\n0\r\n\r\n".replace("\r\" ", "\""), 200),
                of(CHUNKED + "00A\r\n0123456789\r\n000\r\nVary: *\r\nX-Sum: 1\r\n\r\n", 200),
                of("POST /c HTTP/1.1\r\n" + HOST + "transfer-encoding: , CHUNKED ,\r\n\r\n0\r\n\r\n", 200));
    }

    static Stream<Case> requestLines() {
        return Stream.of(
                "GET /\r\n\r\n", "GET\r\n\r\n", "\n" + get("/"), "\r \r\n" + get("/"), " GET / HTTP/1.1\r\n", "GET  / HTTP/1.1\r\n",
                "GET /  HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET\t/ HTTP/1.1\r\n", "GET / HTTP/1.1\n\r\n", "GET / HTTP/1.1\rX: y\r\n",
                "GET / http/1.1\r\n", "GET / HTTP/1.10\r\n", "GET / HTTP/1,1\r\n", "GET / HTTPS/1.1\r\n", "GET / HTTP/0.99\r\n",
                "G\0T / HTTP/1.1\r\n", "GET: / HTTP/1.1\r\n", "G\u00C4T / HTTP/1.1\r\n", "GET /\u00E4 HTTP/1.1\r\n",
                "GET /\u007F HTTP/1.1\r\n", "GET /a#b HTTP/1.1\r\n", "GET /\"a\" HTTP/1.1\r\n", "GET /%4 HTTP/1.1\r\n",
                "GET /%zz HTTP/1.1\r\n",
                "GET a HTTP/1.1\r\n", "GET * HTTP/1.1\r\n", "GET a:80 HTTP/1.1\r\n", "GET ftp://a/ HTTP/1.1\r\n",
                "GET http:///a HTTP/1.1\r\n", "GET http://u:p@a/ HTTP/1.1\r\n", "GET http://[::1/ HTTP/1.1\r\n",
                "CONNECT / HTTP/1.1\r\n", "CONNECT a HTTP/1.1\r\n", "CONNECT a: HTTP/1.1\r\n",
                "\u0016\u0003\u0001\u0002\0", "GET / HT", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n")
                .map(bytes -> of(bytes, 400))
                .map(one -> one.bytes().endsWith("\r\n") ? of(one.bytes() + HOST + "\r\n", 400) : one);
    }

    static Stream<Case> fields() {
        Stream<Case> bad = Stream.of(
                " X: y\r\n", "\tX: y\r\n", "X: y\r\n z\r\n", "X : y\r\n", "X\r\n", ": y\r\n", "X y: z\r\n", "X(: y\r\n", "X\u00E4: y\r\n",
                "X: a\0b\r\n", "X: a\u0007b\r\n", "X: a\u007Fb\r\n", "X: a\nY: b\r\n", "X: a\rY: b\r\n", "X: a\r\r\n", "Host: b\r\n",
                "\rX: y\r\n")
                .map(field -> of("GET / HTTP/1.1\r\n" + HOST + field + "\r\n", 400));
        Stream<Case> hosts = Stream.of("a b", "a,b:x", "a:-1", "a:65536", "a@b", "a/b", "[::1", "::1", "[::1]x", "a\u00E4", "a..b", "*",
                "%4")
                .map(host -> of("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n", 400));
        return Stream.of(bad, hosts, Stream.of(
                of("GET / HTTP/1.1\r\n\r\n", 400), of("GET / HTTP/1.1\r\nX: y", 400), of("GET / HTTP/1.1\r\nHost: a\r\n", 400),
                of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), of("GET / HTTP/2.0\r\n\r\n", 505), of("HEAD / HTTP/0.9\r\n\r\n", 505),
                of("CONNECT a:80 HTTP/1.1\r\n" + HOST + "\r\n", 501))).flatMap(cases -> cases);
    }

    static Stream<Case> framing() {
        Stream<Case> lengths = Stream.of("", "-1", "+1", "1_0", "1 0", "0x1", "1.0", "1,1", "1\r\nContent-Length: 1", "1e0", "\u00B9")
                .map(length -> of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: " + length + "\r\n\r\nx", 400));
        Stream<Case> codings = Stream.of("", " , ", "chunked, chunked", "chunked, gzip", "chunked\r\nTransfer-Encoding: chunked")
                .map(coding -> of("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n", 400));
        Stream<Case> endless = Stream.of("identity", "gzip", "xchunked", "chunked;q=1", "\"chunked\"", "chunke", "chunked\u00A0",
                "gzip, chunked;q=1", "chunked, identity", "gzip chunked", "gzip, \"x, chunked", "/, chunked", "gzip;, chunked")
                .map(coding -> of("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n", 400));
        Stream<Case> unknown = Stream.of("gzip, chunked", "identity, Chunked", "gzip;level=9 , x-a;b=\"c\", chunked",
                "gzip\r\nTransfer-Encoding: chunked")
                .map(coding -> of("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n", 501));
        return Stream.of(lengths, codings, endless, unknown, Stream.of(
                of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                of("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
                of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400), of("POST / HTTP/1.0\r\n\r\n", 411),
                of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhell", 400),
                of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 18446744073709551617\r\n\r\nx", 413),
                of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nExpect: 200-ok\r\n\r\nx", 417),
                of("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nExpect: 100-continue, x\r\n\r\nx", 417))).flatMap(cases -> cases);
    }

    static Stream<Case> chunks() {
        Stream<Case> bad = Stream.of(
                "\r\n", "g\r\n", "-1\r\n", "+1\r\nx\r\n", "0x1\r\nx\r\n", "1_0\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "1;\r\nx\r\n",
                "1;;a\r\nx\r\n",
                "1 a\r\nx\r\n", "1;a=\r\nx\r\n", "1;a=\"b\r\nx\r\n", "1;a=\"b\\\"\r\nx\r\n", "1;a b\r\nx\r\n", "1;a\nx\r\n", "1\nx\r\n",
                "1\rx\r\n", "1;a\rb\r\nx\r\n", "1\r\nx0\r\n\r\n", "1\r\nx\n0\r\n\r\n", "1\r\nx\r0\r\n\r\n", "1\r\nx\r\n", "5\r\nhel",
                "0\r\n",
                "0\r\nX\r\n\r\n", "0\r\n X: y\r\n\r\n", "0\r\nX : y\r\n\r\n", "0\r\nContent-Length: 1\r\n\r\n", "0\r\nhost: a\r\n\r\n",
                "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nX: a\nb\r\n\r\n")
                .map(chunks -> of(CHUNKED + chunks, 400));
        return Stream.concat(bad, Stream.of(
                of(CHUNKED + "fffffffffffffffff\r\nx", 413), of(CHUNKED + "8000000000000000\r\nx", 413),
                of(CHUNKED + "5\r\nhello\r\nfffff\r\nx", 413)));
    }

    static Stream<Case> several() {
        String post = "POST /p HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello";
        return Stream.of(
                of(get("/1") + get("/2") + get("/3"), 200, 200, 200), of(post + "\r\n" + post + CHUNKED + "1\r\nx\r\n0\r\n\r\n",
                200, 200, 200),
                of(get("/1") + "nonsense\r\n" + get("/2"), 200, 400), of(post + "GET /2 HTTP/1.1\r\n\r\n" + get("/3"), 200, 400),
                of(CHUNKED + "0\r\nA: b\r\n\r\n" + get("/2") + "GET / ", 200, 200, 400));
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\n" + HOST + "Accept: */*\r\n\r\n";
    }

    private static Case of(String bytes, Integer... statuses) {
        return new Case(bytes, List.of(statuses));
    }
}
