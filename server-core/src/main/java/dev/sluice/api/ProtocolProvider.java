package dev.sluice.api;

import dev.sluice.protocol.Protocol;

/// Brings a protocol by name, found through [java.util.ServiceLoader].
public interface ProtocolProvider {

    /// The name to be given as `protocol`.
    String name();

    Protocol<?, ?> create(Settings settings);
}
