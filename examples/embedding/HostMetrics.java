import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.metrics.AdminEndpoint;
import dev.sluice.metrics.ServerMetrics;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Measures the server in the registry that its host has anyway. Ends with its input.
public final class HostMetrics {

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7005";
        String admin = args.length > 1 ? args[1] : "127.0.0.1:9181";
        // Any Micrometer registry will do; this one can be scraped.
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().commonTags("application", "shop");
        Counter orders = registry.counter("shop.orders");

        // Where a scrape finds the server that it asks whether it is ready: there is none before it has started.
        AtomicReference<ServerControl> running = new AtomicReference<>();
        ServerConfig config = ServerConfig.named("shop")
                .withListener("orders", ListenerConfig.at(bind, new LineProtocol(), (line, call) -> {
                    orders.increment();
                    return "ordered " + line;
                }))
                .withListener("admin", ListenerConfig.at(admin, AdminEndpoint.of(registry, running::get)).withRole(Role.ADMIN));

        // Before the server, which is given it twice: for what is rare, and for each request. Closed after it.
        try (ServerMetrics metrics = new ServerMetrics(registry);
                Server server = Server.start(config, List.of(metrics), metrics)) {
            metrics.observe(server);
            running.set(server);
            server.listeners().forEach(one -> System.out.println(one.name() + " listens at " + Addresses.text(one.address())));
            System.in.transferTo(System.out);
        }
        System.out.println("orders: " + (int) orders.count() + ", meters of the server: "
                + registry.getMeters().stream().filter(meter -> meter.getId().getName().startsWith("sluice.")).count());
    }
}
