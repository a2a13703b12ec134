package dev.sluice.bench.jmh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What clients send.
final class Requests {

    /// As wrk does.
    static final String SMALL = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

    /// As a browser does.
    static final String BROWSER = """
            GET /articles/2026/index.html?from=home HTTP/1.1\r
            Host: www.example.org\r
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r
            Accept-Language: en-US,en;q=0.5\r
            Accept-Encoding: gzip, deflate, br, zstd\r
            Referer: https://www.example.org/\r
            Connection: keep-alive\r
            Cookie: session=1234567890abcdef; theme=dark\r
            Upgrade-Insecure-Requests: 1\r
            Sec-Fetch-Dest: document\r
            Sec-Fetch-Mode: navigate\r
            Sec-Fetch-Site: same-origin\r
            If-None-Match: "5f3c-61a2b4c8d9e00"\r
            Priority: u=0, i\r
            \r
            """;

    private Requests() {}

    static ByteBuffer heap(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
