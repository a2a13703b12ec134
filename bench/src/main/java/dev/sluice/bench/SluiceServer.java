package dev.sluice.bench;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.Timeouts;
import dev.sluice.metrics.ServerMetrics;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.server.Server;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Sluice, in any of its models: `io` (event-loop, blocking, duplex), `loops`, `pool` (inline, fixed, cached, work-stealing, virtual),
/// `size`, `pipelined`. With metrics, unless `metrics=off`.
final class SluiceServer {

    private static final String POOL = "workers";

    private SluiceServer() {}

    public static void main(String[] words) throws IOException, InterruptedException {
        Options options = Options.of(words);
        ServerConfig config = config(options);
        if (options.text("metrics", "on").equals("off")) {
            Server.start(config).awaitStopped();
            return;
        }
        try (ServerMetrics metrics = new ServerMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            Server server = Server.start(config, List.of(metrics), metrics);
            metrics.observe(server);
            server.awaitStopped();
        }
    }

    private static ServerConfig config(Options options) {
        String pool = options.text("pool", ServerConfig.INLINE);
        int connections = options.connections();
        ServerConfig config = ServerConfig.named("bench").withLimits(new ServerLimits(connections, connections));
        if (!pool.equals(ServerConfig.INLINE)) {
            config = config.withPool(POOL, PoolConfig.of(type(pool), options.number("size", 10_000))
                    .withQueue(connections, PoolConfig.WhenFull.WAIT));
        }
        return config.withListener("web", listener(options).on(io(options), pool.equals(ServerConfig.INLINE) ? pool : POOL));
    }

    private static ListenerConfig listener(Options options) {
        int connections = options.connections();
        return ListenerConfig.at(Work.HOST + ":" + options.port(), new HttpProtocol(), handler(Work.of(options)))
                .withLimits(ListenerLimits.DEFAULT.withConnections(connections, connections)
                        .withPipelined(options.number("pipelined", ListenerLimits.DEFAULT.pipelined())))
                .withTimeouts(Timeouts.DEFAULT.withIdle(Duration.ofSeconds(options.idleSeconds())));
    }

    /// A response is immutable, and sent any number of times, as the peers send theirs.
    private static Handler<HttpRequest, HttpResponse> handler(Work work) {
        HttpResponse response = HttpResponse.of(200, Work.CONTENT_TYPE, work.body());
        return (request, call) -> {
            work.perform();
            return response;
        };
    }

    private static IoModel io(Options options) {
        String name = options.text("io", "event-loop");
        return switch (name) {
            case "event-loop" -> new IoModel.EventLoop(options.number("loops", 1));
            case "blocking" -> IoModel.blocking();
            case "duplex" -> IoModel.duplex();
            default -> throw new IllegalArgumentException("io is " + name + ", but must be event-loop, blocking or duplex");
        };
    }

    private static PoolType type(String name) {
        return switch (name) {
            case "fixed" -> new PoolType.Fixed();
            case "cached" -> new PoolType.Cached();
            case "work-stealing" -> new PoolType.WorkStealing();
            case "virtual" -> new PoolType.Virtual();
            default -> throw new IllegalArgumentException(
                    "pool is " + name + ", but must be inline, fixed, cached, work-stealing or virtual");
        };
    }
}
