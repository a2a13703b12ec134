package dev.sluice.bench.jmh;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.metrics.ServerMetrics;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.server.Server;
import dev.sluice.service.HttpServices;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;

/// A running server that says hello, with metrics.
record House(Server server, ServerMetrics metrics) implements AutoCloseable {

    /// @param model an I/O model and a pool: `event-loop inline`
    static House open(String model) throws IOException {
        String[] axes = model.split(" ");
        ServerConfig config = ServerConfig.named("bench")
                .withPool("fixed", PoolConfig.of(new PoolType.Fixed(), 2))
                .withPool("virtual", PoolConfig.of(new PoolType.Virtual(), 10_000))
                .withListener("web", ListenerConfig.at("127.0.0.1:0", new HttpProtocol(), HttpServices.hello()).on(io(axes[0]), axes[1]));
        ServerMetrics metrics = new ServerMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        Server server = Server.start(config, List.of(metrics), metrics);
        metrics.observe(server);
        return new House(server, metrics);
    }

    private static IoModel io(String name) {
        return switch (name) {
            case "blocking" -> IoModel.blocking();
            case "duplex" -> IoModel.duplex();
            default -> new IoModel.EventLoop(1);
        };
    }

    SocketAddress address() {
        return server.listeners().getFirst().address();
    }

    @Override
    public void close() {
        server.close();
        metrics.close();
    }
}
