package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Addresses;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Kick;
import dev.sluice.api.PoolConfig.WhenFull;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.provider.FieldSource;

/// What holds of clients of a Unix domain socket beyond what holds of all: they have no address, so each test has a house of its own.
@LeavesNothing
class UnixContractTest {

    static final List<Place> PLACES = Cell.unix().toList();
    static final List<Place> HTTP = PLACES.stream().filter(place -> place.speech() == Speech.HTTP && !place.cell().iterative()).toList();
    /// Nobody is idle for so long, however busy the machine is.
    private static final DrainConfig PATIENT = new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ofSeconds(20), Duration.ZERO,
            Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(5));
    /// In the system's words, as it says them to Java on Linux: the socket was found, and is gone before it is connected to. Nothing was
    /// asked.
    private static final String GONE = "No such file";
    private static final Duration AT_MOST = Duration.ofMinutes(1);
    private static final Kick AFTER = new Kick(Kick.Mode.AFTER_REQUEST, "test", "");
    private static final Kick NOW = new Kick(Kick.Mode.NOW, "test", "has to go");

    private static House house(Place place) throws IOException {
        return House.Plan.of(place).pool(8, 100, WhenFull.REFUSE)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0))).open();
    }

    private static String owner() throws IOException {
        return Files.getOwner(Path.of("/proc/self")).getName();
    }

    @SideBySide
    @FieldSource("PLACES")
    void showsTheUserInThePlaceOfAnAddress(Place place) throws IOException {
        try (House house = house(place); Client client = house.client(place)) {
            client.ask("hello").expect("1:hello");
            ConnectionInfo shown = house.connections(place).getFirst();
            assertEquals("unix:" + owner(), shown.address());
            var detail = house.server.connection(shown.id()).orElseThrow();
            assertTrue(detail.user().startsWith(owner() + ":"), detail.user());
            assertEquals(Addresses.text(house.address(place)), detail.local());
            client.leave();
            house.awaitEnd(place, CloseReason.PEER);
            assertEquals("unix:" + owner(), house.server.recent().closed().getFirst().address());
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAKickedClientThatIsIdleInOrder(Place place) throws IOException {
        for (Kick kick : List.of(AFTER, NOW)) {
            try (House house = house(place); Client client = house.client(place)) {
                client.ask("hello").expect("1:hello");
                house.awaitState(place, ConnectionState.IDLE, 1);
                assertEquals(1, house.server.kick(connection -> true, kick).closed());
                client.awaitEnd();
                client.finish();
                house.assertSettled(place);
                assertEquals(List.of(CloseReason.KICKED), house.ends(place));
            }
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void letsAKickedClientFinishTheRequestItHasBegun(Place place) throws IOException {
        byte[] request = place.speech().ask("begun");
        try (House house = house(place); Client client = house.client(place)) {
            client.send(Arrays.copyOf(request, request.length - 4));
            house.awaitState(place, ConnectionState.READING, 1);
            assertEquals(1, house.server.kick(connection -> true, AFTER).asked());
            client.send(Arrays.copyOfRange(request, request.length - 4, request.length)).expect("1:begun");
            client.expectEnd();
            house.awaitEnd(place, CloseReason.KICKED);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAKickedClientAtOnceWhateverItDoes(Place place) throws Exception {
        byte[] request = place.speech().ask("unfinished");
        try (House house = house(place)) {
            try (Client reading = house.client(place).send(Arrays.copyOf(request, request.length - 4))) {
                house.awaitState(place, ConnectionState.READING, 1);
                house.server.kick(connection -> true, NOW);
                reading.awaitEnd();
            }
            house.assertSettled(place);
            try (Client busy = house.client(place).ask("stop busy")) {
                house.deeds.stop("busy").awaitArrival();
                house.server.kick(connection -> true, NOW);
                busy.awaitEnd();
                assertTrue(house.deeds.stop("busy").interrupted.await(20, TimeUnit.SECONDS));
            }
            house.assertSettled(place);
            try (Client deaf = house.client(place).ask("big 9000000")) {
                house.awaitState(place, ConnectionState.WRITING, 1);
                house.server.kick(connection -> true, NOW);
                house.assertSettled(place);
                deaf.awaitEnd();
            }
            house.assertServes(place);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void sendsALargeAnswerToOneWhoReadsSlowly(Place place) throws IOException {
        int length = 6_000_000;
        try (House house = house(place); Client client = house.client(place)) {
            client.ask("big " + length);
            house.awaitState(place, ConnectionState.WRITING, 1);
            Draining.awaitStill("what is sent", () -> house.server.stats().bytesOut());
            assertEquals(length, client.answer().text().length());
            client.ask("again").expect("2:again");
        }
    }

    /// Leaves without reading what was sent to it, which makes the next write of the server fail.
    @SideBySide
    @FieldSource("PLACES")
    void letsGoOfAClientThatGoesAwayInTheMiddleOfAnything(Place place) throws IOException {
        byte[] request = place.speech().ask("cut short");
        try (House house = house(place)) {
            Client reading = house.client(place).send(Arrays.copyOf(request, request.length - 4));
            house.awaitState(place, ConnectionState.READING, 1);
            reading.reset();
            house.assertSettled(place);
            Client writing = house.client(place).ask("big 8000000");
            house.awaitState(place, ConnectionState.WRITING, 1);
            writing.reset();
            house.assertSettled(place);
            house.assertServes(place);
        }
    }

    /// Clients that never rest are told that a reply is the last, come back when there is a socket again, and miss no answer: not even
    /// those that connected when the drain had begun, since nobody finds the socket any more before the last look at its backlog.
    @SideBySide
    @FieldSource("HTTP")
    void losesNoRequestWhenItDrainsAndComesBackUnderLoad(Place place) throws Exception {
        try (House house = house(place)) {
            Path path = ((UnixDomainSocketAddress) house.address(place)).getPath();
            try (Asking asking = new Asking(6, () -> found(path, house, place))) {
                asking.awaitBegun();
                for (int i = 0; i < 5; i++) {
                    long answered = asking.answered();
                    DrainReport report = house.server.drain(PATIENT);
                    assertEquals(DrainReport.Result.CLEAN, report.result(), report::toString);
                    assertTrue(Files.notExists(path), "nobody is to find it");
                    house.server.cancelDrain();
                    await("answers").atMost(AT_MOST).until(() -> asking.answered() > answered + 20);
                }
                assertEquals(List.of(), asking.lost().stream().filter(loss -> !loss.contains(GONE)).toList());
            }
            house.assertSettled(place);
        }
    }

    private static SocketAddress found(Path path, House house, Place place) {
        await().atMost(AT_MOST).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> Files.exists(path));
        return house.address(place);
    }
}
