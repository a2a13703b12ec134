package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;

/// The part of a response's head that is the same every time it is sent: the status line, `Content-Length`, and the handler's fields.
///
/// @param bytes not to be written to
/// @param dated whether the handler gave a `Date` of its own
record ResponseHead(byte[] bytes, boolean dated) {

    private static final byte[] LENGTH = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);

    static ResponseHead of(HttpResponse response) {
        Headers headers = response.headers();
        byte[] line = Status.encoded(response.status());
        byte[] length = framed(response) ? Long.toString(length(response)).getBytes(StandardCharsets.US_ASCII) : null;
        int size = line.length + (length == null ? 0 : LENGTH.length + length.length + 2);
        for (int i = 0; i < headers.size(); i++) {
            size += headers.name(i).length() + headers.value(i).length() + 4;
        }
        byte[] bytes = new byte[size];
        int at = put(bytes, 0, line);
        for (int i = 0; i < headers.size(); i++) {
            at = put(bytes, at, headers.name(i));
            bytes[at++] = ':';
            bytes[at++] = ' ';
            at = lineEnd(bytes, put(bytes, at, headers.value(i)));
        }
        if (length != null) {
            lineEnd(bytes, put(bytes, put(bytes, at, LENGTH), length));
        }
        return new ResponseHead(bytes, headers.contains("Date"));
    }

    /// Whether the head tells the length: not when it is unknown, and not where no body may follow (RFC 9110, 8.6).
    private static boolean framed(HttpResponse response) {
        return length(response) >= 0 && response.status() != 204 && response.status() != 304;
    }

    /// A 205 has no content, and says so (RFC 9110, 15.3.6).
    private static long length(HttpResponse response) {
        return response.status() == 205 ? 0 : response.length();
    }

    private static int put(byte[] into, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, into, at, bytes.length);
        return at + bytes.length;
    }

    /// Every character is below U+0100: fields are checked when they are set.
    private static int put(byte[] into, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            into[at + i] = (byte) text.charAt(i);
        }
        return at + text.length();
    }

    private static int lineEnd(byte[] into, int at) {
        into[at] = '\r';
        into[at + 1] = '\n';
        return at + 2;
    }
}
