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
/// @param request        the largest request in all, which also bounds what a connection may hold of an unfinished one
@Live
public record ListenerLimits(
        int connections,
        int perAddress,
        int ratePerAddress,
        int pipelined,
        @Bytes int line,
        @Bytes int head,
        @Bytes long body,
        @Bytes long request) {

    public static final ListenerLimits DEFAULT = new ListenerLimits(10_000, 10_000, 0, 64, RequestLimits.DEFAULT);

    public ListenerLimits {
        Check.atLeast("connections", connections, 1);
        Check.atLeast("per-address", perAddress, 1);
        Check.range("rate-per-address", ratePerAddress, 0, 1_000_000);
        Check.range("pipelined", pipelined, 1, 100_000);
        Check.range("line", line, 1, 1 << 26);
        Check.range("head", head, 1, 1 << 26);
        Check.range("body", body, 0, 1L << 30);
        Check.range("request", request, 1, 1L << 30);
    }

    public ListenerLimits(int connections, int perAddress, int ratePerAddress, int pipelined, RequestLimits sizes) {
        this(connections, perAddress, ratePerAddress, pipelined, sizes.line(), sizes.head(), sizes.body(), sizes.request());
    }

    /// The part that decoders are given.
    public RequestLimits forRequest() {
        return new RequestLimits(line, head, body, request);
    }

    public ListenerLimits withConnections(int next, int nextPerAddress) {
        return new ListenerLimits(next, nextPerAddress, ratePerAddress, pipelined, line, head, body, request);
    }

    public ListenerLimits withRatePerAddress(int next) {
        return new ListenerLimits(connections, perAddress, next, pipelined, line, head, body, request);
    }

    public ListenerLimits withSizes(RequestLimits sizes) {
        return new ListenerLimits(connections, perAddress, ratePerAddress, pipelined, sizes);
    }

    public ListenerLimits withPipelined(int next) {
        return new ListenerLimits(connections, perAddress, ratePerAddress, next, line, head, body, request);
    }
}
