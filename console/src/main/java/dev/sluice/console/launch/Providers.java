package dev.sluice.console.launch;

import dev.sluice.api.PoolProvider;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import dev.sluice.console.launch.Plugin.Offer;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/// The pool types, protocols and services that a configuration can name. Immutable.
///
/// @param pools     by name
/// @param protocols by name
/// @param services  by protocol, then by name
/// @param gone      the jar that brought what can be named no more, by its [Plugin.Offer#title]
record Providers(
        Map<String, PoolProvider> pools,
        Map<String, ProtocolProvider> protocols,
        Map<String, Map<String, ServiceProvider>> services,
        Map<String, String> gone) {

    static Providers none() {
        return new Providers(Map.of(), Map.of(), Map.of(), Map.of());
    }

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
        return new Providers(poolsByName, protocolsByName, servicesByName, Map.of());
    }

    /// The services of a protocol, by name.
    Map<String, ServiceProvider> servicesOf(String protocol) {
        return services.getOrDefault(protocol, Map.of());
    }

    /// With one more, whose name must be free.
    Providers with(Offer offer) {
        return switch (offer) {
            case Offer.Pool pool -> new Providers(with(pools, pool.name(), pool.provider()), protocols, services, gone);
            case Offer.Protocol protocol -> new Providers(pools, with(protocols, protocol.name(), protocol.provider()), services, gone);
            case Offer.Service service -> {
                Map<String, ServiceProvider> siblings = with(servicesOf(service.protocol()), service.name(), service.provider());
                yield new Providers(pools, protocols, with(services, service.protocol(), siblings), gone);
            }
        };
    }

    private static <T> Map<String, T> with(Map<String, T> all, String name, T one) {
        Map<String, T> more = new TreeMap<>(all);
        more.put(name, one);
        return more;
    }

    /// What is there no more.
    ///
    /// @param more the jar that brought it, by its title
    Providers withGone(Map<String, String> more) {
        return new Providers(pools, protocols, services, Map.copyOf(more));
    }

    /// Whether the name of an offer is known, whoever brought it.
    boolean names(Offer offer) {
        return switch (offer) {
            case Offer.Pool pool -> PoolReader.isBuiltIn(pool.name()) || pools.containsKey(pool.name());
            case Offer.Protocol protocol -> protocols.containsKey(protocol.name());
            case Offer.Service service -> servicesOf(service.protocol()).containsKey(service.name());
        };
    }

    /// Whether it is this very offer that its name stands for.
    boolean has(Offer offer) {
        return switch (offer) {
            case Offer.Pool pool -> pools.get(pool.name()) == pool.provider();
            case Offer.Protocol protocol -> protocols.get(protocol.name()) == protocol.provider();
            case Offer.Service service -> servicesOf(service.protocol()).get(service.name()) == service.provider();
        };
    }

    /// The jar that brought what has this title, and does no more.
    Optional<String> goneWith(String title) {
        return Optional.ofNullable(gone.get(title));
    }
}
