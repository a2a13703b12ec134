package dev.sluice.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.java21.instrument.binder.jdk.VirtualThreadMetrics;
import java.util.ArrayList;
import java.util.List;

/// Micrometer's own meters of the JVM and the process: memory, garbage collection, threads, virtual threads, classes, processor, files
/// and uptime. Some of them hold a thread or a listener of the JVM, so close it. Confined to the thread that uses it.
public final class JvmMetrics implements AutoCloseable {

    private final List<AutoCloseable> opened = new ArrayList<>();

    private JvmMetrics() {}

    /// Binds them all.
    ///
    /// @param registry to register in
    /// @param others   to be bound and, where they are closeable, closed with them: Micrometer's `LogbackMetrics`, where Logback is
    /// @throws RuntimeException what a binder throws; those bound before it are closed then
    public static JvmMetrics bind(MeterRegistry registry, MeterBinder... others) {
        JvmMetrics metrics = new JvmMetrics();
        try {
            standard().forEach(binder -> metrics.add(binder, registry));
            List.of(others).forEach(binder -> metrics.add(binder, registry));
        } catch (RuntimeException failure) {
            metrics.close();
            throw failure;
        }
        return metrics;
    }

    private static List<MeterBinder> standard() {
        return List.of(new JvmMemoryMetrics(), new JvmGcMetrics(), new JvmThreadMetrics(), new ClassLoaderMetrics(),
                new ProcessorMetrics(), new FileDescriptorMetrics(), new UptimeMetrics(), new VirtualThreadMetrics());
    }

    private void add(MeterBinder binder, MeterRegistry registry) {
        if (binder instanceof AutoCloseable closeable) {
            opened.add(closeable);
        }
        binder.bindTo(registry);
    }

    /// Ends what the binders hold: threads, and listeners of the JVM. The meters stay in the registry.
    ///
    /// @throws IllegalStateException when one could not be closed; the others are, all the same
    @Override
    public void close() {
        IllegalStateException failed = null;
        for (AutoCloseable closeable : opened.reversed()) {
            try {
                closeable.close();
            } catch (Exception failure) {
                failed = failed == null ? new IllegalStateException("a binder could not be closed") : failed;
                failed.addSuppressed(failure);
            }
        }
        opened.clear();
        if (failed != null) {
            throw failed;
        }
    }
}
