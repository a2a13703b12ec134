package dev.sluice.engine;

import dev.sluice.api.AccessLog;
import dev.sluice.api.ListenerConfig;
import dev.sluice.protocol.RequestLimits;

/// What of a listener's configuration holds for its connections right now, in the units the engines count in. Replaced as a whole
/// when the configuration changes; a connection looks it up anew at each step. Times are nanoseconds.
record Terms(
        RequestLimits sizes,
        int pipelined,
        long preface,
        long idle,
        long head,
        long body,
        int bodyRate,
        long handler,
        long write,
        long linger,
        int maxRequests,
        long maxAge,
        long pressureIdle,
        AccessLog accessLog) {

    static Terms of(ListenerConfig config) {
        return new Terms(
                config.limits().forRequest(),
                config.limits().pipelined(),
                config.timeouts().preface().toNanos(),
                config.timeouts().idle().toNanos(),
                config.timeouts().head().toNanos(),
                config.timeouts().body().toNanos(),
                config.limits().bodyRate(),
                config.timeouts().handler().toNanos(),
                config.timeouts().write().toNanos(),
                config.timeouts().linger().toNanos(),
                config.maxRequests(),
                config.keepAlive().maxAge().toNanos(),
                config.keepAlive().pressureIdle().toNanos(),
                config.accessLog());
    }

    /// How long a body may have taken, of which so much has come: at most `body` in all, and no longer than it would at the least rate, which is not
    /// judged before a head would be late too.
    long bodyTime(long bytes) {
        return bodyRate == 0 ? body : Math.min(body, Math.max(head, (long) (bytes * 1e9 / bodyRate)));
    }
}
