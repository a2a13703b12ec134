package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.http.EventStream;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.http.ServerSentEvent;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.provider.FieldSource;

/// What handlers answer in HTTP, on each engine: what is framed wrongly never becomes the next response, and events go on as long as both
/// sides are there.
class HttpResponseContractTest extends EffectContract {

    private static final String AGAIN = "GET /again HTTP/1.1\r\nHost: h\r\n\r\n";

    /// A server, and one client of it.
    private static final class Visit implements AutoCloseable {
        final Queue<ServerEvent> events = new ConcurrentLinkedQueue<>();
        final Server server;
        final Socket socket = new Socket();

        Visit(Place place, Handler<HttpRequest, HttpResponse> handler, int receiveBuffer) throws IOException {
            ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", new HttpProtocol(), handler).on(place.cell().io(), place.pool())
                    .withTimeouts(PATIENT);
            server = Server.start(place.withPool(ServerConfig.named("visited").withDrain(House.QUICK), 8, 8, PoolConfig.WhenFull.REFUSE)
                    .withListener("web", listener), List.of(events::add), RequestProbe.Factory.NONE);
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setSoTimeout(20_000);
            socket.connect(server.listeners().getFirst().address());
        }

        Visit asks(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        /// All up to the end, in order or by a reset.
        String hears() throws IOException {
            StringBuilder heard = new StringBuilder();
            try {
                InputStream in = socket.getInputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    heard.append((char) next);
                }
            } catch (SocketException reset) {
                heard.append("(reset)");
            }
            return heard.toString();
        }

        String hears(String end) throws IOException {
            StringBuilder heard = new StringBuilder();
            while (heard.indexOf(end) < 0) {
                int next = socket.getInputStream().read();
                assertTrue(next >= 0, () -> "it ended after " + heard);
                heard.append((char) next);
            }
            return heard.toString();
        }

        void awaitEnd(CloseReason reason) {
            await("the end for " + reason).pollDelay(Duration.ZERO).until(() -> events.stream().anyMatch(event ->
                    event instanceof ServerEvent.ConnectionEnded(var role, var connection) && connection.reason() == reason));
        }

        boolean toldOfFailure() {
            return events.stream().anyMatch(ServerEvent.HandlerFailed.class::isInstance);
        }

        @Override
        public void close() throws IOException {
            socket.close();
            server.close();
            assertEquals(List.of(), server.threads());
        }
    }

    private static Visit visit(Place place, Handler<HttpRequest, HttpResponse> handler) throws IOException {
        return new Visit(place, handler, 0);
    }

    /// Answers the request after it with `bye`.
    private static Handler<HttpRequest, HttpResponse> first(HttpResponse response) {
        HttpResponse bye = HttpResponse.text(200, "bye").withHeader("Connection", "close");
        return (request, call) -> request.path().equals("/") ? response : bye;
    }

    private static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    // ---- lengths ----

    @SideBySide
    @FieldSource("PLACES")
    void aSourceThatGivesTooLittleEndsTheConnectionWithoutPadding(Place place) throws IOException {
        Streams.Counted source = new Streams.Counted(700);
        try (Visit visit = visit(place, first(HttpResponse.source(200, "a/b", source, 1_000)))) {
            String heard = visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + AGAIN).hears();
            assertTrue(heard.contains("\r\nContent-Length: 1000\r\n"), heard);
            assertEquals("x".repeat(700), body(heard).replace("(reset)", ""));
            visit.awaitEnd(CloseReason.ERROR);
            assertTrue(visit.toldOfFailure());
        }
        assertEquals(1, source.closed.get());
    }

    @SideBySide
    @FieldSource("PLACES")
    void whatASourceGivesTooMuchIsNeverSent(Place place) throws IOException {
        Streams.Counted source = new Streams.Counted(70_000);
        try (Visit visit = visit(place, first(HttpResponse.source(200, "a/b", source).withHeader("Content-Length", "60000")))) {
            String heard = visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + AGAIN).hears();
            assertEquals("x".repeat(60_000), body(heard).replace("(reset)", ""));
            visit.awaitEnd(CloseReason.ERROR);
            assertTrue(visit.toldOfFailure());
        }
        assertEquals(1, source.closed.get());
    }

    @SideBySide
    @FieldSource("PLACES")
    void aSourceOfTheLengthItDeclaresIsFollowedByTheNextResponse(Place place) throws IOException {
        Streams.Counted source = new Streams.Counted(40_000);
        try (Visit visit = visit(place, first(HttpResponse.source(200, "a/b", source, 40_000)))) {
            String heard = visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + AGAIN).hears();
            assertTrue(body(heard).startsWith("x".repeat(40_000) + "HTTP/1.1 200 OK\r\n"));
            assertTrue(heard.endsWith("\r\n\r\nbye"));
            assertFalse(visit.toldOfFailure());
        }
        assertEquals(1, source.closed.get());
    }

    @SideBySide
    @FieldSource("PLACES")
    void aFieldThatWouldForgeAnotherIsOurFaultAndNotTheClients(Place place) throws IOException {
        try (Visit visit = visit(place, (request, call) -> HttpResponse.text(200, "hi").withHeader("X-Path", request.path()))) {
            String heard = visit.asks("GET /a%0d%0aSet-Cookie:%20b=c HTTP/1.1\r\nHost: h\r\n\r\n" + AGAIN).hears();
            assertTrue(heard.startsWith("HTTP/1.1 500 Internal Server Error\r\n"), heard);
            assertFalse(heard.contains("Set-Cookie"), heard);
            assertTrue(visit.toldOfFailure());
        }
    }

    // ---- events ----

    @SideBySide
    @FieldSource("PLACES")
    void eventsArriveAsTheyAreSentAndEndWithTheStream(Place place) throws Exception {
        EventStream stream = EventStream.open();
        try (Visit visit = visit(place, first(HttpResponse.events(stream)))) {
            String head = visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n").hears("\r\n\r\n");
            assertTrue(head.contains("\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"), head);
            for (int i = 0; i < 3; i++) {
                assertTrue(stream.send(ServerSentEvent.of("tick " + i).withId("" + i)));
                assertTrue(visit.hears("\n\n\r\n").contains("\r\nid: " + i + "\ndata: tick " + i + "\n\n\r\n"));
            }
            stream.end();
            assertEquals("0\r\n\r\n", visit.hears("\r\n\r\n"));
            assertTrue(visit.asks(AGAIN).hears().endsWith("\r\n\r\nbye"), "the connection goes on after it");
        }
        assertTrue(stream.ended());
    }

    @SideBySide
    @FieldSource("PLACES")
    void aSlowReaderIsNoticedAndCostsNoMoreThanTheQueue(Place place) throws Exception {
        EventStream stream = EventStream.open(10_000);
        try (Visit visit = new Visit(place, (request, call) -> HttpResponse.events(stream), 4 << 10)) {
            visit.asks("GET / HTTP/1.0\r\n\r\n").hears("\r\n\r\n");
            ServerSentEvent event = ServerSentEvent.of("y".repeat(992)); // and 8 bytes around it
            await("a client that is slow").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).until(() -> {
                long before = visit.server.stats().bytesOut();
                while (stream.offer(event)) {
                    assertTrue(stream.queued() <= 10_000, "more is queued than there is room for");
                }
                return visit.server.stats().bytesOut() == before && stream.queued() == 10_000;
            });
            CompletableFuture<Boolean> blocked = CompletableFuture.supplyAsync(() -> sent(stream, ServerSentEvent.of("last")));
            CompletableFuture<String> heard = CompletableFuture.supplyAsync(() -> all(visit));
            assertTrue(blocked.get(20, TimeUnit.SECONDS));
            stream.end();
            String all = heard.get(20, TimeUnit.SECONDS);
            assertTrue(all.endsWith("y\n\ndata: last\n\n"));
            assertEquals(0, (all.length() - "data: last\n\n".length()) % 1_000, "an event is cut");
        }
    }

    private static boolean sent(EventStream stream, ServerSentEvent event) {
        try {
            return stream.send(event);
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String all(Visit visit) {
        try {
            return visit.hears();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void aDrainEndsTheStreamBehindWhatWasSent(Place place) throws Exception {
        EventStream stream = EventStream.open();
        try (Visit visit = visit(place, (request, call) -> HttpResponse.events(stream))) {
            visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n").hears("\r\n\r\n");
            assertTrue(stream.send(ServerSentEvent.of("before")));
            CompletableFuture<DrainReport> draining = Draining.drain(visit.server, House.QUICK);
            assertTrue(visit.hears().endsWith("data: before\n\n\r\n0\r\n\r\n"));
            assertEquals(DrainReport.Result.CLEAN, Draining.get(draining).result());
            assertFalse(stream.offer(ServerSentEvent.of("after")));
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void aKickEndsTheStream(Place place) throws Exception {
        EventStream stream = EventStream.open();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        stream.onClosed(() -> closed.complete(null));
        try (Visit visit = visit(place, (request, call) -> HttpResponse.events(stream))) {
            visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n").hears("\r\n\r\n");
            visit.server.kick(connection -> true, new Kick(Kick.Mode.NOW, "test", ""));
            closed.get(20, TimeUnit.SECONDS);
            assertFalse(stream.send(ServerSentEvent.of("after")));
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void aClientThatLeavesEndsTheStreamWithTheNextEvents(Place place) throws Exception {
        EventStream stream = EventStream.open();
        try (Visit visit = visit(place, (request, call) -> HttpResponse.events(stream))) {
            visit.asks("GET / HTTP/1.1\r\nHost: h\r\n\r\n").hears("\r\n\r\n");
            visit.socket.setSoLinger(true, 0);
            visit.socket.close();
            await("the end of the stream").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
                stream.comment("still there?");
                return stream.ended();
            });
        }
    }
}
