package dev.sluice.server;

import static org.awaitility.Awaitility.await;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.protocol.Outcome;
import dev.sluice.server.Cell.Place;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a client may rely on, on every model and in every protocol: one server, a listener for each place.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelContractTest {

    static final List<Place> PLACES = Cell.everywhere().toList();
    static final List<Place> TCP = Cell.tcp().toList();
    private static final List<Integer> PIECES = List.of(1, 7, Integer.MAX_VALUE / 2);
    private static final List<String> FAILURES = List.of("throw", "error", "overflow", "null");

    private House house;

    static Stream<Arguments> placesAndPieces() {
        return PLACES.stream().flatMap(place -> PIECES.stream().map(piece -> Arguments.of(place, piece)));
    }

    static Stream<Arguments> placesAndFailures() {
        return PLACES.stream().flatMap(place -> FAILURES.stream().map(failure -> Arguments.of(place, failure)));
    }

    @BeforeAll
    void open() throws IOException {
        house = House.Plan.of(PLACES)
                .listener(listener -> listener.withKeepAlive(listener.keepAlive().withMaxRequests(0)))
                .open();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @SideBySide
    @MethodSource("placesAndPieces")
    void answers(Place place, int piece) throws IOException {
        try (Client client = house.client(place)) {
            for (int i = 1; i <= 3; i++) {
                client.send(place.speech().ask("hello"), piece).expect(i + ":hello");
            }
        }
        house.assertServes(place);
        Account.check(house.server);
    }

    @SideBySide
    @MethodSource("placesAndPieces")
    void answersPipelinedRequestsInOrder(Place place, int piece) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 1; i <= 20; i++) {
            all.writeBytes(place.speech().ask("word " + i));
        }
        try (Client client = house.client(place)) {
            client.send(all.toByteArray(), piece).finish();
            for (int i = 1; i <= 20; i++) {
                client.expect(i + ":word " + i);
            }
            client.expectEnd();
        }
        Account.check(house.server);
    }

    @SideBySide
    @FieldSource("PLACES")
    void answersARequestThatIsSplitAtAnyByte(Place place) throws IOException {
        byte[] request = place.speech().ask("split");
        try (Client client = house.client(place)) {
            for (int split = 1; split < request.length; split++) {
                client.send(request, split).expect(split + ":split");
            }
        }
        Account.check(house.server);
    }

    @SideBySide
    @FieldSource("PLACES")
    void answersAClientThatHasHalfClosed(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("first").ask("last").finish();
            client.expect("1:first");
            client.expect("2:last");
            client.expectEnd();
        }
        house.awaitEnd(place, CloseReason.PEER);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsAClientThatHalfClosesInTheMiddleOfARequest(Place place) throws IOException {
        byte[] request = place.speech().ask("unfinished");
        try (Client client = house.client(place)) {
            client.send(java.util.Arrays.copyOf(request, request.length - 4)).finish();
            if (place.speech() == Speech.LINE) {
                client.expect("1:unfinis"); // a last line may end with the connection
            } else {
                client.expectRefusal();
            }
            client.expectEnd();
        }
    }

    @SideBySide
    @MethodSource("placesAndFailures")
    void tellsTheClientOfAHandlerThatFails(Place place, String failure) throws IOException {
        long failed = house.outcomes(place, Outcome.FAILED);
        try (Client client = house.client(place)) {
            client.ask("hello").expect("1:hello");
            Speech.Answer answer = client.ask(failure).expectRefusal();
            if (answer.last()) {
                client.expectEnd();
            } else {
                client.ask("again").expect("3:again");
            }
        }
        house.assertServes(place);
        await().until(() -> house.outcomes(place, Outcome.FAILED) > failed);
    }

    @SideBySide
    @FieldSource("PLACES")
    void clearsTheFlagThatAHandlerLeaves(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("flag").expect("1:flag");
            client.ask("again").expect("2:again");
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void tellsTheClientOfAnEncoderThatFailsAndSendsNothingOfWhatItWrote(Place place) throws IOException {
        for (String where : List.of("fail-encode", "overflow-encode")) {
            try (Client client = house.client(place)) {
                client.ask("hello").expect("1:hello");
                client.ask(where);
                Speech.Answer answer = client.expectRefusal();
                if (answer.last()) {
                    client.expectEnd();
                } else {
                    client.ask("again").expect("3:again");
                }
            }
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsTheConnectionOfADecoderThatFailsAndNoOther(Place place) throws IOException {
        boolean iterative = place.cell().iterative();
        try (Client other = iterative ? null : house.client(place)) {
            for (String where : List.of("fail-decode", "overflow-decode")) {
                try (Client client = house.client(place)) {
                    client.ask(where).awaitEnd();
                }
            }
            house.awaitEnd(place, CloseReason.ERROR);
            if (other != null) {
                other.ask("hello").expect("1:hello");
            }
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("PLACES")
    void servesOnWhereTheProtocolFailsToDescribeARequest(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("fail-describe").expect("1:fail-describe");
            house.connections(place);
            client.ask("overflow-describe").expect("2:overflow-describe");
            house.connections(place);
            client.ask("again").expect("3:again");
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void answersOnceWhereTheProtocolFailsToJudgeAResponse(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("fail-outcome").expect("1:fail-outcome");
            client.ask("again").expect("2:again");
            client.finish().expectEnd();
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void endsTheConnectionWhereTheProtocolFailsToRefuse(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("throw fail-refuse").expectEnd();
        }
        house.assertServes(place);
    }

    /// A flag that is left set on a loop or an acceptor would close every channel it touches from then on.
    @SideBySide
    @FieldSource("PLACES")
    void survivesACodecThatLeavesTheInterruptFlagSet(Place place) throws IOException {
        try (Client client = house.client(place)) {
            client.ask("flag-encode").expect("1:flag-encode");
            client.ask("flag-decode").expect("2:flag-decode");
            client.ask("flag-outcome").expect("3:flag-outcome");
            client.ask("again").expect("4:again");
        }
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("TCP")
    void letsGoOfAClientThatResetsInARequest(Place place) throws IOException {
        byte[] request = place.speech().ask("cut short");
        Client client = house.client(place);
        client.ask("hello").expect("1:hello");
        client.send(java.util.Arrays.copyOf(request, request.length - 4));
        await().pollDelay(Duration.ZERO).until(() -> house.connections(place).stream()
                .anyMatch(connection -> connection.address().endsWith(":" + client.port()) && connection.state() == ConnectionState.READING));
        client.reset();
        awaitGone(place, client);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("TCP")
    void letsGoOfAClientThatResetsAtABoundary(Place place) throws IOException {
        Client client = house.client(place);
        client.ask("hello").expect("1:hello");
        client.reset();
        awaitGone(place, client);
        house.assertServes(place);
    }

    @SideBySide
    @FieldSource("TCP")
    void letsGoOfAClientThatResetsInAResponse(Place place) throws IOException {
        Client client = house.client(place, 4 << 10);
        client.ask("big 8000000");
        await().pollDelay(Duration.ZERO).until(() -> house.connections(place).stream()
                .anyMatch(connection -> connection.address().endsWith(":" + client.port()) && connection.state() == ConnectionState.WRITING));
        client.reset();
        awaitGone(place, client);
        house.assertServes(place);
    }

    private void awaitGone(Place place, Client client) {
        await("the end of a client of " + place).pollDelay(Duration.ZERO).until(() ->
                house.connections(place).stream().noneMatch(connection -> connection.address().endsWith(":" + client.port())));
        Account.check(house.server);
    }
}
