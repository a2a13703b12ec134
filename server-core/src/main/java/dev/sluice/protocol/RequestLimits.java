package dev.sluice.protocol;

/// How large a request may be, in bytes. A decoder refuses what is larger before it stores it.
///
/// @param line    the longest line: a text line, or the request line of HTTP
/// @param head    the largest header section
/// @param body    the largest body
/// @param request the largest request in memory; bounds what a connection may hold of an unfinished request. What a decoder puts into a file
///                ([Decoded.Spool]) does not count
/// @param spool   the largest body in memory, for protocols that put larger ones into a file
public record RequestLimits(int line, int head, long body, long request, int spool) {

    /// What a body may have in memory by default: 64 KiB.
    public static final int SPOOL = 64 << 10;

    /// Limits that suit most: lines and heads of 8 KiB and 32 KiB, bodies of 1 MiB, of which 64 KiB in memory.
    public static final RequestLimits DEFAULT = new RequestLimits(8 << 10, 32 << 10, 1 << 20, 2 << 20);

    /// With the usual part of a body in memory.
    public RequestLimits(int line, int head, long body, long request) {
        this(line, head, body, request, SPOOL);
    }

    public RequestLimits {
        atLeastOne("line", line);
        atLeastOne("head", head);
        atLeastOne("request", request);
        atLeastZero("body", body);
        atLeastZero("spool", spool);
    }

    private static void atLeastZero(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + " bytes, but must be 0 or more");
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + " bytes, but must be 1 or more");
        }
    }
}
