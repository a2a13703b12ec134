package dev.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/// What a handler does for each request, the same in every server: waits, computes, and answers with a body. By default it does neither,
/// and says hello.
///
/// @param sleep how long it waits
/// @param spin  how long it computes
/// @param body  what it answers; not to be written to
record Work(Duration sleep, Duration spin, byte[] body) {

    static final String HOST = "127.0.0.1";
    static final String CONTENT_TYPE = "text/plain; charset=utf-8";
    /// As long as the longest queue of connections that a row needs.
    static final int BACKLOG = 4_096;

    /// From the words `sleep` (milliseconds), `spin` (microseconds) and `body` (bytes).
    static Work of(Options options) {
        return new Work(Duration.ofMillis(options.number("sleep", 0)), Duration.ofNanos(1_000L * options.number("spin", 0)),
                options.has("body") ? filled(options.number("body", 0)) : "Hello, World!".getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] filled(int size) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    /// Does the work.
    ///
    /// @return the body of the answer
    byte[] perform() {
        if (sleep.isPositive()) {
            pause();
        }
        if (spin.isPositive()) {
            long end = System.nanoTime() + spin.toNanos();
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
        return body;
    }

    private void pause() {
        try {
            Thread.sleep(sleep);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    /// A whole answer with a fixed date, for those that parse nothing.
    ///
    /// @param last says that the connection ends after it
    byte[] fixedAnswer(boolean last) {
        byte[] head = ("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: " + CONTENT_TYPE
                + "\r\nContent-Length: " + body.length + (last ? "\r\nConnection: close" : "")
                + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] answer = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, answer, head.length, body.length);
        return answer;
    }
}
