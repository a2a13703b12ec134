package dev.sluice.bench;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.slf4j.LoggerFactory;

/// Jetty as one would run it: with Micrometer, its meters of the JVM and Logback, as Sluice's program has. For the time of a start.
final class JettyMetered {

    private JettyMetered() {}

    public static void main(String[] words) throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmGcMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new LogbackMetrics().bindTo(registry);
        Counter starts = registry.counter("bench.starts");
        var server = JettyServer.start(Options.of(words));
        starts.increment();
        LoggerFactory.getLogger(JettyMetered.class).info("started");
        server.join();
    }
}
