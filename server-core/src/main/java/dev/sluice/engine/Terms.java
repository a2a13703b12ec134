package dev.sluice.engine;

import dev.sluice.api.ListenerConfig;
import dev.sluice.protocol.RequestLimits;

/// What of a listener's configuration holds for its connections right now, in the units the engines count in. Replaced as a whole
/// when the configuration changes; a connection looks it up anew at each step. Times are nanoseconds.
record Terms(
        RequestLimits sizes,
        int pipelined,
        long preface,
        long handshake,
        long idle,
        long head,
        long body,
        long handler,
        long write,
        long linger,
        int maxRequests,
        long maxAge,
        long pressureIdle) {

    static Terms of(ListenerConfig config) {
        return new Terms(
                config.limits().forRequest(),
                config.limits().pipelined(),
                config.timeouts().preface().toNanos(),
                config.timeouts().handshake().toNanos(),
                config.timeouts().idle().toNanos(),
                config.timeouts().head().toNanos(),
                config.timeouts().body().toNanos(),
                config.timeouts().handler().toNanos(),
                config.timeouts().write().toNanos(),
                config.timeouts().linger().toNanos(),
                config.maxRequests(),
                config.keepAlive().maxAge().toNanos(),
                config.keepAlive().pressureIdle().toNanos());
    }
}
