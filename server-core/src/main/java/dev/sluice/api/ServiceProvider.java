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
}
