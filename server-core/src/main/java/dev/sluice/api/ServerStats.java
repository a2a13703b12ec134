package dev.sluice.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// The totals of a server, as they were when they were asked for. Admin listeners are not in them.
///
/// `accepted = admitted + refused` and `admitted = connections + closed`, exactly, in every snapshot.
///
/// @param startedAt       by the wall clock
/// @param uptime          by the monotonic clock
/// @param accepted        connections
/// @param admitted        of those
/// @param refused         of those, by reason; every reason is present
/// @param closed          of the admitted, by reason; every reason is present
/// @param connections     now
/// @param peak            of connections
/// @param limit           of connections
/// @param requests        answered or refused
/// @param failed          of those, the ones a handler or codec failed
/// @param inFlight        requests begun and not answered
/// @param queued          connections and requests that wait for a pool
/// @param oldestWaiting   how long the longest waiting has waited; zero when none waits
/// @param perSecond       requests in the last second
/// @param perSecondMinute the same, a mean of the last minute
/// @param perSecondPeak   the most in one second
/// @param serviceTime     of requests
/// @param queueWait       of what waited for a pool
/// @param bytesIn         received
/// @param bytesOut        sent
/// @param generation      of the configuration: 1 at the start, one more with each change
public record ServerStats(
        Instant startedAt,
        Duration uptime,
        long accepted,
        long admitted,
        Map<RefusalReason, Long> refused,
        Map<CloseReason, Long> closed,
        int connections,
        int peak,
        int limit,
        long requests,
        long failed,
        int inFlight,
        int queued,
        Duration oldestWaiting,
        double perSecond,
        double perSecondMinute,
        double perSecondPeak,
        Latency serviceTime,
        Latency queueWait,
        long bytesIn,
        long bytesOut,
        long generation) {}
