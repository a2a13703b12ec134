import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Works no longer than somebody waits for it. Ask for `query` or `steps`. Ends with its input.
public final class SlowHandler {

    private static final Duration TO_ANSWER = Duration.ofSeconds(1);

    /// Stands for a database, or for another server.
    private static final ExecutorService ELSEWHERE = Executors.newVirtualThreadPerTaskExecutor();

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7006";
        Duration deadline = Duration.ofSeconds(args.length > 1 ? Integer.parseInt(args[1]) : 3);
        ServerConfig config = ServerConfig.named("slow")
                .withPool("workers", PoolConfig.of(new PoolType.Virtual(), 100))
                .withListener("slow", ListenerConfig.at(bind, new LineProtocol(), SlowHandler::answer)
                        .on(IoModel.eventLoop(), "workers")
                        .withTimeouts(Timeouts.DEFAULT.withHandler(deadline)));

        try (ELSEWHERE; Server server = Server.start(config)) { // closed in reverse: the server first
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }

    private static String answer(String line, Call call) throws Exception {
        return switch (line) {
            case "query" -> query(call);
            case "steps" -> steps(call);
            default -> "query or steps?";
        };
    }

    /// Work that others do is told how long it may take, with a rest that is enough for an answer in words of one's own; and
    /// it is told to stop when nobody waits for it any more.
    private static String query(Call call) throws Exception {
        Future<String> rows = ELSEWHERE.submit(SlowHandler::rows);
        call.onEnding(why -> {
            System.out.println("query cancelled: " + why);
            rows.cancel(true);
        });
        try {
            return rows.get(call.remaining().minus(TO_ANSWER).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            rows.cancel(true);
            return "the database is slow today";
        }
    }

    private static String rows() throws InterruptedException {
        System.out.println("query begun");
        Thread.sleep(Duration.ofHours(1));
        return "42";
    }

    /// Work of one's own looks between two steps whether anybody still waits. An interrupt comes too, but it ends only what
    /// waits.
    private static String steps(Call call) {
        double sum = 0;
        for (int step = 1; !call.cancelled(); step++) {
            sum += Math.sqrt(step);
        }
        System.out.println("steps given up");
        return "so far " + sum; // nobody is told, since the call is over
    }
}
