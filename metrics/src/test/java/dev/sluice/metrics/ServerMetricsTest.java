package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.api.CancelReport;
import dev.sluice.api.CloseReason;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerState;
import dev.sluice.protocol.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final ServerMetrics metrics = new ServerMetrics(registry);
    private final FakeServer server = new FakeServer();

    @Test
    void everyMeterIsDocumentedAndEveryDocumentedMeterIsThere() {
        // Prometheus' registry adds no meters of its own, and refuses the same name with other tags.
        PrometheusMeterRegistry strict = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
        ServerMetrics all = new ServerMetrics(strict);
        all.of("web", Role.TRAFFIC, "http").ended(Outcome.SUCCESS, 1, 1);
        all.of("admin", Role.ADMIN, "http").ended(Outcome.SUCCESS, 1, 1);
        all.observe(server);
        Events.all().forEach(all::on);

        Map<String, String> found = new TreeMap<>();
        strict.getMeters().forEach(meter -> found.put(meter.getId().getName(), shape(meter.getId())));
        Map<String, String> documented = new TreeMap<>();
        Arrays.stream(SluiceMeter.values()).forEach(meter -> documented.put(meter.dotted(), shape(meter)));
        assertEquals(documented, found);
    }

    @Test
    void everyKindOfEventIsTriedAbove() {
        assertEquals(names(Arrays.asList(ServerEvent.class.getPermittedSubclasses())),
                names(Events.all().stream().<Class<?>>map(Object::getClass).toList()));
    }

    @Test
    void eventsBeforeTheServerIsObservedAreCounted() {
        metrics.of("web", Role.TRAFFIC, "http");
        metrics.on(Events.ended(Role.TRAFFIC, "web", Duration.ofSeconds(4)));
        metrics.observe(server);
        assertEquals(1, timer("sluice.connection.duration", "listener", "web").count());
    }

    @Test
    void eventsBeforeItIsBoundAreIgnoredAndAProbeIsRefused() {
        ServerMetrics unbound = new ServerMetrics();
        Events.all().forEach(unbound::on);
        assertThrows(IllegalStateException.class, () -> unbound.of("web", Role.TRAFFIC, "http"));
        assertThrows(IllegalStateException.class, () -> unbound.observe(server));
        unbound.close();
    }

    @Test
    void isBoundOnceAndObservesOneServer() {
        assertThrows(IllegalStateException.class, () -> metrics.bindTo(registry));
        metrics.observe(server);
        assertThrows(IllegalStateException.class, () -> metrics.observe(server));
    }

    @Test
    void adminListenersAreNotMeasured() {
        RequestProbe probe = metrics.of("admin", Role.ADMIN, "http");
        probe.ended(Outcome.SUCCESS, 1, 1);
        metrics.on(Events.ended(Role.ADMIN, "admin", Duration.ofSeconds(1)));
        metrics.on(new ServerEvent.HandlerFailed(Events.peer("admin"), new IllegalStateException("broken")));
        metrics.on(new ServerEvent.HandlerTimedOut(Events.peer("admin"), Duration.ofSeconds(1), ""));
        metrics.observe(server);

        assertSame(RequestProbe.NONE, probe);
        assertEquals(List.of(), registry.getMeters().stream().map(Meter::getId)
                .filter(id -> "admin".equals(id.getTag("listener")) || "admin-loop-0".equals(id.getTag("loop"))).toList());
    }

    @Test
    void handlerFailuresTimeoutsAndReloadsAreCounted() {
        metrics.of("web", Role.TRAFFIC, "http");
        metrics.of("echo", Role.TRAFFIC, "line");
        metrics.on(new ServerEvent.HandlerFailed(Events.peer("web"), new IllegalStateException("broken")));
        metrics.on(new ServerEvent.HandlerTimedOut(Events.peer("echo"), Duration.ofSeconds(1), ""));
        metrics.on(Events.reloaded(true));
        metrics.on(Events.reloaded(true));
        metrics.on(Events.reloaded(false));

        assertEquals(1, count("sluice.handler.failures", "listener", "web"));
        assertEquals(0, count("sluice.handler.timeouts", "listener", "web"));
        assertEquals(1, count("sluice.handler.timeouts", "listener", "echo"));
        assertEquals(2, count("sluice.config.reloads", "result", "applied"));
        assertEquals(1, count("sluice.config.reloads", "result", "refused"));
    }

    @Test
    void connectionDurationHasTheAgesOfTheClosed() {
        metrics.of("web", Role.TRAFFIC, "http");
        metrics.on(Events.ended(Role.TRAFFIC, "web", Duration.ofSeconds(4)));
        metrics.on(Events.ended(Role.TRAFFIC, "web", Duration.ofSeconds(6)));
        assertEquals(10, timer("sluice.connection.duration", "listener", "web").totalTime(TimeUnit.SECONDS));
    }

    @Test
    void thePhaseOfADrainIsShownUntilItEnds() {
        assertEquals(0, gauge("sluice.drain.phase"));
        for (DrainPhase phase : DrainPhase.values()) {
            metrics.on(new ServerEvent.PhaseBegan(phase));
            assertEquals(phase.ordinal() + 1, gauge("sluice.drain.phase"));
        }
        metrics.on(new ServerEvent.Stopped(Events.report()));
        assertEquals(0, gauge("sluice.drain.phase"));
        metrics.on(new ServerEvent.PhaseBegan(DrainPhase.MARK));
        metrics.on(new ServerEvent.DrainCancelled(new CancelReport(true, List.of(), List.of())));
        assertEquals(0, gauge("sluice.drain.phase"));
        metrics.on(new ServerEvent.PhaseBegan(DrainPhase.MARK));
        metrics.on(new ServerEvent.DrainEnded(Events.report()));
        assertEquals(0, gauge("sluice.drain.phase"));
    }

    @Test
    void theServersTotalsKeepTheirEquations() {
        metrics.observe(server);
        assertEquals(20, total("sluice.connections.accepted"));
        assertEquals(total("sluice.connections.accepted"),
                total("sluice.connections.admitted") + sum("sluice.connections.refused", RefusalReason.values().length));
        assertEquals(total("sluice.connections.admitted"),
                gauge("sluice.connections.active") + sum("sluice.connections.closed", CloseReason.values().length));
        assertEquals(10, total("sluice.connections.closed", "reason", "idle-timeout"));
    }

    @Test
    void listenersPoolsAndLoopsSayWhatTheServerSays() {
        metrics.observe(server);
        assertEquals(17, total("sluice.listener.accepted", "listener", "web"));
        assertEquals(3, total("sluice.listener.accepted", "listener", "echo"));
        assertEquals(6, total("sluice.listener.accept.failures", "listener", "web"));
        assertEquals(2, total("sluice.listener.refused", "listener", "web", "reason", "address-limit"));
        assertEquals(700, total("sluice.read", "listener", "web"));
        assertEquals(1_500, total("sluice.written", "listener", "web"));
        assertEquals(1, gauge("sluice.listener.accepting", "listener", "web"));
        assertEquals(1, gauge("sluice.listener.retiring", "listener", "web"));
        assertEquals(1, gauge("sluice.listener.info", "listener", "web", "protocol", "http", "service", "files", "io", "event-loop",
                "pool", "workers"));
        assertEquals(1, gauge("sluice.pool.info", "pool", "clients", "type", "virtual", "unit", "request"));
        assertEquals(8, gauge("sluice.pool.size", "pool", "workers"));
        assertEquals(10_000, gauge("sluice.pool.size", "pool", "clients"));
        assertEquals(1.5, gauge("sluice.pool.oldest.wait", "pool", "workers"));
        assertEquals(0.0125, gauge("sluice.pool.longest.wait", "pool", "workers"), 1e-12);
        assertEquals(0.125, gauge("sluice.request.longest.service", "listener", "web"), 1e-12);
        assertEquals(2, gauge("sluice.pool.retiring", "pool", "workers"));
        assertEquals(321, total("sluice.pool.done", "pool", "workers"));
        assertEquals(0.25, gauge("sluice.loop.busy", "loop", "web-loop-0", "listener", "web"));
        assertEquals(0.007, gauge("sluice.loop.longest.turn", "loop", "web-loop-0"), 1e-12);
        assertEquals(90, gauge("sluice.server.uptime", "server", "edge"));
    }

    @Test
    void exactlyOneStateIsOne() {
        metrics.observe(server);
        server.state = ServerState.DRAINED;
        clock.add(Duration.ofSeconds(1));
        for (ServerState state : ServerState.values()) {
            assertEquals(state == ServerState.DRAINED ? 1 : 0, gauge("sluice.server.state", "state", SluiceMeter.tagValue(state)));
        }
    }

    @Test
    void aScrapeWalksTheServerOnce() {
        metrics.observe(server);
        clock.add(Duration.ofSeconds(1));
        server.walks.set(0);
        registry.getMeters().forEach(meter -> meter.measure().forEach(measurement -> measurement.getValue()));
        assertEquals(1, server.walks.get());
    }

    @Test
    void aSnapshotLivesForATenthOfASecond() {
        metrics.observe(server);
        server.connections = 6;
        clock.add(Snapshots.LIFE_NANOS - 1, TimeUnit.NANOSECONDS);
        assertEquals(5, gauge("sluice.connections.active"));
        clock.add(1, TimeUnit.NANOSECONDS);
        assertEquals(6, gauge("sluice.connections.active"));
    }

    @Test
    void closeTakesItsMetersAwayAndNoOthers() {
        registry.counter("mine");
        RequestProbe probe = metrics.of("web", Role.TRAFFIC, "http");
        metrics.observe(server);
        metrics.close();
        probe.ended(Outcome.SUCCESS, 1, 1);
        Events.all().forEach(metrics::on);
        assertEquals(List.of("mine"), registry.getMeters().stream().map(meter -> meter.getId().getName()).toList());
    }

    @Test
    void extraTagsTellServersOfOneRegistryApart() {
        metrics.close();
        ServerMetrics east = new ServerMetrics(registry, Tags.of("server", "east"));
        ServerMetrics west = new ServerMetrics(registry, Tags.of("server", "west"));
        east.on(Events.reloaded(true));
        assertEquals(1, count("sluice.config.reloads", "result", "applied", "server", "east"));
        assertEquals(0, count("sluice.config.reloads", "result", "applied", "server", "west"));
        west.close();
        assertNull(registry.find("sluice.config.reloads").tag("server", "west").counter());
        assertEquals(1, count("sluice.config.reloads", "result", "applied", "server", "east"));
    }

    private static String shape(Meter.Id id) {
        return id.getType() + " " + (id.getBaseUnit() == null ? "" : id.getBaseUnit()) + " "
                + new TreeSet<>(id.getTags().stream().map(Tag::getKey).toList());
    }

    private static String shape(SluiceMeter meter) {
        return meter.kind() + " " + meter.baseUnit() + " " + new TreeSet<>(meter.tags());
    }

    private static TreeSet<String> names(List<Class<?>> classes) {
        return classes.stream().map(Class::getSimpleName).collect(Collectors.toCollection(TreeSet::new));
    }

    private RequiredSearch find(String name, String... tags) {
        return registry.get(name).tags(tags);
    }

    private double count(String name, String... tags) {
        return find(name, tags).counter().count();
    }

    private Timer timer(String name, String... tags) {
        return find(name, tags).timer();
    }

    private double gauge(String name, String... tags) {
        return find(name, tags).gauge().value();
    }

    private double total(String name, String... tags) {
        return find(name, tags).functionCounter().count();
    }

    private double sum(String name, int series) {
        var counters = find(name).functionCounters();
        assertEquals(series, counters.size());
        return counters.stream().mapToDouble(FunctionCounter::count).sum();
    }
}
