package dev.sluice.bench;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.WebServer;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Helidon, which runs every connection on a virtual thread.
final class HelidonServer {

    private static final Header TYPE = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, Work.CONTENT_TYPE);

    private HelidonServer() {}

    public static void main(String[] words) {
        Options options = Options.of(words);
        Logger.getLogger("").setLevel(Level.WARNING);
        Work work = Work.of(options);
        WebServer.builder()
                .host(Work.HOST)
                .port(options.port())
                .backlog(Work.BACKLOG)
                .idleConnectionTimeout(Duration.ofSeconds(options.idleSeconds()))
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .routing(routing -> routing.get("/", (request, response) -> response.header(TYPE).send(work.perform())))
                .build()
                .start();
    }
}
