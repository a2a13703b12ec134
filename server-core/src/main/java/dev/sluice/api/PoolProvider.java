package dev.sluice.api;

import java.util.concurrent.ExecutorService;

/// Brings a pool type by name, found through [java.util.ServiceLoader].
public interface PoolProvider {

    /// The name to be given as `type`.
    String name();

    /// A new executor, to be shut down by the server when it ends, or when its pool has changed to another type.
    ExecutorService open(Settings settings);
}
