package dev.sluice.api;

import java.time.Duration;

/// How a drain proceeds: what each phase may take. See [DrainPhase].
///
/// @param lameDuck  how long connections are still accepted after health has turned to "draining", for as long as a load balancer takes to
///                  see it
/// @param queued    what happens to connections and requests that wait for a pool
/// @param idleGrace how long a connection between requests may still send one, which is served as its last, before it is ended
/// @param spread    over what time the ends of idle connections are spread, so that clients do not come back all at once; 0 to end them
///                  together
/// @param grace     how long requests in flight may take; what is not done by then is forced
/// @param force     how long to wait for handlers that were interrupted
/// @param release   how long to wait for what is left: loops, sockets that linger, admin listeners
@Live
public record DrainConfig(
        Duration lameDuck,
        Queued queued,
        Duration idleGrace,
        Duration spread,
        Duration grace,
        Duration force,
        Duration release) {

    /// What happens to connections or requests that wait for a pool.
    public enum Queued {
        /// They are served.
        RUN,
        /// They are refused in the protocol's words.
        REFUSE,
        /// Their connections are closed without a word.
        CLOSE
    }

    public static final DrainConfig DEFAULT = new DrainConfig(
            Duration.ZERO, Queued.RUN, Duration.ofSeconds(1), Duration.ZERO,
            Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(5));

    public DrainConfig {
        Check.duration("lame-duck", lameDuck);
        Check.duration("idle-grace", idleGrace);
        Check.duration("spread", spread);
        Check.duration("grace", grace);
        Check.duration("force", force);
        Check.duration("release", release);
    }

    public DrainConfig withLameDuck(Duration next) {
        return new DrainConfig(next, queued, idleGrace, spread, grace, force, release);
    }

    public DrainConfig withQueued(Queued next) {
        return new DrainConfig(lameDuck, next, idleGrace, spread, grace, force, release);
    }

    public DrainConfig withIdleGrace(Duration next) {
        return new DrainConfig(lameDuck, queued, next, spread, grace, force, release);
    }

    public DrainConfig withSpread(Duration next) {
        return new DrainConfig(lameDuck, queued, idleGrace, next, grace, force, release);
    }

    public DrainConfig withGrace(Duration next) {
        return new DrainConfig(lameDuck, queued, idleGrace, spread, next, force, release);
    }

    public DrainConfig withForce(Duration next) {
        return new DrainConfig(lameDuck, queued, idleGrace, spread, grace, next, release);
    }
}
