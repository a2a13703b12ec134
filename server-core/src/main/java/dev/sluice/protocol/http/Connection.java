package dev.sluice.protocol.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a request says about its connection (RFC 9112, 9.3; RFC 9110, 7.6.1).
final class Connection {

    private Connection() {}

    /// Whether the client expects the connection to stay open. `close` wins over `keep-alive`.
    static boolean keepAlive(HttpVersion version, Headers headers) {
        boolean keep = version == HttpVersion.HTTP_1_1;
        for (int i = 0; i < headers.size(); i++) {
            if (headers.name(i).equalsIgnoreCase("Connection")) {
                if (hasToken(headers.value(i), "close")) {
                    return false;
                }
                keep |= hasToken(headers.value(i), "keep-alive");
            }
        }
        return keep;
    }

    /// Whether a comma-separated list has this word, without case.
    static boolean hasToken(String list, String token) {
        int from = 0;
        while (from <= list.length()) {
            int comma = list.indexOf(',', from);
            int to = comma < 0 ? list.length() : comma;
            int end = to;
            while (from < end && isSpace(list.charAt(from))) {
                from++;
            }
            while (end > from && isSpace(list.charAt(end - 1))) {
                end--;
            }
            if (end - from == token.length() && list.regionMatches(true, from, token, 0, token.length())) {
                return true;
            }
            from = to + 1;
        }
        return false;
    }

    /// The elements of a comma-separated list, in small letters. Empty ones do not count (RFC 9110, 5.6.1.2).
    static List<String> elements(String list) {
        List<String> elements = new ArrayList<>();
        int from = 0;
        while (from <= list.length()) {
            int comma = list.indexOf(',', from);
            int to = comma < 0 ? list.length() : comma;
            String element = list.substring(from, to).strip();
            if (!element.isEmpty()) {
                elements.add(element.toLowerCase(Locale.ROOT));
            }
            from = to + 1;
        }
        return elements;
    }

    /// The number that these digits, and nothing else, write; −1 when they do not, or it does not fit.
    static long decimal(String digits) {
        long number = digits.isEmpty() ? -1 : 0;
        for (int i = 0; i < digits.length() && number >= 0; i++) {
            int digit = digits.charAt(i) - '0';
            number = digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10 ? -1 : number * 10 + digit;
        }
        return number;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
