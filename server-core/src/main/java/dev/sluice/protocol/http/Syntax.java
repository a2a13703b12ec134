package dev.sluice.protocol.http;

/// Which bytes may stand where (RFC 9110, 5.5 and 5.6; RFC 3986), as one table of bits.
final class Syntax {

    static final int TOKEN = 1;
    /// What a field's value may have: visible characters, space, tab and the bytes above 0x7F.
    static final int VALUE = 2;
    /// What a request target may have: any visible ASCII character but `"`, `#`, `<` and `>`. Wider than RFC 3986 by what browsers
    /// do send, in queries most of all: `[]\^{|}` and the backquote.
    static final int TARGET = 4;
    static final int DIGIT = 8;
    /// What a registered name in a host may have: unreserved, sub-delims but the comma, which makes a list; `%` is apart.
    static final int NAME = 16;

    private static final byte[] KINDS = kinds();
    private static final byte[] HEX = hex();

    private Syntax() {}

    static boolean is(int kind, int octet) {
        return (KINDS[octet & 0xFF] & kind) != 0;
    }

    /// The value of a hexadecimal digit, or −1.
    static int hex(int octet) {
        return HEX[octet & 0xFF];
    }

    /// Whether the text is a token: one or more characters of those that names and methods are made of.
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F || !is(TOKEN, text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// Refuses what would let a value end its line and begin another.
    static void requireField(String name, String value) {
        if (!isToken(name)) {
            throw new IllegalArgumentException("a header's name must be a token (RFC 9110, 5.1)");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 0xFF || !is(VALUE, c)) {
                throw new IllegalArgumentException("the value of header " + name + " has U+"
                        + Integer.toHexString(0x10000 | c).substring(1) + " at " + i
                        + ", but must have neither CR, LF, NUL, other control characters nor characters above U+00FF");
            }
        }
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[256];
        for (int c = 0; c < 0x100; c++) {
            boolean digit = c >= '0' && c <= '9';
            boolean alphanumeric = digit || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
            boolean visible = c > 0x20 && c < 0x7F;
            int kind = digit ? DIGIT : 0;
            kind |= visible || c == ' ' || c == '\t' || c > 0x7F ? VALUE : 0;
            kind |= visible && "\"#<>".indexOf(c) < 0 ? TARGET : 0;
            kind |= alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0 ? TOKEN : 0;
            kind |= alphanumeric || "-._~!$&'()*+;=".indexOf(c) >= 0 ? NAME : 0;
            kinds[c] = (byte) kind;
        }
        return kinds;
    }

    private static byte[] hex() {
        byte[] values = new byte[256];
        for (int c = 0; c < 256; c++) {
            values[c] = (byte) (c < 0x80 ? Character.digit(c, 16) : -1);
        }
        return values;
    }
}
