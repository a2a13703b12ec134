package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.TrustedSource;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.FieldSource;

/// What says from whom headers of the PROXY protocol are taken, changed while the server runs: it holds for whoever comes next. What becomes of those who
/// send one, see [ProxyContractTest].
class ProxyEffectTest extends EffectContract {

    static final List<Place> EVERYWHERE = Stream.concat(PLACES.stream(), Cell.ENGINES.stream().map(cell -> new Place(cell, Speech.HTTP, true))).toList();

    private static final List<TrustedSource> HERE = List.of(TrustedSource.parse("127.0.0.1"), TrustedSource.parse("unix"));
    private static final List<TrustedSource> ELSEWHERE = List.of(TrustedSource.parse("192.0.2.0/24"));

    private static House house(Place place, ProxyProtocol first) throws IOException {
        return House.Plan.of(place)
                .listener(listener -> listener.withTimeouts(PATIENT.withPreface(LONG)).withProxyProtocol(first)).open();
    }

    private static void live(House house, Place place, String key, ProxyProtocol next) {
        house.live(place, "proxy-protocol." + key, listener -> listener.withProxyProtocol(next));
    }

    private static void assertKnown(House house, Place place) throws IOException {
        try (Client client = house.client(place).send(Balancer.binary("203.0.113.5", 1)).ask("peer")) {
            client.expect("1:203.0.113.5:1 198.51.100.1:80");
        }
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.proxy-protocol.mode")
    void aNewModeHoldsForWhoComesNext(Place place) throws IOException {
        try (House house = house(place, new ProxyProtocol(ProxyProtocol.Mode.OFF, HERE)); Client before = house.client(place)) {
            before.ask("a").expect("1:a");
            live(house, place, "mode", new ProxyProtocol(ProxyProtocol.Mode.REQUIRED, HERE));
            assertKnown(house, place);
            try (Client without = house.client(place).ask("b")) {
                without.expectEnd();
            }
            house.awaitEnd(place, CloseReason.BAD_PREFACE);
            before.ask("c").expect("2:c");
            live(house, place, "mode", new ProxyProtocol(ProxyProtocol.Mode.OFF, HERE));
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.proxy-protocol.from")
    void newSourcesAreTrustedFromThenOn(Place place) throws IOException {
        try (House house = house(place, new ProxyProtocol(ProxyProtocol.Mode.REQUIRED, ELSEWHERE))) {
            try (Client untrusted = house.client(place)) {
                untrusted.awaitEnd();
            }
            await().pollDelay(Duration.ZERO).until(() -> house.refused(place, RefusalReason.UNTRUSTED) == 1);
            live(house, place, "from", new ProxyProtocol(ProxyProtocol.Mode.REQUIRED, HERE));
            assertKnown(house, place);
            assertEquals(1, house.refused(place, RefusalReason.UNTRUSTED));
        }
    }

    @SideBySide
    @FieldSource("EVERYWHERE")
    @Effect("listeners.*.timeouts.preface")
    void aNewTimeForTheHeaderHoldsForThoseWhoAreSilentAlready(Place place) throws IOException {
        try (House house = house(place, new ProxyProtocol(ProxyProtocol.Mode.REQUIRED, HERE)); Client client = house.client(place)) {
            house.awaitState(place, ConnectionState.IDLE, 1);
            ListenerConfig held = Objects.requireNonNull(house.server.config().listeners().get(place.name()));
            house.live(place, "timeouts.preface", listener -> listener.withTimeouts(held.timeouts().withPreface(SHORT)));
            client.expectEnd();
            house.awaitEnd(place, CloseReason.SLOW_PREFACE);
        }
    }
}
