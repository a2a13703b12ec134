package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The names that most requests use, kept so that no string need be made of them.
final class FieldNames {

    private static final int MASK = 255;
    private static final byte @Nullable [][] ENCODED = new byte[MASK + 1][];
    private static final String[] NAMES = new String[MASK + 1];

    static {
        String[] common = {
            "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Accept-Charset", "Authorization",
            "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "DNT", "Date", "Expect",
            "Forwarded", "If-Match", "If-Modified-Since", "If-None-Match", "Keep-Alive", "Origin", "Pragma", "Priority", "Range",
            "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "TE", "Trailer",
            "Transfer-Encoding", "Upgrade", "Upgrade-Insecure-Requests", "Via", "X-Forwarded-For", "X-Forwarded-Host",
            "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID", "X-Requested-With"
        };
        for (String name : common) {
            add(name);
            add(name.toLowerCase(Locale.ROOT));
        }
    }

    /// Whose a field of a response is.
    enum Standing { HANDLERS, SINGLE, LENGTH, CONNECTION, SERVERS }

    private FieldNames() {}

    /// Whose business a field of a response is: a handler says nothing about how a message is framed or what becomes of its connection
    /// (RFC 9110, 7.6.1), nor announces trailers, of which none are sent. Those whose value is no list can be there once (5.3).
    static Standing standing(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "content-length" -> Standing.LENGTH;
            case "connection" -> Standing.CONNECTION;
            case "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "proxy-connection" -> Standing.SERVERS;
            case "access-control-allow-credentials", "access-control-allow-origin", "access-control-max-age", "age", "content-disposition",
                 "content-location", "content-range", "content-type", "date", "etag", "expires", "last-modified", "location", "referrer-policy",
                 "retry-after", "server", "strict-transport-security", "x-content-type-options", "x-frame-options" -> Standing.SINGLE;
            case String other -> Standing.HANDLERS;
        };
    }

    /// The name that these bytes spell, in the case they spell it in.
    static String of(byte[] bytes, int from, int to) {
        int slot = slot(bytes, from, to);
        for (byte[] known = ENCODED[slot]; known != null; known = ENCODED[slot]) {
            if (Arrays.equals(known, 0, known.length, bytes, from, to)) {
                return NAMES[slot];
            }
            slot = slot + 1 & MASK;
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static void add(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        int slot = slot(bytes, 0, bytes.length);
        while (ENCODED[slot] != null) {
            slot = slot + 1 & MASK;
        }
        ENCODED[slot] = bytes;
        NAMES[slot] = name;
    }

    private static int slot(byte[] bytes, int from, int to) {
        return (to - from) * 31 + bytes[from] * 7 + bytes[to - 1] * 3 + bytes[from + to >>> 1] & MASK;
    }
}
