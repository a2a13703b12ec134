import dev.sluice.api.Addresses;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainReport;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.io.IOException;
import java.time.Duration;

/// Starts, serves until the process is told to end, and ends without losing a request.
public final class Lifecycle {

    public static void main(String[] args) throws InterruptedException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7000";
        ServerConfig config = ServerConfig.named("greeter")
                .withPool("clients", PoolConfig.of(new PoolType.Virtual(), 10_000))
                .withListener("greet", ListenerConfig.at(bind, new LineProtocol(), (line, call) -> "hello, " + line)
                        .on(IoModel.blocking(), "clients"))
                .withDrain(DrainConfig.DEFAULT.withGrace(Duration.ofSeconds(10)));

        // Bound and accepting from here on; what close() has to do is nothing when the hook has done it.
        try (Server server = Server.start(config)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "end"));
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            server.awaitStopped();
        } catch (IOException cannotBind) {
            System.err.println("cannot start: " + cannotBind.getMessage());
            System.exit(1);
        }
    }

    /// Java waits for its hooks, but runs them all at once: whatever must come after the last request (closing a database)
    /// belongs in this one, behind the shutdown.
    private static void end(Server server) {
        try {
            DrainReport report = server.shutdown(server.config().drain());
            System.out.println("ended: " + report.result() + ", " + report.victims().size() + " connections closed by force");
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }
}
