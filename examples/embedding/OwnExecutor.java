import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Runs handlers on executors of its own: one that it shares with the server, and one that it gives away. Ends with its input.
public final class OwnExecutor {

    public static void main(String[] args) throws Exception {
        String shared = args.length > 0 ? args[0] : "127.0.0.1:7003";
        String given = args.length > 1 ? args[1] : "127.0.0.1:7004";
        ExecutorService ours = threads("ours", 4);
        ExecutorService theirs = threads("theirs", 4);

        // The gate in front gives an executor no more than `size` at once, so it needs as many threads, and no bound of its own.
        ServerConfig config = ServerConfig.named("executors")
                .withPool("shared", PoolConfig.of(new PoolType.Custom("ours", () -> ours, false), 4))
                .withPool("given", PoolConfig.of(new PoolType.Custom("theirs", () -> theirs, true), 4))
                .withListener("shared", whoServes(shared).on(IoModel.eventLoop(), "shared"))
                .withListener("given", whoServes(given).on(IoModel.eventLoop(), "given"));

        try (Server server = Server.start(config)) {
            server.listeners().forEach(one -> System.out.println(one.name() + " listens at " + Addresses.text(one.address())));
            System.in.transferTo(System.out);
        }
        System.out.println("theirs has ended: " + theirs.isTerminated());
        System.out.println("ours has ended: " + ours.isTerminated() + ", and goes on: " + ours.submit(() -> 6 * 7).get());
        ours.close();
    }

    private static ListenerConfig whoServes(String bind) {
        return ListenerConfig.at(bind, new LineProtocol(), (line, call) -> Thread.currentThread().getName());
    }

    private static ExecutorService threads(String name, int count) {
        return Executors.newFixedThreadPool(count, Thread.ofPlatform().name(name + "-", 1).factory());
    }
}
