package dev.sluice.console.launch;

import dev.sluice.api.PoolProvider;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/// The pool types, protocols and services that a configuration can name. Immutable.
///
/// @param pools     by name
/// @param protocols by name
/// @param services  by protocol, then by name
record Providers(
        Map<String, PoolProvider> pools,
        Map<String, ProtocolProvider> protocols,
        Map<String, Map<String, ServiceProvider>> services) {

    /// Those on the class path.
    static Providers load() {
        return of(
                ServiceLoader.load(PoolProvider.class),
                ServiceLoader.load(ProtocolProvider.class),
                ServiceLoader.load(ServiceProvider.class));
    }

    static Providers of(
            Iterable<PoolProvider> pools, Iterable<ProtocolProvider> protocols, Iterable<ServiceProvider> services) {
        Map<String, PoolProvider> poolsByName = new TreeMap<>();
        pools.forEach(one -> poolsByName.put(one.name(), one));
        Map<String, ProtocolProvider> protocolsByName = new TreeMap<>();
        protocols.forEach(one -> protocolsByName.put(one.name(), one));
        Map<String, Map<String, ServiceProvider>> servicesByName = new TreeMap<>();
        services.forEach(one -> servicesByName.computeIfAbsent(one.protocol(), name -> new TreeMap<>()).put(one.name(), one));
        return new Providers(poolsByName, protocolsByName, servicesByName);
    }

    /// The services of a protocol, by name.
    Map<String, ServiceProvider> servicesOf(String protocol) {
        return services.getOrDefault(protocol, Map.of());
    }
}
