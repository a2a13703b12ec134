package dev.sluice.protocol;

/// How large a request may be, in bytes. A decoder refuses what is larger before it stores it.
///
/// @param line    the longest line: a text line, or the request line of HTTP
/// @param head    the largest header section
/// @param body    the largest body
/// @param request the largest request in all; bounds what a connection may hold of an unfinished request
public record RequestLimits(int line, int head, long body, long request) {

    /// Limits that suit most: lines and heads of 8 KiB and 32 KiB, bodies of 1 MiB.
    public static final RequestLimits DEFAULT = new RequestLimits(8 << 10, 32 << 10, 1 << 20, 2 << 20);

    public RequestLimits {
        atLeastOne("line", line);
        atLeastOne("head", head);
        atLeastOne("request", request);
        if (body < 0) {
            throw new IllegalArgumentException("body is " + body + " bytes, but must be 0 or more");
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + " bytes, but must be 1 or more");
        }
    }
}
