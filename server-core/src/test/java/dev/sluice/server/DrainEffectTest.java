package dev.sluice.server;

import static dev.sluice.server.Draining.apart;
import static dev.sluice.server.Draining.awaitPhase;
import static dev.sluice.server.Draining.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ClosedConnection;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainConfig.Queued;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.DrainReport.PhaseReport;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerState;
import dev.sluice.api.Timeouts;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.provider.FieldSource;

/// The order of ending and its budgets, changed while the server runs: they hold for its end, which [Server#close] brings about with what is configured then.
class DrainEffectTest extends EffectContract {

    /// More than any test waits for, and soon enough over that one which fails ends.
    private static final Duration AMPLE = Duration.ofSeconds(45);
    private static final DrainConfig PATIENCE = new DrainConfig(Duration.ZERO, Queued.RUN, AMPLE, Duration.ZERO, AMPLE, AMPLE, AMPLE);

    private static House house(Place place, DrainConfig drain) throws IOException {
        return patient(place).whole(config -> config.withDrain(drain)).open();
    }

    private static void change(House house, String key, UnaryOperator<DrainConfig> change) {
        house.live("drain." + key, config -> config.withDrain(change.apply(config.drain())));
    }

    private static CompletableFuture<DrainReport> close(House house) {
        return apart(() -> {
            house.server.close();
            return house.events.stream().filter(ServerEvent.Stopped.class::isInstance)
                    .map(event -> ((ServerEvent.Stopped) event).report()).findFirst().orElseThrow();
        });
    }

    private static Client idle(House house, Place place) throws IOException {
        Client client = house.client(place);
        client.ask("known").expect("1:known");
        return client;
    }

    private static Client busy(House house, Place place, String words) throws Exception {
        Client client = house.client(place).ask(words + " here");
        house.deeds.stop("here").awaitArrival();
        return client;
    }

    private static int left(DrainReport report, DrainPhase phase) {
        return report.phases().stream().filter(one -> one.phase() == phase).map(PhaseReport::left).findFirst().orElseThrow();
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("drain.lame-duck")
    void aLameDuckServesThoseWhoComeUntilItsTimeIsOver(Place place) throws Exception {
        try (House house = house(place, PATIENCE.withIdleGrace(SHORT)); Client known = idle(house, place)) {
            change(house, "lame-duck", drain -> drain.withLameDuck(AMPLE));
            CompletableFuture<DrainReport> closing = close(house);
            awaitPhase(house.server, DrainPhase.MARK);
            assertEquals(ServerState.DRAINING, house.server.state());
            for (int i = 0; i < 5; i++) {
                try (Client late = house.client(place)) {
                    assertFalse(late.ask("late").answer().last());
                }
            }
            assertFalse(known.ask("known").answer().last());
            known.leave();
            await("all have left").until(() -> house.server.connections().isEmpty());
            house.server.forceDrain();
            get(closing);
        }
        try (House house = house(place, PATIENCE.withIdleGrace(SHORT).withLameDuck(AMPLE))) {
            change(house, "lame-duck", drain -> drain.withLameDuck(SHORT));
            assertEquals(0, left(get(close(house)), DrainPhase.STOP_ACCEPTING));
        }
    }

    @SideBySide
    @FieldSource("POOLED")
    @Effect("drain.queued")
    void whatIsQueuedIsRunRefusedOrClosedAsIsConfiguredByThen(Place place) throws Exception {
        for (Queued policy : Queued.values()) {
            Queued other = Queued.values()[(policy.ordinal() + 1) % Queued.values().length];
            try (House house = patient(place).pool(1, 10, WhenFull.REFUSE)
                    .whole(config -> config.withDrain(PATIENCE.withIdleGrace(SHORT).withQueued(other))).open();
                    Client first = busy(house, place, "stop"); Client second = house.client(place).ask("second")) {
                await("one waits").pollDelay(Duration.ZERO).until(() -> house.pool(place).queued() == 1);
                change(house, "queued", drain -> drain.withQueued(policy));
                CompletableFuture<DrainReport> closing = close(house);
                switch (policy) {
                    case RUN -> awaitPhase(house.server, DrainPhase.QUEUED);
                    case REFUSE -> assertTrue(second.expectRefusal().text().contains("draining"));
                    case CLOSE -> second.awaitEnd();
                }
                house.deeds.stop("here").open.countDown();
                first.expect("1:went on");
                first.leave();
                if (policy == Queued.RUN) {
                    second.expect("1:second");
                }
                second.awaitEnd();
                second.leave();
                assertEquals(DrainReport.Result.CLEAN, get(closing).result(), policy.name());
            }
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("drain.idle-grace")
    void anIdleClientMayAskOnceMoreUntilItsGraceIsOver(Place place) throws Exception {
        try (House house = house(place, PATIENCE.withIdleGrace(Duration.ZERO)); Client client = idle(house, place)) {
            change(house, "idle-grace", drain -> drain.withIdleGrace(AMPLE));
            CompletableFuture<DrainReport> closing = close(house);
            awaitPhase(house.server, DrainPhase.IDLE);
            assertEquals(new Speech.Answer(true, "2:more", true), client.ask("more").answer());
            client.expectEnd();
            client.leave();
            assertEquals(DrainReport.Result.CLEAN, get(closing).result());
        }
        try (House house = house(place, PATIENCE); Client client = idle(house, place)) {
            change(house, "idle-grace", drain -> drain.withIdleGrace(SHORT));
            CompletableFuture<DrainReport> closing = close(house);
            client.expectEnd();
            client.leave();
            assertEquals(0, left(get(closing), DrainPhase.IDLE));
        }
    }

    /// It holds too for what a change of its listener left behind.
    @SideBySide
    @FieldSource("PLACES")
    @Effect("drain.idle-grace")
    void anIdleClientOfAListenerThatLeavesIsEndedWhenAShorterGraceIsOver(Place place) throws Exception {
        try (House house = house(place, PATIENCE.withForce(Duration.ofSeconds(5))); Client client = idle(house, place)) {
            house.server.apply(house.server.config().withListener(place.name(),
                    house.server.config().listeners().get(place.name()).withEndpoint(place.speech().endpoint(house.deeds))));
            assertEquals(1, house.server.listeners().getFirst().retiring());
            change(house, "idle-grace", drain -> drain.withIdleGrace(SHORT));
            client.expectEnd();
            client.leave();
            house.awaitEnd(place, CloseReason.DRAINED);
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("drain.spread")
    void theEndsOfIdleClientsAreSpread(Place place) throws Exception {
        try (House house = house(place, PATIENCE.withIdleGrace(Duration.ZERO))) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                clients.add(idle(house, place));
            }
            house.awaitState(place, ConnectionState.IDLE, 40);
            change(house, "spread", drain -> drain.withSpread(Duration.ofSeconds(3)));
            CompletableFuture<DrainReport> closing = close(house);
            for (Client client : clients) {
                client.awaitEnd();
                client.leave();
            }
            assertEquals(DrainReport.Result.CLEAN, get(closing).result());
            List<ClosedConnection> ends = house.server.recent().closed();
            assertEquals(40, ends.stream().filter(end -> end.reason() == CloseReason.DRAINED).count());
            Duration between = Duration.between(
                    ends.stream().map(ClosedConnection::when).min(Instant::compareTo).orElseThrow(),
                    ends.stream().map(ClosedConnection::when).max(Instant::compareTo).orElseThrow());
            assertTrue(between.toMillis() >= 500, () -> "all within " + between);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("drain.grace")
    void aRequestInFlightIsForcedWhenItsGraceIsOver(Place place) throws Exception {
        try (House house = house(place, PATIENCE.withGrace(Duration.ofMillis(1))); Client client = busy(house, place, "stop")) {
            change(house, "grace", drain -> drain.withGrace(AMPLE));
            CompletableFuture<DrainReport> closing = close(house);
            awaitPhase(house.server, DrainPhase.ACTIVE);
            house.deeds.stop("here").open.countDown();
            assertEquals(new Speech.Answer(true, "1:went on", true), client.answer());
            client.leave();
            assertEquals(DrainReport.Result.CLEAN, get(closing).result());
        }
        House house = house(place, PATIENCE);
        try (Client client = busy(house, place, "stop")) {
            change(house, "grace", drain -> drain.withGrace(SHORT));
            CompletableFuture<DrainReport> closing = close(house);
            client.awaitEnd();
            assertTrue(house.deeds.stop("here").interrupted.await(20, TimeUnit.SECONDS), "interrupted");
            assertEquals(List.of("POST /ask"), get(closing).victims().stream().map(victim -> victim.client().op()).toList());
        } finally {
            house.server.close();
        }
    }

    @SideBySide
    @FieldSource("POOLED")
    @Effect("drain.force")
    void aHandlerThatIsInterruptedIsWaitedForUntilTheTimeForItIsOver(Place place) throws Exception {
        for (boolean patient : List.of(true, false)) {
            DrainConfig drain = release(patient ? AMPLE : SHORT).withGrace(Duration.ZERO); // it is waited for in the last phase too
            House house = house(place, drain.withForce(patient ? Duration.ofMillis(1) : AMPLE));
            Deeds.Stop stop = house.deeds.stop("here");
            try (Client client = busy(house, place, "deaf")) {
                change(house, "force", held -> held.withForce(patient ? AMPLE : SHORT));
                CompletableFuture<DrainReport> closing = close(house);
                client.awaitEnd();
                assertTrue(stop.interrupted.await(20, TimeUnit.SECONDS), "interrupted");
                if (patient) {
                    stop.open.countDown();
                }
                DrainReport report = get(closing);
                assertEquals(patient ? 0 : 1, left(report, DrainPhase.FORCE));
                assertEquals(patient, report.threads().isEmpty(), report::toString);
            } finally {
                stop.open.countDown();
                house.server.close();
            }
            await("its thread has ended").until(() -> house.server.threads().isEmpty());
        }
    }

    /// Of a client that was refused, and does not close its side.
    @SideBySide
    @FieldSource("PLACES")
    @Effect("drain.release")
    void whatLingersIsWaitedForUntilTheTimeForItIsOver(Place place) throws Exception {
        for (boolean patient : List.of(true, false)) {
            try (House house = House.Plan.of(place).whole(config -> config.withDrain(release(patient ? SHORT : AMPLE))).listener(listener -> listener
                    .withTimeouts(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG)).withLimits(listener.limits().withConnections(1, 1))).open();
                    Client known = idle(house, place); Client refused = house.client(place)) {
                refused.expectRefusal();
                refused.expectEnd();
                known.leave();
                change(house, "release", drain -> release(patient ? AMPLE : SHORT));
                CompletableFuture<DrainReport> closing = close(house);
                if (patient) {
                    awaitPhase(house.server, DrainPhase.RELEASE);
                    refused.finish();
                }
                DrainReport report = get(closing);
                assertEquals(patient, left(report, DrainPhase.RELEASE) == 0, report::toString);
                assertEquals(List.of(), report.threads());
                assertEquals(DrainReport.Result.CLEAN, report.result());
            }
        }
    }

    private static DrainConfig release(Duration release) {
        return new DrainConfig(Duration.ZERO, Queued.RUN, SHORT, Duration.ZERO, AMPLE, AMPLE, release);
    }
}
