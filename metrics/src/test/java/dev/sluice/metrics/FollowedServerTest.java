package dev.sluice.metrics;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Meters of a server that serves and is changed meanwhile.
class FollowedServerTest {

    private static final DrainConfig QUICK = DrainConfig.DEFAULT.withIdleGrace(Duration.ofMillis(50));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PoolConfig POOL = PoolConfig.of(new PoolType.Virtual(), 16);

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
    private final ServerMetrics metrics = new ServerMetrics(registry);
    private final CountDownLatch finish = new CountDownLatch(1);
    private Server server;

    @BeforeEach
    void start() throws IOException {
        ServerConfig config = ServerConfig.named("edge").withDrain(QUICK).withPool("p", POOL).withListener("web", line());
        server = Server.start(config, List.of(metrics), metrics);
        metrics.observe(server);
    }

    @AfterEach
    void end() {
        finish.countDown();
        server.close();
        metrics.close();
        assertEquals(Set.of(), ids());
    }

    /// Answers each line with itself; the line `slow` once the test says so.
    private ListenerConfig line() {
        return ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (line, call) -> {
            if (line.equals("slow")) {
                finish.await();
            }
            return line;
        }).on(IoModel.blocking(), "p");
    }

    private static Endpoint<?, ?> http() {
        return new Endpoint<>(new HttpProtocol(), "hello", HandlerFactory.of((request, call) -> HttpResponse.text(200, "hello")));
    }

    private Set<String> ids() {
        return registry.getMeters().stream().map(meter -> id(meter.getId())).collect(Collectors.toCollection(TreeSet::new));
    }

    /// `sluice.pool.size[pool=p]`.
    private static String id(Meter.Id id) {
        return id.getName() + id.getTags().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).toList();
    }

    private List<Meter> of(String listener) {
        return registry.getMeters().stream().filter(meter -> listener.equals(meter.getId().getTag("listener"))).toList();
    }

    private double total(String name, String listener) {
        return registry.get(name).tag("listener", listener).functionCounter().count();
    }

    private double gauge(String name, String listener) {
        return registry.get(name).tag("listener", listener).gauge().value();
    }

    private double requests(String listener) {
        return registry.get("sluice.requests").tags("listener", listener, "outcome", "success").functionCounter().count();
    }

    private double done(String pool) {
        return registry.get("sluice.pool.done").tag("pool", pool).functionCounter().count();
    }

    private static void awaitTrue(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    private void awaitScraped(Set<String> expected) {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            registry.scrape();
            assertEquals(expected, ids());
        });
    }

    private ReloadReport apply(ServerConfig next) {
        ReloadReport report = server.apply(next);
        assertTrue(report.applied(), report::toString);
        return report;
    }

    private ServerConfig without(String listener) {
        ServerConfig now = server.config();
        Map<String, ListenerConfig> left = new LinkedHashMap<>(now.listeners());
        left.remove(listener);
        return new ServerConfig(now.name(), now.pools(), left, now.limits(), now.drain());
    }

    private ServerConfig withoutPool(String pool) {
        ServerConfig now = server.config();
        Map<String, PoolConfig> left = new LinkedHashMap<>(now.pools());
        left.remove(pool);
        return new ServerConfig(now.name(), left, now.listeners(), now.limits(), now.drain());
    }

    private Socket client(String listener) throws IOException {
        InetSocketAddress address = server.listeners().stream().filter(one -> one.name().equals(listener))
                .findFirst().orElseThrow().address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void say(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void hear(Socket client, String line) throws IOException {
        assertEquals(line + "\n", new String(client.getInputStream().readNBytes(line.length() + 1), StandardCharsets.UTF_8));
    }

    private void ask(String listener) throws IOException {
        try (Socket client = client(listener)) {
            say(client, "hello");
            hear(client, "hello");
        }
    }

    @Test
    void aNewListenerAndANewPoolHaveTheirMetersWhenTheChangeIsMade() throws IOException {
        apply(server.config().withPool("q", POOL).withListener("late", line().on(IoModel.eventLoop(), "q")));
        Set<String> atOnce = ids();
        assertTrue(atOnce.contains("sluice.listener.accepted[listener=late]"), atOnce::toString);
        assertTrue(atOnce.contains("sluice.pool.size[pool=q]"), atOnce::toString);
        assertTrue(atOnce.contains("sluice.loop.busy[listener=late, loop=sluice-loop-late-0]"), atOnce::toString);
        assertTrue(atOnce.contains("sluice.pool.info[pool=q, type=virtual, unit=request]"), atOnce::toString);
        registry.scrape();
        assertEquals(atOnce, ids(), "a scrape finds nothing new");
        ask("late");
        awaitTrue("the request counts", () -> requests("late") == 1);
        awaitTrue("its service counts", () -> registry.get("sluice.request.service.buckets")
                .tags("listener", "late", "outcome", "success", "le", "+Inf").functionCounter().count() == 1);
        awaitTrue("its service is the longest", () -> gauge("sluice.request.longest.service", "late") > 0);
        awaitTrue("the connection counts", () -> total("sluice.listener.accepted", "late") == 1);
    }

    @Test
    void aListenerThatLeavesKeepsItsMetersUntilNothingOfItIsLeft() throws IOException {
        Set<String> before = ids();
        apply(server.config().withListener("late", line()));
        try (Socket client = client("late")) {
            say(client, "slow");
            awaitTrue("the request is with its handler", () -> server.stats().inFlight() == 1);
            apply(without("late"));
            assertEquals(1, gauge("sluice.listener.connections", "late"));
            assertFalse(of("late").isEmpty());
            finish.countDown();
            hear(client, "slow");
            assertEquals(1, requests("late"));
        }
        awaitScraped(before);
        assertFalse(registry.scrape().contains("late"), registry::scrape);
    }

    @Test
    void aPoolThatLeavesTakesItsMetersAway() {
        Set<String> before = ids();
        apply(server.config().withPool("q", POOL));
        assertFalse(ids().equals(before));
        apply(withoutPool("q"));
        awaitScraped(before);
    }

    /// Model, address and protocol change one after the other, while a client keeps its connection and others come.
    @Test
    void theCountersOfAListenerThatIsReplacedGoOn() throws IOException {
        ask("web");
        awaitTrue("the first is accepted", () -> total("sluice.listener.accepted", "web") == 1);
        double read = total("sluice.read", "web");
        try (Socket old = client("web")) {
            say(old, "slow");
            awaitTrue("the request is with its handler", () -> server.stats().inFlight() == 1);
            apply(server.config().withListener("web", line().on(IoModel.duplex(), "p")));
            ask("web");
            apply(server.config().withListener("web", line().on(IoModel.eventLoop(), "p")));
            ask("web");
            awaitTrue("all count for the same", () -> total("sluice.listener.accepted", "web") == 4);
            assertTrue(total("sluice.read", "web") > read);
            awaitTrue("the slow one drains", () -> gauge("sluice.listener.retiring", "web") == 1);
            finish.countDown();
            hear(old, "slow");
        }
        awaitTrue("each request counts", () -> requests("web") == 4);
        apply(server.config().withListener("web", line().withEndpoint(http())));
        assertEquals(4, requests("web"));
        assertEquals(4, total("sluice.listener.accepted", "web"));
    }

    @Test
    void whatAListenerServesIsNamedAsItIsNow() {
        assertEquals(List.of("line custom blocking p"), services());
        apply(server.config().withPool("q", POOL).withListener("web", line().withEndpoint(http()).on(IoModel.eventLoop(), "q")));
        assertEquals(List.of("http hello event-loop q"), services());
        assertTrue(ids().contains("sluice.pool.info[pool=q, type=virtual, unit=request]"));
        apply(server.config().withListener("web", line().on(IoModel.blocking(), "q")));
        assertEquals(List.of("line custom blocking q"), services());
        assertTrue(ids().contains("sluice.pool.info[pool=q, type=virtual, unit=connection]"));
        assertFalse(ids().contains("sluice.pool.info[pool=q, type=virtual, unit=request]"));
    }

    @Test
    void aPoolThatChangesItsTypeCountsOnUnderItsNewOne() throws IOException {
        ask("web");
        awaitTrue("the permit is back", () -> done("p") == 1);
        apply(server.config().withPool("p", PoolConfig.of(new PoolType.WorkStealing(), 4)));
        assertTrue(ids().contains("sluice.pool.info[pool=p, type=work-stealing, unit=connection]"));
        assertFalse(ids().contains("sluice.pool.info[pool=p, type=virtual, unit=connection]"));
        ask("web");
        awaitTrue("both count", () -> done("p") == 2);
    }

    private List<String> services() {
        return registry.get("sluice.listener.info").gauges().stream().map(Meter::getId)
                .map(id -> id.getTag("protocol") + " " + id.getTag("service") + " " + id.getTag("io") + " " + id.getTag("pool")).toList();
    }

    @Test
    void aListenerThatReturnsWhileItsOldConnectionsDrainCountsOn() throws IOException {
        apply(server.config().withListener("other", line()));
        ask("web");
        try (Socket old = client("web")) {
            say(old, "slow");
            awaitTrue("the request is with its handler", () -> server.stats().inFlight() == 1);
            awaitTrue("both are accepted", () -> total("sluice.listener.accepted", "web") == 2);
            apply(without("web"));
            apply(server.config().withListener("web", line()));
            assertEquals(2, total("sluice.listener.accepted", "web"));
            awaitTrue("the slow one drains", () -> gauge("sluice.listener.connections", "web") == 1);
            ask("web");
            awaitTrue("the third is accepted", () -> total("sluice.listener.accepted", "web") == 3);
            finish.countDown();
            hear(old, "slow");
        }
        awaitTrue("the old one has gone", () -> server.listeners().size() == 2);
        awaitTrue("each request counts", () -> requests("web") == 3);
        ask("web");
        awaitTrue("and so on", () -> total("sluice.listener.accepted", "web") == 4 && requests("web") == 4);
    }

    @Test
    void aChangeThatCannotBeMadeLeavesTheMetersAsTheyWere() throws IOException {
        Set<String> before = ids();
        try (ServerSocket taken = new ServerSocket(0)) {
            ReloadReport report = server.apply(server.config().withPool("q", POOL)
                    .withListener("late", ListenerConfig.at("127.0.0.1:" + taken.getLocalPort(), http()).on(IoModel.eventLoop(), "q")));
            assertTrue(report.refused(), report::toString);
        }
        assertEquals(before, ids());
        assertEquals(1, registry.get("sluice.config.reloads").tag("result", "refused").counter().count());
    }

    /// While somebody scrapes: 1,000 changes, each of which brings a listener with a pool, or takes them away and gives another listener
    /// another model.
    @Test
    void aThousandChangesLeaveNothingBehind() throws Exception {
        Set<String> before = ids();
        ServerConfig plain = server.config();
        List<WeakReference<Meter>> gone = new ArrayList<>();
        try (Scraping scraping = new Scraping()) {
            for (int i = 0; i < 500; i++) {
                String name = "listener-" + i;
                IoModel model = i % 2 == 0 ? IoModel.blocking() : new IoModel.EventLoop(1);
                apply(plain.withPool("q" + i, POOL).withListener(name, line().on(model, "q" + i)));
                if (i % 100 == 0) {
                    ask(name);
                    awaitTrue("the request counts", () -> requests(name) == 1);
                }
                gone.addAll(of(name).stream().map(WeakReference::new).toList());
                scraping.once();
                apply(plain.withListener("web", line().on(i % 2 == 0 ? IoModel.duplex() : IoModel.blocking(), "p")));
            }
        }
        apply(plain);
        awaitScraped(before);
        assertTrue(gone.size() > 500 * 20, () -> "meters: " + gone.size());
        awaitTrue("nobody holds what is gone", () -> {
            System.gc();
            return gone.stream().allMatch(meter -> meter.get() == null);
        });
    }

    /// Scrapes on a thread of its own, whenever it is told to and has nothing to do.
    private final class Scraping implements AutoCloseable {

        private final Semaphore asked = new Semaphore(0);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean over;
        private final Thread thread = Thread.ofPlatform().start(() -> {
            try {
                while (!over) {
                    asked.acquire(Math.max(1, asked.availablePermits()));
                    registry.scrape();
                }
            } catch (Throwable failed) {
                failure.set(failed);
            }
        });

        void once() {
            asked.release();
        }

        @Override
        public void close() {
            over = true;
            asked.release();
            awaitTrue("the scraper ends", () -> !thread.isAlive());
            assertNull(failure.get());
        }
    }
}
