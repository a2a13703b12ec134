package dev.sluice.api;

/// Limits for all traffic listeners together. What exceeds one is refused at accept, in the protocol's own words, and counted.
///
/// @param connections    connections open at once, to all listeners together
/// @param perAddress     the same from one address; IPv6 addresses count by their /64, Unix domain sockets by their user
/// @param ratePerAddress new connections a second from one address, to all listeners together, in bursts of up to as many; 0 for no limit
@Live
public record ServerLimits(int connections, int perAddress, int ratePerAddress) {

    public static final ServerLimits DEFAULT = new ServerLimits(10_000, 10_000);

    /// Without a limit on the rate.
    public ServerLimits(int connections, int perAddress) {
        this(connections, perAddress, 0);
    }

    public ServerLimits {
        Check.atLeast("connections", connections, 1);
        Check.atLeast("per-address", perAddress, 1);
        Check.range("rate-per-address", ratePerAddress, 0, 1_000_000);
    }

    public ServerLimits withRatePerAddress(int next) {
        return new ServerLimits(connections, perAddress, next);
    }
}
