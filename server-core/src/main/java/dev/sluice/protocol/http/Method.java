package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;

/// The methods that most requests use, so that no string need be made of them.
final class Method {

    private static final String[] COMMON = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"};

    private Method() {}

    static String of(byte[] bytes, int from, int to) {
        for (String method : COMMON) {
            if (is(bytes, from, to, method)) {
                return method;
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static boolean is(byte[] bytes, int from, int to, String method) {
        if (to - from != method.length()) {
            return false;
        }
        for (int i = 0; i < method.length(); i++) {
            if (bytes[from + i] != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
