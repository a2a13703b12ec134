package dev.sluice.api;

/// Limits for all traffic listeners together. What exceeds one is refused at accept, in the protocol's own words, and counted.
///
/// @param connections at once
/// @param perAddress  at once from one address; IPv6 addresses count by their /64
@Live
public record ServerLimits(int connections, int perAddress) {

    public static final ServerLimits DEFAULT = new ServerLimits(10_000, 10_000);

    public ServerLimits {
        Check.atLeast("connections", connections, 1);
        Check.atLeast("per-address", perAddress, 1);
    }
}
