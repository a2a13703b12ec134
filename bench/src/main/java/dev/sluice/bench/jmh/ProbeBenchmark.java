package dev.sluice.bench.jmh;

import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.metrics.ServerMetrics;
import dev.sluice.protocol.Outcome;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/// What the metrics cost each request: told by one thread, as a loop does, and by two at once, as pools do.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProbeBenchmark {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ServerMetrics metrics = new ServerMetrics(registry);
    private final RequestProbe probe = metrics.of("web", Role.TRAFFIC, "http");

    /// It was counted.
    @TearDown
    public void close() {
        double counted = registry.get("sluice.requests").tag("outcome", "success").functionCounter().count();
        metrics.close();
        if (counted < 1) {
            throw new IllegalStateException("the metrics have counted nothing");
        }
    }

    @Benchmark
    public void ended() {
        probe.ended(Outcome.SUCCESS, 0, 20_000);
    }

    @Benchmark
    public void endedAfterAWait() {
        probe.ended(Outcome.SUCCESS, 5_000, 20_000);
    }

    @Benchmark
    @Threads(2)
    public void endedByTwoAtOnce() {
        probe.ended(Outcome.SUCCESS, 5_000, 20_000);
    }
}
