package dev.sluice.api;

import dev.sluice.protocol.Peer;
import java.util.List;

/// Who is really at the other end of connections that come through a balancer: with the PROXY protocol, version 1 or 2, the balancer says
/// so before anything else. The client that it names is the one in lists, logs, filters and limits, and for handlers; the balancer's own
/// address counts for no limit by address.
///
/// @param mode whether each connection has to begin with a PROXY header
/// @param from whose headers are believed: those of balancers, by their address or a block of them, or with `unix` those of all clients of
///             a Unix domain socket, whose mode says who they may be. A connection from elsewhere is ended at once
@Live
public record ProxyProtocol(Mode mode, List<TrustedSource> from) {

    /// Whether connections begin with a header.
    public enum Mode {
        /// none has to; one that comes is taken for a request
        OFF,
        /// each has to. There is nothing between: who may leave it out may pretend to be anybody
        REQUIRED
    }

    public static final ProxyProtocol OFF = new ProxyProtocol(Mode.OFF, List.of());

    public ProxyProtocol {
        from = List.copyOf(from);
        if (mode == Mode.REQUIRED && from.isEmpty()) {
            throw new IllegalArgumentException("from is empty, but mode is required: name the addresses of the balancers, as "
                    + "[\"127.0.0.1\", \"10.0.0.0/8\"], or unix, or set mode to off");
        }
    }

    /// Required from these; see [TrustedSource#parse].
    public static ProxyProtocol requiredFrom(String... sources) {
        return new ProxyProtocol(Mode.REQUIRED, List.of(sources).stream().map(TrustedSource::parse).toList());
    }

    public boolean required() {
        return mode == Mode.REQUIRED;
    }

    /// Whether what this peer says of its client is believed.
    public boolean trusts(Peer balancer) {
        return from.stream().anyMatch(source -> source.covers(balancer.remote()));
    }
}
