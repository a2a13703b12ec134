package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Endpoint;
import dev.sluice.api.Role;
import dev.sluice.api.ServerState;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.ByteSource;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.http.Headers;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.http.HttpVersion;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AdminEndpointTest {

    private static final Pattern SAMPLE = Pattern.compile(
            "[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? (NaN|[+-]?(Inf|[0-9.]+([Ee][+-]?[0-9]+)?))( #.*)?");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FakeServer server = new FakeServer();
    private final AdminEndpoint endpoint = new AdminEndpoint(registry, () -> server);

    @Test
    void metricsAreInPrometheusTextUnlessAsked() {
        measureSomething();
        HttpResponse response = get("/metrics");
        String text = text(response);
        assertEquals(200, response.status());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", response.headers().first("Content-Type"));
        assertTrue(text.lines().filter(line -> !line.startsWith("#")).allMatch(line -> SAMPLE.matcher(line).matches()), text);
        assertFalse(text.contains("# EOF"));
        for (String expected : List.of(
                "sluice_connections_accepted_total 20.0",
                "sluice_connections_closed_total{reason=\"idle-timeout\"} 10.0",
                "sluice_connections_active 5.0",
                "sluice_read_bytes_total{listener=\"web\"} 700.0",
                "sluice_requests_total{listener=\"web\",outcome=\"success\"} 1.0",
                "sluice_requests_active 2.0",
                "sluice_request_service_buckets_total{le=\"0.001\",listener=\"web\",outcome=\"success\"} 0.0",
                "sluice_request_service_buckets_total{le=\"0.005\",listener=\"web\",outcome=\"success\"} 1.0",
                "sluice_request_service_buckets_total{le=\"+Inf\",listener=\"web\",outcome=\"success\"} 1.0",
                "sluice_request_service_seconds_sum{listener=\"web\",outcome=\"success\"} 0.003",
                "sluice_request_longest_service_seconds{listener=\"web\"} 0.125",
                "sluice_request_service_seconds_count{listener=\"web\",outcome=\"success\"} 1",
                "sluice_pool_oldest_wait_seconds{pool=\"workers\"} 1.5",
                "sluice_server_state{state=\"running\"} 1.0",
                "sluice_drain_phase 0.0")) {
            assertTrue(text.lines().anyMatch(expected::equals), () -> expected + " is not in\n" + text);
        }
    }

    @Test
    void metricsAreInOpenMetricsWhenAccepted() {
        measureSomething();
        HttpResponse response = endpoint.answer(HttpRequest.of("GET", "/metrics", HttpVersion.HTTP_1_1,
                Headers.of("Accept", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3"), new byte[0]));
        String text = text(response);
        assertEquals("application/openmetrics-text; version=1.0.0; charset=utf-8", response.headers().first("Content-Type"));
        assertTrue(text.endsWith("# EOF\n"), text);
        assertTrue(text.contains("# TYPE sluice_connections_accepted counter\n"), text);
    }

    @Test
    void aScrapeGoesOnWhenPartsOfTheServerAreGone() {
        measureSomething();
        server.loops = List.of();
        server.state = ServerState.STOPPED;
        assertEquals(200, get("/metrics").status());
    }

    @Test
    void isLiveInEveryState() {
        for (ServerState state : ServerState.values()) {
            server.state = state;
            assertEquals(200, get("/health/live").status());
        }
    }

    @Test
    void isReadyOnlyWhileTheServerRuns() {
        assertEquals(200, get("/health/ready").status());
        assertEquals("ready\n", text(get("/health/ready")));
        for (ServerState state : ServerState.values()) {
            server.state = state;
            HttpResponse response = get("/health/ready");
            assertEquals(state == ServerState.RUNNING ? 200 : 503, response.status());
            assertEquals(state == ServerState.RUNNING ? "ready\n" : state.name().toLowerCase(Locale.ROOT) + "\n", text(response));
            assertEquals("no-store", response.headers().first("Cache-Control"));
        }
    }

    @Test
    void isNotReadyBeforeThereIsAServer() {
        HttpResponse response = new AdminEndpoint(registry, () -> null).answer(HttpRequest.of("GET", "/health/ready"));
        assertEquals(503, response.status());
        assertEquals("starting\n", text(response));
    }

    @Test
    void aQueryChangesNothing() {
        assertEquals(200, get("/health/ready?verbose=1").status());
    }

    @Test
    void otherPathsAreNotFoundAndOtherMethodsNotAllowed() {
        assertEquals(404, get("/").status());
        assertEquals(404, get("/metrics/x").status());
        assertEquals(404, endpoint.answer(HttpRequest.of("POST", "/x")).status());
        for (String path : List.of("/metrics", "/health/live", "/health/ready")) {
            HttpResponse response = endpoint.answer(HttpRequest.of("POST", path));
            assertEquals(405, response.status());
            assertEquals("GET, HEAD", response.headers().first("Allow"));
            assertEquals(200, endpoint.answer(HttpRequest.of("HEAD", path)).status());
        }
    }

    @Test
    void overHttpAHeadHasTheLengthAndNoBody() throws Exception {
        String get = exchange("GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n");
        String head = exchange("HEAD /health/ready HTTP/1.1\r\nHost: x\r\n\r\n");
        assertTrue(get.startsWith("HTTP/1.1 200"), get);
        assertTrue(get.endsWith("\r\n\r\nready\n"), get);
        assertTrue(head.endsWith("\r\n\r\n"), head);
        assertTrue(head.contains("Content-Length: 6\r\n"), head);
    }

    private String exchange(String request) throws Exception {
        Endpoint<HttpRequest, HttpResponse> whole = AdminEndpoint.of(registry, () -> server);
        var decoded = (Decoded.Complete<HttpRequest>) whole.protocol().newDecoder()
                .decode(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)), RequestLimits.DEFAULT);
        HttpRequest asked = decoded.request();
        HttpResponse answer = whole.handlers().open(Events.peer("admin")).handle(asked, new AnyCall());
        Bytes sent = new Bytes();
        whole.protocol().encode(asked, answer, false, sent);
        return sent.out.toString(StandardCharsets.US_ASCII);
    }

    private void measureSomething() {
        ServerMetrics metrics = new ServerMetrics(registry);
        metrics.of("web", Role.TRAFFIC, "http").ended(Outcome.SUCCESS, 0, 3_000_000);
        metrics.observe(server);
    }

    private HttpResponse get(String target) {
        return endpoint.answer(HttpRequest.of("GET", target));
    }

    private static String text(HttpResponse response) {
        return new String(assertInstanceOf(HttpResponse.Body.Bytes.class, response.body()).bytes(), StandardCharsets.UTF_8);
    }

    /// What was written, in memory.
    private static final class Bytes implements ByteSink {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        @Override
        public void put(int value) {
            out.write(value);
        }

        @Override
        public void put(byte[] bytes, int offset, int length) {
            out.write(bytes, offset, length);
        }

        @Override
        public void put(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                out.write(bytes.get());
            }
        }

        @Override
        public void file(FileChannel file, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void source(ByteSource source) {
            throw new UnsupportedOperationException();
        }
    }

    private record AnyCall() implements Call {

        @Override
        public Peer peer() {
            return Events.peer("admin");
        }

        @Override
        public long requestNumber() {
            return 1;
        }

        @Override
        public Duration remaining() {
            return Duration.ofSeconds(1);
        }

        @Override
        public boolean cancelled() {
            return false;
        }

        @Override
        public void onEnding(Consumer<CallEnding> action) {
            // this call never ends early
        }
    }
}
