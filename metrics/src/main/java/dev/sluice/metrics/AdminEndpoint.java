package dev.sluice.metrics;

import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerState;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What an admin listener serves over HTTP, to GET and HEAD:
///
/// - `/metrics`: the registry in Prometheus' text format, or in OpenMetrics when the client's `Accept` names it
/// - `/health/live`: 200 while the process can answer at all
/// - `/health/ready`: 200 `ready` while the server runs, 503 with the name of its state otherwise: from the first phase of a drain on
///
/// Another path is 404, another method 405. No other state, so one instance serves every connection.
public final class AdminEndpoint {

    private static final String SERVICE = "admin";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry;
    private final Supplier<? extends @Nullable ServerControl> server;

    AdminEndpoint(PrometheusMeterRegistry registry, Supplier<? extends @Nullable ServerControl> server) {
        this.registry = registry;
        this.server = server;
    }

    /// Protocol and service, for a listener.
    ///
    /// @param registry to be scraped; a scrape may wait for another one's snapshot of the server, never for traffic
    /// @param server   whose readiness is told; gives null, which is 503 `starting`, until there is one. Called from any thread
    public static Endpoint<HttpRequest, HttpResponse> of(
            PrometheusMeterRegistry registry, Supplier<? extends @Nullable ServerControl> server) {
        AdminEndpoint endpoint = new AdminEndpoint(registry, server);
        return new Endpoint<>(new HttpProtocol(), SERVICE, HandlerFactory.of((request, call) -> endpoint.answer(request)));
    }

    /// The answer to a HEAD is that to a GET: the protocol leaves the body out.
    HttpResponse answer(HttpRequest request) {
        return switch (request.path()) {
            case "/metrics" -> isRead(request) ? metrics(request) : notAllowed();
            case "/health/live" -> isRead(request) ? health(200, "live") : notAllowed();
            case "/health/ready" -> isRead(request) ? ready() : notAllowed();
            default -> HttpResponse.text(404, "There are /metrics, /health/live and /health/ready.\n");
        };
    }

    private HttpResponse metrics(HttpRequest request) {
        String contentType = wantsOpenMetrics(request) ? OPEN_METRICS : PROMETHEUS;
        return HttpResponse.of(200, contentType, registry.scrape(contentType).getBytes(StandardCharsets.UTF_8));
    }

    /// Prometheus names OpenMetrics whenever it can read it, so that weights need not be compared.
    private static boolean wantsOpenMetrics(HttpRequest request) {
        return request.headers().all("Accept").stream().anyMatch(accept -> accept.contains("application/openmetrics-text"));
    }

    private HttpResponse ready() {
        ServerControl known = server.get();
        if (known == null) {
            return health(503, "starting");
        }
        ServerState state = known.state();
        return state == ServerState.RUNNING ? health(200, "ready") : health(503, SluiceMeter.tagValue(state));
    }

    private static HttpResponse health(int status, String word) {
        return HttpResponse.text(status, word + "\n").withHeader("Cache-Control", "no-store");
    }

    private static HttpResponse notAllowed() {
        return HttpResponse.text(405, "GET and HEAD are allowed here.\n").withHeader("Allow", "GET, HEAD");
    }

    private static boolean isRead(HttpRequest request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }
}
