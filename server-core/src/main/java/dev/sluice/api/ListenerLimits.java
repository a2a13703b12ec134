package dev.sluice.api;

import dev.sluice.protocol.RequestLimits;

/// What one listener may hold. Sizes are bytes.
///
/// @param connections    connections open at once; one more is refused, in the protocol's own words
/// @param perAddress     connections at once from one address; IPv6 addresses count by their /64, Unix domain sockets by their user
/// @param ratePerAddress new connections a second from one address, in bursts of up to as many; 0 for no limit
/// @param pipelined      requests of one connection that may wait behind the one being handled, with duplex I/O; then no more are read. The
///                       other models read one at a time
/// @param line           the longest line: a text line, or the request line of HTTP
/// @param head           the largest header section
/// @param body           the largest body; 0 for none
/// @param request        the largest request in memory, which is what a connection may hold of an unfinished one: its head, and a body of up to `spool`.
///                       Where a body of that size would not fit, no larger one is taken either
/// @param spool          the largest body in memory; a larger one goes into a temporary file while it comes, which is gone once the request is answered
///                       or its connection ended
/// @param bodyRate       what must come of a body each second, on average, from `timeouts.head` after it began; 0 for no limit. One that is slower is
///                       refused, as one that is not whole in `timeouts.body`: HTTP says 408
@Live
public record ListenerLimits(
        int connections,
        int perAddress,
        int ratePerAddress,
        int pipelined,
        @Bytes int line,
        @Bytes int head,
        @Bytes long body,
        @Bytes long request,
        @Bytes int spool,
        @Bytes int bodyRate) {

    private static final int BODY_RATE = 256;

    public static final ListenerLimits DEFAULT = new ListenerLimits(10_000, 10_000, 0, 64, RequestLimits.DEFAULT);

    public ListenerLimits {
        Check.atLeast("connections", connections, 1);
        Check.atLeast("per-address", perAddress, 1);
        Check.range("rate-per-address", ratePerAddress, 0, 1_000_000);
        Check.range("pipelined", pipelined, 1, 100_000);
        Check.range("line", line, 1, 1 << 26);
        Check.range("head", head, 1, 1 << 26);
        Check.range("body", body, 0, 1L << 40);
        Check.range("request", request, 1, 1L << 30);
        Check.range("spool", spool, 0, 1 << 30);
        Check.range("body-rate", bodyRate, 0, 1 << 30);
    }

    /// With the usual rate of bodies.
    public ListenerLimits(int connections, int perAddress, int ratePerAddress, int pipelined, RequestLimits sizes) {
        this(connections, perAddress, ratePerAddress, pipelined, sizes.line(), sizes.head(), sizes.body(), sizes.request(), sizes.spool(), BODY_RATE);
    }

    /// The part that decoders are given.
    public RequestLimits forRequest() {
        return new RequestLimits(line, head, body, request, spool);
    }

    public ListenerLimits withConnections(int next, int nextPerAddress) {
        return new ListenerLimits(next, nextPerAddress, ratePerAddress, pipelined, line, head, body, request, spool, bodyRate);
    }

    public ListenerLimits withRatePerAddress(int next) {
        return new ListenerLimits(connections, perAddress, next, pipelined, line, head, body, request, spool, bodyRate);
    }

    public ListenerLimits withSizes(RequestLimits sizes) {
        return new ListenerLimits(connections, perAddress, ratePerAddress, pipelined,
                sizes.line(), sizes.head(), sizes.body(), sizes.request(), sizes.spool(), bodyRate);
    }

    public ListenerLimits withBodyRate(int next) {
        return new ListenerLimits(connections, perAddress, ratePerAddress, pipelined, line, head, body, request, spool, next);
    }

    public ListenerLimits withPipelined(int next) {
        return new ListenerLimits(connections, perAddress, ratePerAddress, next, line, head, body, request, spool, bodyRate);
    }
}
