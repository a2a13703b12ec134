package dev.sluice.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes the page that lists every meter.
final class MeterPage {

    static final String WRITE = "sluice.write-docs";

    private MeterPage() {}

    static String text() {
        StringBuilder page = new StringBuilder("""
                # Metrics

                Every meter of a server. This page is made from the enum `SluiceMeter`; a test fails when it is stale. To make it anew:

                    mvn test -pl metrics -am -Dtest=MeterPageTest -Dsurefire.failIfNoSpecifiedTests=false -D%s=true

                The names are the same for every I/O model and every type of pool. Tag values come from the configuration and from fixed
                lists, never from clients. Admin listeners are not measured, all pools are. What is read from the server comes from one
                snapshot for all meters, at most 100 ms old, in which `accepted = admitted + refused` and `admitted = active + closed`,
                exactly.

                The program registers Micrometer's meters of the JVM, the process and Logback beside these (`jvm.*`, `process.*`,
                `system.*`, `logback.*`), and serves all of them at `/metrics` of its admin listener.

                | meter | in Prometheus | kind | tags | what it says |
                |---|---|---|---|---|
                """.formatted(WRITE));
        for (SluiceMeter meter : SluiceMeter.values()) {
            page.append("| `%s` | `%s` | %s | %s | %s |\n".formatted(meter.dotted(), inPrometheus(meter),
                    meter.kind().name().toLowerCase(Locale.ROOT), meter.tags().stream().map(tag -> "`" + tag + "`")
                            .collect(Collectors.joining(", ")), meter.description()));
        }
        page.append("\n## Buckets\n\n");
        for (SluiceMeter meter : SluiceMeter.values()) {
            if (!meter.buckets().isEmpty()) {
                page.append("- `%s`: %s\n".formatted(meter.dotted(), seconds(meter.buckets())));
            }
        }
        return page.toString();
    }

    private static String inPrometheus(SluiceMeter meter) {
        String unit = meter.baseUnit().isEmpty() ? null : meter.baseUnit();
        String name = new PrometheusNamingConvention().name(meter.dotted(), Meter.Type.valueOf(meter.kind().name()), unit);
        // The convention leaves this ending to the one who writes the text.
        return meter.kind() == SluiceMeter.Kind.COUNTER && !name.endsWith("_total") ? name + "_total" : name;
    }

    private static String seconds(List<Duration> bounds) {
        return bounds.stream().map(bound -> bound.toNanos() / 1e9)
                .map(bound -> bound >= 1 ? "%.0f s".formatted(bound) : "%s ms".formatted(bound * 1_000 >= 1
                        ? "%.0f".formatted(bound * 1_000) : "%.2f".formatted(bound * 1_000)))
                .collect(Collectors.joining(", "));
    }
}
