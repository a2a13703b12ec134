package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.FileAppender;
import dev.sluice.api.AccessLog;
import dev.sluice.api.Exchange;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.Outcome;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.provider.FieldSource;
import org.slf4j.LoggerFactory;

/// Who is told of exchanges, and that nobody waits for them.
class AccessLogEffectTest extends EffectContract {

    private static final LoggerContext CONTEXT = (LoggerContext) LoggerFactory.getILoggerFactory();

    /// What is written for one listener.
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }

        String next() {
            await("a line").pollDelay(Duration.ZERO).until(() -> !lines.isEmpty());
            return lines.remove();
        }
    }

    private static <A extends Appender<ILoggingEvent>> A attached(String listener, A appender) {
        Logger logger = CONTEXT.getLogger("dev.sluice.access." + listener);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        appender.setContext(CONTEXT);
        appender.start();
        logger.addAppender(appender);
        return appender;
    }

    private static void detach(String listener) {
        CONTEXT.getLogger("dev.sluice.access." + listener).detachAndStopAllAppenders();
    }

    private static void ask(Client client, String words) throws IOException {
        client.send(("POST /ask?\u001b HTTP/1.1\r\n".replace("\u001b", words) 
                + "Host: h\r\nUser-Agent: \"me\"\t\u00e4\r\nReferer: http://from/\r\nContent-Length: 1\r\n\r\nx")
                .getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(client.answer().ok());
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.access-log")
    void theNextRequestsAreWrittenDownAsItSays(Place place) throws IOException {
        Lines written = attached(place.name(), new Lines());
        try (House house = patient(place).open(); Client client = house.client(place)) {
            ask(client, "1");
            house.live(place, "access-log", listener -> listener.withAccessLog(AccessLog.JSON));
            ask(client, "2");
            String json = written.next();
            assertTrue(json.contains("\"request\":2,\"method\":\"POST\",\"target\":\"/ask?2\",\"version\":\"HTTP/1.1\",\"status\":200,\"bytes\":3,"
                    + "\"outcome\":\"success\""), json);
            assertTrue(json.endsWith("\"referer\":\"http://from/\",\"user_agent\":\"\\\"me\\\"\\u0009\\u00e4\"}"), json);
            house.live(place, "access-log", listener -> listener.withAccessLog(AccessLog.COMBINED));
            ask(client, "3");
            String combined = written.next();
            assertTrue(combined.startsWith("127.0.0.1 - - ["), combined);
            assertTrue(combined.endsWith("] \"POST /ask?3 HTTP/1.1\" 200 3 \"http://from/\" \"\\\"me\\\"\\x09\\xe4\""), combined);
            house.live(place, "access-log", listener -> listener.withAccessLog(AccessLog.OFF));
            ask(client, "4");
            house.live(place, "access-log", listener -> listener.withAccessLog(AccessLog.COMBINED));
            client.send("nonsense\r\n".getBytes(StandardCharsets.US_ASCII)).expectRefusal();
            String refused = written.next();
            assertTrue(refused.matches(".*] \"-\" 400 \\d+ \"-\" \"-\""), refused);
        } finally {
            detach(place.name());
        }
        assertEquals(0, written.lines.size(), () -> "more was written: " + written.lines);
    }

    private static ServerConfig config(Place place, String listener, AccessLog log) {
        return place.withPool(ServerConfig.named("told").withDrain(House.QUICK), 8, 8, PoolConfig.WhenFull.REFUSE)
                .withListener(listener, ListenerConfig.at("127.0.0.1:0", Speech.HTTP.endpoint(new Deeds())).on(place.cell().io(), place.pool())
                        .withTimeouts(PATIENT).withAccessLog(log));
    }

    @SideBySide
    @FieldSource("PLACES")
    void servesOnWhenTheDiskIsFull(Place place) throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "no /dev/full");
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(CONTEXT);
        encoder.setPattern("%msg%n");
        encoder.start();
        appender.setEncoder(encoder);
        appender.setFile(full.toString());
        String name = "full-" + place;
        attached(name, appender);
        try (Server server = Server.start(config(place, name, AccessLog.COMBINED));
                Client client = new Client(server.listeners().getFirst().address(), Speech.HTTP)) {
            for (int i = 0; i < 100; i++) {
                ask(client, "" + i);
            }
        } finally {
            detach(name);
        }
    }

    @SideBySide
    @FieldSource("PLACES")
    void whoeverWatchesIsToldOfEachExchangeInItsOrder(Place place) throws IOException {
        Queue<Exchange> told = new ConcurrentLinkedQueue<>();
        try (Server server = Server.start(config(place, "web", AccessLog.OFF), List.of(), RequestProbe.Factory.NONE, exchange -> {
            told.add(exchange);
            throw new IllegalStateException("a watcher that fails");
        }); Client client = new Client(server.listeners().getFirst().address(), Speech.HTTP)) {
            client.ask("one").ask("throw");
            client.expect("1:one");
            client.expectRefusal();
            client.awaitEnd();
        }
        assertEquals(List.of("1 POST /ask 200 SUCCESS 5", "2 POST /ask 500 FAILED 61"), told.stream().map(one -> one.number() + " "
                + one.summary().method() + " " + one.summary().target() + " " + one.summary().status() + " " + one.outcome() + " "
                + one.summary().bytes()).toList());
        assertTrue(told.stream().allMatch(one -> one.service() > 0 && one.peer().listener().equals("web")));
    }
}
