package dev.sluice.bench;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.microhttp.EventLoop;
import org.microhttp.Header;
import org.microhttp.NoopLogger;
import org.microhttp.OptionsBuilder;
import org.microhttp.Response;

/// microhttp: `loops`. It leaves the date to its user, so the response is made anew each half second.
final class MicrohttpServer {

    private MicrohttpServer() {}

    private static volatile List<Header> headers = headers();

    public static void main(String[] words) throws IOException, InterruptedException {
        Options options = Options.of(words);
        Work work = Work.of(options);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(() -> headers = headers(), 500, 500, TimeUnit.MILLISECONDS);
        EventLoop loop = new EventLoop(
                OptionsBuilder.newBuilder()
                        .withHost(Work.HOST)
                        .withPort(options.port())
                        .withConcurrency(options.number("loops", 1))
                        .withAcceptLength(Work.BACKLOG)
                        .build(),
                NoopLogger.instance(),
                (request, callback) -> callback.accept(new Response(200, "OK", headers, work.perform())));
        loop.start();
        loop.join();
    }

    private static List<Header> headers() {
        return List.of(new Header("Content-Type", Work.CONTENT_TYPE),
                new Header("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))));
    }
}
