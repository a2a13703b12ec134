package dev.sluice.api;

import java.time.Duration;
import java.util.OptionalInt;

/// When a connection ends at a message boundary although its client would go on.
///
/// @param maxRequests  after so many requests; 0 for no limit; empty (`auto`) for what suits the model: 1 for blocking with pool inline,
///                     where an idle client would hold the only thread, and no limit elsewhere. See [ListenerConfig#maxRequests()]
/// @param maxAge       with the first response after this age; 0 for no limit
/// @param pressureIdle while others wait for a permit of a blocking listener, the connection longest idle is ended, once it has been idle
///                     for this long
@Live
public record KeepAlive(OptionalInt maxRequests, Duration maxAge, Duration pressureIdle) {

    public static final KeepAlive DEFAULT = new KeepAlive(OptionalInt.empty(), Duration.ZERO, Duration.ofSeconds(1));

    public KeepAlive {
        Check.atLeast("max-requests", maxRequests.orElse(0), 0);
        Check.duration("max-age", maxAge);
        Check.duration("pressure-idle", pressureIdle);
    }

    public KeepAlive withMaxRequests(int next) {
        return new KeepAlive(OptionalInt.of(next), maxAge, pressureIdle);
    }

    public KeepAlive withMaxAge(Duration next) {
        return new KeepAlive(maxRequests, next, pressureIdle);
    }

    public KeepAlive withPressureIdle(Duration next) {
        return new KeepAlive(maxRequests, maxAge, next);
    }
}
