/// Micrometer meters of a Sluice server, and the endpoint that serves them.
@SuppressWarnings("requires-transitive-automatic") // Micrometer has automatic module names only, and its types are in our signatures
module dev.sluice.metrics {
    requires transitive dev.sluice.server;
    requires static transitive org.jspecify;
    requires transitive micrometer.core;
    requires transitive micrometer.registry.prometheus;
    requires micrometer.java21;

    exports dev.sluice.metrics;
}
