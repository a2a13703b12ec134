package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.IoModel;
import dev.sluice.api.TlsConfig;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tlschannel.ClientTlsChannel;
import tlschannel.TlsChannel;

/// What becomes of a request whose client says at once that it sends no more, and reads on.
@LeavesNothing
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsHalfCloseContractTest {

    static final List<Place> PLACES = Cell.tls().filter(place -> place.speech() == Speech.LINE).toList();

    private static final String ANSWER = "1:went on\n";

    private House house;

    /// How the client says so.
    enum End { NOTIFY, FIN, BOTH }

    static Stream<Arguments> ends() {
        return PLACES.stream().flatMap(place -> TlsConfig.VERSIONS.stream().flatMap(
                version -> Arrays.stream(End.values()).map(end -> Arguments.of(place, version, end))));
    }

    @BeforeAll
    void open() throws IOException {
        house = House.Plan.of(PLACES).listener(Secure::listener).open();
    }

    @AfterAll
    void close() {
        house.close();
    }

    private static TlsChannel over(SocketChannel socket, String version) throws IOException {
        SSLEngine engine = Secure.context().createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
        TlsChannel secure = ClientTlsChannel.newBuilder(socket, engine).build();
        secure.handshake();
        return secure;
    }

    private static void end(SocketChannel socket, SSLEngine engine, End how) throws IOException {
        if (how != End.FIN) {
            ByteBuffer words = ByteBuffer.allocate(20_000);
            engine.closeOutbound();
            engine.wrap(ByteBuffer.allocate(0), words);
            socket.write(words.flip());
        }
        if (how != End.NOTIFY) {
            socket.shutdownOutput();
        }
    }

    /// All that comes before the end, which is said.
    private static String rest(TlsChannel secure) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(100);
        while (secure.read(in) >= 0) {
            assertTrue(in.hasRemaining(), "an answer that does not end");
        }
        assertTrue(secure.shutdownReceived(), "no close_notify comes");
        return new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
    }

    /// What may come of the request: in TLS 1.2 a close_notify ends both directions, and whoever has read it answers with its own and drops what was to be sent
    /// (RFC 5246, 7.2.1). Who serves a blocking connection reads on after the reply alone, as does a loop that handles by itself; the receiver of a duplex
    /// connection has read it; a loop with a pool may have.
    private static Set<String> answers(Place place, String version, End how) {
        if (version.equals("TLSv1.3") || how == End.FIN || place.cell().inline()) {
            return Set.of(ANSWER);
        }
        return switch (place.cell().io()) {
            case IoModel.Blocking blocking -> Set.of(ANSWER);
            case IoModel.Duplex duplex -> Set.of("");
            case IoModel.EventLoop loops -> Set.of("", ANSWER);
        };
    }

    private void awaitReceiversEnd(Place place) {
        String receiver = "-receiver-" + house.connections(place).getFirst().id();
        await().until(() -> house.server.threads().stream().noneMatch(thread -> thread.name().endsWith(receiver)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void answersWhatCameBeforeTheEndWhereTheVersionAllowsItAndSaysItsOwn(Place place, String version, End how) throws Exception {
        String name = place + version + how;
        try (SocketChannel socket = SocketChannel.open(house.address(place))) {
            TlsChannel secure = over(socket, version);
            secure.write(ByteBuffer.wrap(("stop " + name + "\n").getBytes(StandardCharsets.US_ASCII)));
            Deeds.Stop stop = house.deeds.stop(name);
            stop.awaitArrival();
            end(socket, secure.getSslEngine(), how);
            if (place.cell().io() instanceof IoModel.Duplex) {
                awaitReceiversEnd(place);
            }
            stop.open.countDown();
            String answer = rest(secure);
            assertTrue(answers(place, version, how).contains(answer), answer);
        }
        house.assertSettled(place);
        house.assertServes(place);
    }
}
