package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.protocol.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Meters of what comes and goes, moment by moment.
class FollowingTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final ServerMetrics metrics = new ServerMetrics(registry);
    private final FakeServer server = new FakeServer();

    @Test
    void whatIsGoneIsNotANumberAndItsMetersGoWithIt() {
        metrics.observe(server);
        Gauge held = registry.get("sluice.loop.connections").tag("loop", "web-loop-0").gauge();
        FunctionCounter read = registry.get("sluice.read").tag("listener", "echo").functionCounter();
        assertEquals(700, read.count());
        server.loops = List.of();
        server.listeners.remove("echo");
        clock.add(Duration.ofSeconds(1));
        assertEquals(Double.NaN, held.value());
        assertEquals(700, read.count(), "a counter stands still");
        assertNull(registry.find("sluice.loop.connections").meter());
        assertEquals(List.of(), tagged("listener", "echo"));
        assertEquals(3, gauge("sluice.listener.connections", "listener", "web"));
    }

    @Test
    void whatIsNewHasItsMetersWhenTheChangeIsTold() {
        metrics.observe(server);
        server.listeners.put("late", FakeServer.listener("late", Role.TRAFFIC, 1));
        metrics.on(Events.reloaded(true));
        assertEquals(1, total("sluice.listener.accepted", "listener", "late"));
        assertEquals(0, count("late"));
    }

    @Test
    void whatIsNewHasItsMetersWithTheNextSnapshotAtTheLatest() {
        metrics.observe(server);
        server.listeners.put("late", FakeServer.listener("late", Role.TRAFFIC, 1));
        clock.add(Duration.ofSeconds(1));
        gauge("sluice.connections.active");
        assertEquals(1, total("sluice.listener.accepted", "listener", "late"));
    }

    @Test
    void aListenerThatNeverComesLeavesNoMeters() {
        metrics.observe(server);
        metrics.of("late", Role.TRAFFIC, "http");
        metrics.on(Events.reloaded(false));
        assertEquals(List.of(), tagged("listener", "late"));
    }

    @Test
    void aProbeWhoseListenerWasNotYetListedCountsOn() {
        metrics.observe(server);
        RequestProbe probe = metrics.of("late", Role.TRAFFIC, "http");
        clock.add(Duration.ofSeconds(1));
        gauge("sluice.connections.active"); // a scrape in the middle of the change
        assertEquals(List.of(), tagged("listener", "late"));
        server.listeners.put("late", FakeServer.listener("late", Role.TRAFFIC, 1));
        probe.ended(Outcome.SUCCESS, 0, 1);
        metrics.on(Events.reloaded(true));
        probe.ended(Outcome.SUCCESS, 0, 1);
        assertEquals(2, count("late"));
    }

    @Test
    void aRequestThatOutlivesItsListenerLeavesNoMeters() {
        RequestProbe probe = metrics.of("echo", Role.TRAFFIC, "line");
        metrics.observe(server);
        server.listeners.remove("echo");
        metrics.on(Events.reloaded(true));
        probe.ended(Outcome.SUCCESS, 0, 1);
        metrics.on(Events.ended(Role.TRAFFIC, "echo", Duration.ofSeconds(1)));
        clock.add(Duration.ofSeconds(1));
        gauge("sluice.connections.active");
        assertEquals(List.of(), tagged("listener", "echo"));
    }

    @Test
    void theBucketsOfAListenerThatReturnsBeginAnewAndItsOldRequestsCountToo() {
        RequestProbe before = metrics.of("echo", Role.TRAFFIC, "line");
        metrics.observe(server);
        before.ended(Outcome.SUCCESS, 1, 1);
        assertEquals(1, total("sluice.request.service.buckets", "listener", "echo", "outcome", "success", "le", "+Inf"));
        ListenerInfo echo = Objects.requireNonNull(server.listeners.remove("echo"));
        metrics.on(Events.reloaded(true));
        assertEquals(List.of(), tagged("listener", "echo"));
        RequestProbe after = metrics.of("echo", Role.TRAFFIC, "line");
        server.listeners.put("echo", echo);
        metrics.on(Events.reloaded(true));
        assertEquals(0, count("echo"));
        before.ended(Outcome.SUCCESS, 1, 2);
        after.ended(Outcome.SUCCESS, 1, 40);
        assertEquals(2, count("echo"));
        assertEquals(2, total("sluice.request.service.buckets", "listener", "echo", "outcome", "success", "le", "+Inf"));
        assertEquals(2, total("sluice.request.wait.buckets", "listener", "echo", "outcome", "success", "le", "0.00005"));
        assertEquals(42, registry.get("sluice.request.service").tags("listener", "echo", "outcome", "success").functionTimer()
                .totalTime(TimeUnit.NANOSECONDS), 1e-6);
    }

    /// The server lists the one of the configuration first, and then the one that drains.
    @Test
    void aCounterDoesNotGoBackWhenAListenerReturnsUnderItsNameWhileItsOldConnectionsDrain() {
        metrics.observe(server);
        assertEquals(17, total("sluice.listener.accepted", "listener", "web"));
        server.listeners.put("web", FakeServer.listener("web", Role.TRAFFIC, 2));
        server.listeners.put("the old web", FakeServer.listener("web", Role.TRAFFIC, 18));
        clock.add(Duration.ofSeconds(1));
        assertEquals(19, total("sluice.listener.accepted", "listener", "web"));
        assertEquals(6, gauge("sluice.listener.connections", "listener", "web"));
        assertEquals(4, gauge("sluice.listener.retiring", "listener", "web"));
        server.listeners.remove("the old web");
        clock.add(Duration.ofSeconds(1));
        assertEquals(19, total("sluice.listener.accepted", "listener", "web"));
        assertEquals(3, gauge("sluice.listener.connections", "listener", "web"));
    }

    @Test
    void aReplacedListenerKeepsItsMetersAndNamesWhatItServesNow() {
        RequestProbe before = metrics.of("web", Role.TRAFFIC, "http");
        metrics.observe(server);
        before.ended(Outcome.SUCCESS, 0, 1);
        FunctionCounter requests = registry.get("sluice.requests").tags("listener", "web", "outcome", "success").functionCounter();
        RequestProbe after = metrics.of("web", Role.TRAFFIC, "line");
        server.listeners.put("web", FakeServer.listener("web", Role.TRAFFIC, 17, "line"));
        metrics.on(Events.reloaded(true));
        after.ended(Outcome.SUCCESS, 0, 1);
        assertSame(requests, registry.get("sluice.requests").tags("listener", "web", "outcome", "success").functionCounter());
        assertEquals(2, requests.count());
        assertEquals(List.of("line"), registry.get("sluice.listener.info").tag("listener", "web").gauges().stream()
                .map(gauge -> gauge.getId().getTag("protocol")).toList());
    }

    /// A scrape that walks Prometheus' registry meanwhile would see the name twice, and fail.
    @Test
    void aNameThatStaysIsNeverWithoutAMeter() {
        server.listeners.remove("echo");
        metrics.observe(server);
        List<String> lost = new ArrayList<>();
        registry.config().onMeterRemoved(meter -> {
            if (registry.find(meter.getId().getName()).meter() == null) {
                lost.add(meter.getId().getName());
            }
        });
        server.listeners.put("web", FakeServer.listener("web", Role.TRAFFIC, 17, "line"));
        metrics.on(Events.reloaded(true));
        server.listeners.remove("web");
        server.listeners.put("late", FakeServer.listener("late", Role.TRAFFIC, 1));
        metrics.on(Events.reloaded(true));
        assertEquals(List.of(), lost.stream().filter(name -> !name.startsWith("sluice.loop.")).toList());
        assertEquals(List.of(), tagged("listener", "web"));
    }

    @Test
    void aChangeThatIsToldWhileTheMetersAreFollowedIsFollowedToo() {
        metrics.observe(server);
        registry.config().onMeterAdded(meter -> {
            if ("late".equals(meter.getId().getTag("listener")) && server.listeners.remove("echo") != null) {
                metrics.on(Events.reloaded(true));
            }
        });
        server.listeners.put("late", FakeServer.listener("late", Role.TRAFFIC, 1));
        metrics.on(Events.reloaded(true));
        assertEquals(List.of(), tagged("listener", "echo"));
        assertEquals(1, total("sluice.listener.accepted", "listener", "late"));
    }

    @Test
    void aRegistryThatFailsIsTriedAgainAtTheNextChange() {
        metrics.observe(server);
        server.listeners.put("late", FakeServer.listener("late", Role.TRAFFIC, 1));
        boolean[] broken = {true};
        registry.config().onMeterAdded(meter -> {
            if (broken[0]) {
                throw new IllegalStateException("a registry that fails");
            }
        });
        assertThrows(IllegalStateException.class, () -> metrics.on(Events.reloaded(true)));
        broken[0] = false;
        server.listeners.put("later", FakeServer.listener("later", Role.TRAFFIC, 1));
        metrics.on(Events.reloaded(true));
        assertEquals(1, total("sluice.listener.accepted", "listener", "later"));
        assertEquals(1, total("sluice.listener.accepted", "listener", "late"));
    }

    private List<Meter.Id> tagged(String key, String value) {
        return registry.getMeters().stream().map(Meter::getId).filter(id -> value.equals(id.getTag(key))).toList();
    }

    private double count(String listener) {
        return registry.get("sluice.requests").tags("listener", listener, "outcome", "success").functionCounter().count();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double total(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }
}
