package dev.sluice.api;

import dev.sluice.protocol.HandlerFactory;

/// Brings a service by name, found through [java.util.ServiceLoader].
public interface ServiceProvider {

    /// The name to be given as the service's `type`.
    String name();

    /// The name of the protocol whose requests it answers.
    String protocol();

    /// The handlers; of the request and response types of that protocol.
    HandlerFactory<?, ?> create(Settings settings);

    /// Whether its handlers may wait: for a disk, a lock, another server. One that does must not run on an event loop itself, where
    /// everybody else on that loop would wait with it; whoever configures that is warned.
    default boolean mayBlock() {
        return false;
    }
}
