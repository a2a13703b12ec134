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

                Listeners, pools and loops come and go with changes of the configuration, and their meters with them. Those of what is new are
                there when the change has been made. Those of what has left are there until nothing of it is left, and go with the next scrape
                or change after that. A listener that is changed keeps its meters, and its counters go on, whatever it serves now; only
                `sluice.listener.info` names that, and `sluice.pool.info` the type of a pool. Join with them to see by protocol or type what the
                others count:

                    sum by (protocol) (rate(sluice_requests_total[1m]) * on (listener) group_left (protocol) sluice_listener_info)

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
        page.append("""

                ## Buckets

                Requests are counted by the server, and the registry reads what it counted: that costs each request a few nanoseconds. So their
                times are no histograms to Prometheus, but counters with a tag `le`, which its functions for histograms take as well:

                    histogram_quantile(0.99, sum by (le) (rate(sluice_request_service_buckets_total{listener="web"}[5m])))

                As in a histogram, `le` is a bound in seconds, each bucket counts what took at most so long, and `+Inf` counts all. Buckets,
                count and sum of one listener and outcome are read together, and kept for 100 ms: those of one scrape fit each other, unless that
                time ends in its midst, when some are of the next reading. The longest service of the last minute is
                `sluice.request.longest.service`, the longest wait `sluice.pool.longest.wait`. `sluice.connection.duration` is a histogram.

                """);
        for (SluiceMeter meter : SluiceMeter.values()) {
            if (!meter.buckets().isEmpty()) {
                page.append("- `%s`: %s\n".formatted(meter.dotted(), seconds(meter.buckets())));
            }
        }
        return page.toString();
    }

    /// The convention leaves some endings to the one who writes the text.
    static String inPrometheus(SluiceMeter meter) {
        String unit = meter.baseUnit().isEmpty() ? null : meter.baseUnit();
        String name = new PrometheusNamingConvention().name(meter.dotted(), Meter.Type.valueOf(meter.kind().name()), unit);
        String ending = meter.kind() == SluiceMeter.Kind.COUNTER ? "_total" : meter.dotted().endsWith(".info") ? "_info" : "";
        return name.endsWith(ending) ? name : name + ending;
    }

    private static String seconds(List<Duration> bounds) {
        return bounds.stream().map(bound -> bound.toNanos() / 1e9)
                .map(bound -> bound >= 1 ? "%.0f s".formatted(bound) : "%s ms".formatted(bound * 1_000 >= 1
                        ? "%.0f".formatted(bound * 1_000) : "%.2f".formatted(bound * 1_000)))
                .collect(Collectors.joining(", "));
    }
}
