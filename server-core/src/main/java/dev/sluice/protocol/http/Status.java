package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Status codes and their status lines, encoded once.
final class Status {

    private static final byte @Nullable [][] LINES = new byte[600][];

    static {
        for (int status = 200; status < 600; status++) {
            LINES[status] = ("HTTP/1.1 " + line(status) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }
    }

    private Status() {}

    /// The whole status line with its end. Not to be written to.
    ///
    /// @param status from 200 to 599
    static byte[] encoded(int status) {
        byte[] line = LINES[status];
        if (line == null) {
            throw new IllegalArgumentException("status is " + status + ", but must be from 200 to 599");
        }
        return line;
    }

    /// The code and the reason: `404 Not Found`. The space before an unknown reason stays (RFC 9112, 4).
    static String line(int status) {
        return status + " " + reason(status);
    }

    /// The reason phrase (RFC 9110, 15); empty for a code that has none.
    static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 203 -> "Non-Authoritative Information";
            case 204 -> "No Content";
            case 205 -> "Reset Content";
            case 206 -> "Partial Content";
            case 300 -> "Multiple Choices";
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 304 -> "Not Modified";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 402 -> "Payment Required";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 411 -> "Length Required";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 416 -> "Range Not Satisfiable";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 422 -> "Unprocessable Content";
            case 426 -> "Upgrade Required";
            case 428 -> "Precondition Required";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            default -> "";
        };
    }
}
