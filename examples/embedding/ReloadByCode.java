import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Objects;

/// Changes while it serves: type `resize`, `type`, `move`, `rename`, or end the input.
public final class ReloadByCode {

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7007";
        String elsewhere = args.length > 1 ? args[1] : "127.0.0.1:7008";
        ServerConfig config = ServerConfig.named("changing")
                .withPool("workers", PoolConfig.of(new PoolType.Fixed(), 4))
                .withListener("echo", ListenerConfig.at(bind, new LineProtocol(), (line, call) -> line)
                        .on(IoModel.eventLoop(), "workers"));

        try (Server server = Server.start(config)) {
            System.out.println("listening at " + where(server));
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                change(server, next(command, server.config(), elsewhere));
                System.out.println("listening at " + where(server));
            }
        }
    }

    /// Made from the configuration that holds now, so that everything else stays the same, objects of our own included.
    private static ServerConfig next(String command, ServerConfig now, String elsewhere) {
        PoolConfig workers = Objects.requireNonNull(now.pools().get("workers"));
        ListenerConfig echo = Objects.requireNonNull(now.listeners().get("echo"));
        return switch (command) {
            case "resize" -> now.withPool("workers", workers.withSize(16));
            case "type" -> now.withPool("workers", PoolConfig.of(new PoolType.Virtual(), 1_000));
            case "move" -> now.withListener("echo", echo.withBind(List.of(Addresses.parse(elsewhere))));
            case "rename" -> new ServerConfig("another", now.pools(), now.listeners(), now.limits(), now.drain());
            default -> now; // of which the report is empty
        };
    }

    /// A plan touches nothing, and finds every key that cannot change while the server runs. That an address is taken shows only
    /// when it is bound; then, too, the report says so, and nothing has changed.
    private static void change(Server server, ServerConfig next) {
        ReloadReport plan = server.plan(next);
        ReloadReport report = plan.refused() ? plan : server.apply(next);
        for (ReloadReport.Change change : report.changes()) {
            System.out.println(change.key() + ": " + change.before() + " -> " + change.after()
                    + ", " + change.kind() + ", " + change.result());
        }
        System.out.println(report.applied() ? "the server follows" : "nothing has changed");
    }

    private static String where(Server server) {
        return Addresses.text(server.listeners().getFirst().bind().getFirst());
    }
}
