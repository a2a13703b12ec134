package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;

/// The line before a chunk: its size, and extensions, which are checked and forgotten (RFC 9112, 7.1).
final class ChunkHead {

    /// The line is none.
    static final long MALFORMED = -1;
    /// The size is larger than what is allowed.
    static final long TOO_LARGE = -2;

    private ChunkHead() {}

    /// Reads the line, given without its CRLF.
    ///
    /// @param most the largest size allowed
    /// @return the size, or one of the constants
    static long size(byte[] bytes, int from, int to, long most) {
        long size = 0;
        int i = from;
        boolean tooLarge = false;
        for (; i < to && Syntax.hex(bytes[i]) >= 0; i++) {
            tooLarge |= size > most >> 4; // one digit more would be, and might not fit into a long
            size = tooLarge ? size : size << 4 | Syntax.hex(bytes[i]);
            tooLarge |= size > most;
        }
        if (i == from || !extensions(bytes, i, to)) {
            return MALFORMED;
        }
        return tooLarge ? TOO_LARGE : size;
    }

    /// Whether this is the name of a transfer coding, and parameters, whose syntax is that of extensions (RFC 9112, 7).
    static boolean validCoding(String coding) {
        byte[] bytes = coding.getBytes(StandardCharsets.ISO_8859_1);
        int name = token(bytes, 0, bytes.length);
        return name > 0 && extensions(bytes, name, bytes.length);
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`.
    private static boolean extensions(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            i = space(bytes, i, to);
            if (i == to || bytes[i] != ';') {
                return false;
            }
            int name = space(bytes, i + 1, to);
            i = token(bytes, name, to);
            if (i == name) {
                return false;
            }
            int equals = space(bytes, i, to);
            if (equals < to && bytes[equals] == '=') {
                i = value(bytes, space(bytes, equals + 1, to), to);
            }
            if (i < 0) {
                return false;
            }
        }
        return true;
    }

    /// Where the value ends; −1 when there is none.
    private static int value(byte[] bytes, int from, int to) {
        if (from < to && bytes[from] == '"') {
            return quoted(bytes, from, to);
        }
        int end = token(bytes, from, to);
        return end == from ? -1 : end;
    }

    /// Where the quoted string ends; −1 when it does not. Control characters have been refused before.
    private static int quoted(byte[] bytes, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (bytes[i] == '"') {
                return i + 1;
            }
            if (bytes[i] == '\\') {
                i++;
            }
        }
        return -1;
    }

    private static int token(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && Syntax.is(Syntax.TOKEN, bytes[i])) {
            i++;
        }
        return i;
    }

    private static int space(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && (bytes[i] == ' ' || bytes[i] == '\t')) {
            i++;
        }
        return i;
    }
}
