package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Addresses;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.RefusalReason;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.FieldSource;

/// Clients behind a balancer that speaks the PROXY protocol, on each engine and both kinds of sockets: a small server for each place.
@LeavesNothing
class ProxyContractTest {

    static final List<Place> PLACES = Stream.concat(Cell.ENGINES.stream(), Stream.of(new Cell(new IoModel.Blocking(), null)))
            .flatMap(cell -> Stream.of(new Place(cell, Speech.LINE), new Place(cell, Speech.HTTP), new Place(cell, Speech.HTTP, true))).toList();
    /// Where several clients can be connected at once.
    static final List<Place> MANY = PLACES.stream().filter(place -> !place.cell().iterative()).toList();
    static final List<Place> TCP = PLACES.stream().filter(place -> !place.unix()).toList();

    private static final String ADA = "192.0.2.7";
    private static final String BOB = "192.0.2.8";
    private static final Kick AFTER = new Kick(Kick.Mode.AFTER_REQUEST, "test", "");
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "");
    private static final DrainConfig PATIENT = new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ofMillis(50), Duration.ZERO,
            Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(5));

    private static House house(Place place) throws IOException {
        return house(place, UnaryOperator.identity());
    }

    private static House house(Place place, UnaryOperator<ListenerConfig> more) throws IOException {
        return House.Plan.of(place).listener(listener -> more.apply(listener.withKeepAlive(listener.keepAlive().withMaxRequests(0))
                .withProxyProtocol(ProxyProtocol.requiredFrom("127.0.0.0/8", "unix")))).open();
    }

    private static void assertServes(House house, Place place) throws IOException {
        try (Client client = house.client(place).send(Balancer.text("203.0.113.99", 9))) {
            client.ask("still there").expect("1:still there");
        }
        house.assertSettled(place);
    }

    // ---- who it is ----

    @SideBySide
    @FieldSource("PLACES")
    void knowsTheClientThatABalancerNames(Place place) throws IOException {
        byte[] mapped = Balancer.binary(0x21, 0x21, Balancer.addresses("2001:db8::7", "2001:db8::1", 4711, 80));
        try (House house = house(place)) {
            assertKnown(house, place, Balancer.text(ADA, 4711), ADA + ":4711", "198.51.100.1:80");
            assertKnown(house, place, Balancer.binary(ADA, 4711), ADA + ":4711", "198.51.100.1:80");
            assertKnown(house, place, Balancer.line("PROXY TCP6 2001:DB8::7 ::1 65535 0"), "[2001:db8:0:0:0:0:0:7]:65535", "[0:0:0:0:0:0:0:1]:0");
            assertKnown(house, place, mapped, "[2001:db8:0:0:0:0:0:7]:4711", "[2001:db8:0:0:0:0:0:1]:80");
            assertKnown(house, place, Balancer.line("PROXY TCP6 ::ffff:192.0.2.7 ::1 5 6"), ADA + ":5", "[0:0:0:0:0:0:0:1]:6");
            assertKnown(house, place, Balancer.joined(Balancer.binary(0x21, 0x11, Balancer.joined(
                    Balancer.addresses(ADA, "198.51.100.1", 4711, 80), new byte[] {4, 0, 2, 'x', 'y'}))), ADA + ":4711", "198.51.100.1:80");
        }
    }

    /// For its handler, in the list, in detail, and when it has ended.
    private static void assertKnown(House house, Place place, byte[] header, String address, String local) throws IOException {
        try (Client client = house.client(place).send(Balancer.joined(header, place.speech().ask("peer")))) {
            client.expect("1:" + address + " " + local);
            assertEquals(List.of(address), house.connections(place).stream().map(one -> one.address()).toList());
            ConnectionDetail detail = house.server.connection(house.connections(place).getFirst().id()).orElseThrow();
            assertEquals(local, detail.local());
            assertTrue(place.unix() ? detail.via().startsWith("unix:") : detail.via().equals("127.0.0.1:" + client.port()), detail.via());
        }
        house.assertSettled(place);
        assertEquals(address, house.server.recent().closed().getLast().address());
    }

    @SideBySide
    @FieldSource("PLACES")
    void keepsTheAddressOfABalancerThatNamesNobody(Place place) throws IOException {
        List<byte[]> nobodys = List.of(Balancer.line("PROXY UNKNOWN"), Balancer.line("PROXY UNKNOWN ffff::1 anything 1 \r 2"),
                Balancer.binary(0x20, 0, new byte[0]), Balancer.binary(0x20, 0xff, new byte[300]), Balancer.binary(0x21, 0, new byte[7]),
                Balancer.binary(0x21, 0x31, new byte[216]), Balancer.binary(0x21, 0x12, Balancer.addresses(ADA, ADA, 1, 2)));
        try (House house = house(place)) {
            for (byte[] header : nobodys) {
                try (Client client = house.client(place).send(Balancer.joined(header, place.speech().ask("hello")))) {
                    client.expect("1:hello");
                    String address = house.connections(place).getFirst().address();
                    assertTrue(place.unix() ? address.startsWith("unix:") : address.equals("127.0.0.1:" + client.port()), address);
                    assertEquals("", house.server.connection(house.connections(place).getFirst().id()).orElseThrow().via());
                }
                house.assertSettled(place);
            }
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void servesHoweverTheBytesAreSplit(Place place) throws IOException {
        byte[] requests = Balancer.joined(place.speech().ask("peer"), place.speech().ask("second"));
        try (House house = house(place)) {
            for (byte[] header : List.of(Balancer.text(ADA, 4711), Balancer.binary(ADA, 4711))) {
                for (int piece : List.of(1, 7, 31, 1_000)) {
                    try (Client client = house.client(place).send(Balancer.joined(header, requests), piece)) {
                        client.expect("1:192.0.2.7:4711 198.51.100.1:80");
                        client.expect("2:second");
                    }
                    house.assertSettled(place);
                }
            }
        }
    }

    /// Once it is known who it is, it stands at a boundary as any other.
    @SideBySide
    @FieldSource("PLACES")
    void showsHowFarItIs(Place place) throws IOException {
        byte[] header = Balancer.text(ADA, 4711);
        try (House house = house(place); Client client = house.client(place)) {
            house.awaitState(place, ConnectionState.IDLE, 1);
            client.send(Arrays.copyOf(header, 9));
            house.awaitState(place, ConnectionState.PREFACE, 1);
            client.send(Arrays.copyOfRange(header, 9, header.length));
            house.awaitState(place, ConnectionState.IDLE, 1);
            assertEquals(ADA + ":4711", house.connections(place).getFirst().address());
            client.ask("hello").expect("1:hello");
        }
    }

    // ---- limits ----

    @SideBySide
    @FieldSource("MANY")
    void countsClientsUnderTheirOwnAddressAndBalancersUnderNone(Place place) throws IOException {
        try (House house = house(place, listener -> listener.withLimits(listener.limits().withConnections(10, 1)))) {
            List<Client> others = new ArrayList<>();
            try (Client ada = house.client(place).send(Balancer.text(ADA, 1)).ask("a")) {
                ada.expect("1:a");
                for (byte[] header : List.of(Balancer.binary(BOB, 1), Balancer.line("PROXY UNKNOWN"), Balancer.line("PROXY UNKNOWN"))) {
                    Client other = house.client(place).send(header).ask("b");
                    other.expect("1:b");
                    others.add(other);
                }
                try (Client again = house.client(place).send(Balancer.binary(ADA, 2))) {
                    assertTrue(again.expectRefusal().text().contains("too many connections"));
                    again.finish();
                    again.expectEnd();
                }
                house.awaitEnd(place, CloseReason.ADDRESS_LIMIT);
                assertEquals(ADA + ":2", house.server.recent().closed().getLast().address());
                Account.check(house.server);
                ada.ask("c").expect("2:c");
            }
            for (Client other : others) {
                other.close();
            }
            house.assertSettled(place);
            assertEquals(0, house.server.stats().refused().values().stream().mapToLong(Long::longValue).sum());
            try (Client ada = house.client(place).send(Balancer.text(ADA, 3)).ask("a")) {
                ada.expect("1:a");
            }
        }
    }

    @SideBySide
    @FieldSource("MANY")
    void limitsTheRateOfClientsAndNotOfBalancers(Place place) throws IOException {
        try (House house = house(place, listener -> listener.withLimits(listener.limits().withRatePerAddress(1)))) {
            for (int i = 0; i < 20; i++) {
                try (Client client = house.client(place).send(Balancer.text("192.0.2." + i, 1)).ask("a")) {
                    client.expect("1:a");
                }
            }
            for (int i = 0; i < 20 && !house.ends(place).contains(CloseReason.RATE_LIMIT); i++) {
                try (Client client = house.client(place).send(Balancer.text("203.0.113.1", 1)).finish()) {
                    client.awaitEnd();
                }
                house.assertSettled(place);
            }
            house.awaitEnd(place, CloseReason.RATE_LIMIT);
        }
    }

    @SideBySide
    @FieldSource("TCP")
    void endsWhoMayNotSpeakForOthers(Place place) throws IOException {
        try (House house = house(place, listener -> listener.withProxyProtocol(ProxyProtocol.requiredFrom("192.0.2.0/24", "unix")))) {
            try (Client client = house.client(place)) {
                client.awaitEnd();
            }
            assertEquals(1, house.refused(place, RefusalReason.UNTRUSTED));
            assertEquals(0, house.server.stats().admitted());
            Account.check(house.server);
        }
    }

    // ---- no header ----

    @SideBySide
    @FieldSource("PLACES")
    void saysNothingToOneWhoDoesNotSayWhoHeIs(Place place) throws IOException {
        try (House house = house(place)) {
            List<byte[]> bad = List.of(place.speech().ask("hello"), "PROXY TCP4 1.2.3.4\r\n".getBytes(ISO_8859_1),
                    "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n".getBytes(ISO_8859_1), new byte[] {0x16, 3, 1, 0}, Balancer.binary(0x31, 0x11, new byte[12]));
            for (byte[] bytes : bad) {
                try (Client client = house.client(place).send(bytes)) {
                    client.expectEnd();
                }
                house.assertSettled(place);
                assertEquals(CloseReason.BAD_PREFACE, house.ends(place).getLast());
            }
            assertServes(house, place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsOneWhoSaysItTooSlowlyOrNotAtAll(Place place) throws IOException {
        try (House house = house(place, listener -> listener.withTimeouts(listener.timeouts().withPreface(Duration.ofMillis(150))))) {
            for (int bytes : List.of(0, 9)) {
                try (Client client = house.client(place).send(Arrays.copyOf(Balancer.text(ADA, 1), bytes))) {
                    client.expectEnd();
                }
                house.assertSettled(place);
                assertEquals(CloseReason.SLOW_PREFACE, house.ends(place).getLast());
            }
            try (Client client = house.client(place)) {
                assertTrue(client.drip(Balancer.binary(0x21, 0x11, new byte[4_000])) < 4_000);
                client.awaitEnd();
            }
            house.assertSettled(place);
            assertEquals(CloseReason.SLOW_PREFACE, house.ends(place).getLast());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void letsGoOfOneThatLeavesBeforeItIsKnown(Place place) throws IOException {
        try (House house = house(place)) {
            for (int bytes : List.of(0, 9)) {
                try (Client client = house.client(place).send(Arrays.copyOf(Balancer.text(ADA, 1), bytes)).finish()) {
                    client.expectEnd();
                }
                house.assertSettled(place);
                assertEquals(bytes == 0 ? CloseReason.PEER : CloseReason.BAD_PREFACE, house.ends(place).getLast());
            }
            Client client = house.client(place).send(Arrays.copyOf(Balancer.text(ADA, 1), 9));
            house.awaitState(place, ConnectionState.PREFACE, 1);
            client.reset();
            house.assertSettled(place);
            assertServes(house, place);
        }
    }

    // ---- operators ----

    @SideBySide
    @FieldSource("PLACES")
    void kicksOneThatIsNotKnownYet(Place place) throws IOException {
        byte[] header = Balancer.text(ADA, 1);
        try (House house = house(place)) {
            for (int bytes : List.of(0, 9)) {
                try (Client client = house.client(place).send(Arrays.copyOf(header, bytes))) {
                    house.awaitState(place, bytes == 0 ? ConnectionState.IDLE : ConnectionState.PREFACE, 1);
                    assertEquals(1, house.server.kick(connection -> true, NOW).closed());
                    client.awaitEnd();
                }
                house.assertSettled(place);
            }
            try (Client client = house.client(place).send(Arrays.copyOf(header, 9))) {
                house.awaitState(place, ConnectionState.PREFACE, 1);
                assertEquals(1, house.server.kick(connection -> true, AFTER).asked());
                client.send(Balancer.joined(Arrays.copyOfRange(header, 9, header.length), place.speech().ask("last"))).expect("1:last");
                client.expectEnd();
            }
            house.assertSettled(place);
            assertEquals(List.of(CloseReason.KICKED, CloseReason.KICKED, CloseReason.KICKED), house.ends(place));
        }
    }

    @SideBySide
    @FieldSource("MANY")
    void kicksByTheAddressOfTheClient(Place place) throws IOException {
        try (House house = house(place); Client ada = house.client(place); Client bob = house.client(place)) {
            ada.send(Balancer.text(ADA, 1)).ask("a").expect("1:a");
            bob.send(Balancer.text(BOB, 1)).ask("b").expect("1:b");
            house.awaitState(place, ConnectionState.IDLE, 2);
            KickReport report = house.server.kick(connection -> connection.address().startsWith(ADA + ":"), NOW);
            assertEquals(1, report.closed());
            ada.awaitEnd();
            bob.ask("c").expect("2:c");
        }
    }

    /// It has begun, and is waited for; who has said nothing yet is idle.
    @SideBySide
    @FieldSource("MANY")
    void waitsForAHeaderThatHasBegunWhenItDrains(Place place) throws Exception {
        byte[] header = Balancer.text(ADA, 1);
        try (House house = house(place); Client begun = house.client(place).send(Arrays.copyOf(header, 9)); Client silent = house.client(place)) {
            house.awaitState(place, ConnectionState.PREFACE, 1);
            house.awaitState(place, ConnectionState.IDLE, 1);
            var drain = Draining.drain(house.server, PATIENT);
            silent.expectEnd();
            silent.finish();
            house.awaitEnd(place, CloseReason.DRAINED);
            Draining.awaitPhase(house.server, DrainPhase.ACTIVE);
            begun.send(Balancer.joined(Arrays.copyOfRange(header, 9, header.length), place.speech().ask("last"))).expect("1:last");
            begun.expectEnd();
            begun.finish();
            DrainReport report = Draining.get(drain);
            assertEquals(DrainReport.Result.CLEAN, report.result(), report::toString);
            house.assertSettled(place);
        }
    }

    /// What has arrived, a whole request, before it would have been ended in its silence.
    @SideBySide
    @FieldSource("MANY")
    void servesWhoSpeaksWhenItDrains(Place place) throws Exception {
        try (House house = house(place); Client client = house.client(place)) {
            house.awaitState(place, ConnectionState.IDLE, 1);
            DrainConfig patient = new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ofSeconds(20), Duration.ZERO,
                    Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(5));
            var drain = Draining.drain(house.server, patient);
            Draining.awaitPhase(house.server, DrainPhase.IDLE);
            client.send(Balancer.joined(Balancer.binary(ADA, 1), place.speech().ask("peer"))).expect("1:192.0.2.7:1 198.51.100.1:80");
            client.expectEnd();
            client.finish();
            assertEquals(DrainReport.Result.CLEAN, Draining.get(drain).result());
        }
    }

    @SideBySide
    @FieldSource("TCP")
    void takesNoHeaderWhereNoneIsExpected(Place place) throws IOException {
        try (House house = house(place, listener -> listener.withProxyProtocol(ProxyProtocol.OFF)); Client client = house.client(place)) {
            client.send(Balancer.text(ADA, 1));
            if (place.speech() == Speech.LINE) {
                client.answer();
                assertEquals("127.0.0.1:" + client.port(), house.connections(place).getFirst().address());
                assertTrue(Addresses.text(house.address(place)).startsWith("127.0.0.1:"));
            } else {
                client.expectRefusal();
            }
        }
    }
}
