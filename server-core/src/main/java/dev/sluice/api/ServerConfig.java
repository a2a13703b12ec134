package dev.sluice.api;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Everything a server is started with. Immutable; the `with` methods give a changed copy.
///
/// @param name      of this server, in the prompt, the logs and the metrics
/// @param pools     by name, in the order of their definition; `inline` is always there and needs no entry
/// @param listeners by name, in the order of their definition; at least one
/// @param limits    for all traffic listeners together
/// @param drain     the order to end in, and its budgets
/// @param spoolFolder where the server makes a private folder for what is too large for memory ([ListenerLimits#spool()]), and removes it when it ends;
///                    best on a disk, not in a file system that lies in memory itself
public record ServerConfig(
        String name,
        Map<String, PoolConfig> pools,
        Map<String, ListenerConfig> listeners,
        ServerLimits limits,
        DrainConfig drain,
        Path spoolFolder) {

    /// The name that stands for "on the thread that does the I/O"; no pool may have it.
    public static final String INLINE = "inline";

    /// With the system's folder for temporary files.
    public ServerConfig(
            String name, Map<String, PoolConfig> pools, Map<String, ListenerConfig> listeners, ServerLimits limits, DrainConfig drain) {
        this(name, pools, listeners, limits, drain, Path.of(System.getProperty("java.io.tmpdir")));
    }

    public ServerConfig {
        pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
        listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
        if (pools.containsKey(INLINE)) {
            throw new IllegalArgumentException("a pool is named inline, but that name is built in: name it otherwise");
        }
        for (Map.Entry<String, ListenerConfig> entry : listeners.entrySet()) {
            String pool = entry.getValue().pool();
            if (!pool.equals(INLINE) && !pools.containsKey(pool)) {
                throw new IllegalArgumentException("listener " + entry.getKey() + " wants pool " + pool
                        + ", but the pools are " + pools.keySet() + " and inline");
            }
        }
    }

    /// A server with nothing to serve yet; add listeners.
    public static ServerConfig named(String name) {
        return new ServerConfig(name, Map.of(), Map.of(), ServerLimits.DEFAULT, DrainConfig.DEFAULT);
    }

    /// With one more pool, or another in its place.
    public ServerConfig withPool(String poolName, PoolConfig pool) {
        Map<String, PoolConfig> next = new LinkedHashMap<>(pools);
        next.put(poolName, pool);
        return new ServerConfig(name, next, listeners, limits, drain, spoolFolder);
    }

    /// With one more listener, or another in its place. Its pool must be there already.
    public ServerConfig withListener(String listenerName, ListenerConfig listener) {
        Map<String, ListenerConfig> next = new LinkedHashMap<>(listeners);
        next.put(listenerName, listener);
        return new ServerConfig(name, pools, next, limits, drain, spoolFolder);
    }

    public ServerConfig withLimits(ServerLimits next) {
        return new ServerConfig(name, pools, listeners, next, drain, spoolFolder);
    }

    public ServerConfig withDrain(DrainConfig next) {
        return new ServerConfig(name, pools, listeners, limits, next, spoolFolder);
    }

    public ServerConfig withSpoolFolder(Path next) {
        return new ServerConfig(name, pools, listeners, limits, drain, next);
    }
}
