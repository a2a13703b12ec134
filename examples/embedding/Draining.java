import dev.sluice.api.Addresses;
import dev.sluice.api.CancelReport;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/// Drains, and changes its mind: type `drain`, `cancel`, or end the input.
public final class Draining {

    public static void main(String[] args) throws IOException, InterruptedException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7001";
        ServerConfig config = ServerConfig.named("drained")
                .withListener("echo", ListenerConfig.at(bind, new LineProtocol(), (line, call) -> line));

        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                switch (command) {
                    case "drain" -> drain(server);
                    case "cancel" -> cancel(server);
                    default -> System.out.println("drain or cancel?");
                }
            }
        } // drains with the configured budgets, forces what is left, releases everything
        System.out.println("closed");
    }

    /// Waits until every connection has ended, or the budgets are spent.
    private static void drain(Server server) throws InterruptedException {
        DrainReport report = server.drain(server.config().drain());
        report.phases().forEach(phase -> System.out.println(phase.phase() + ": " + phase.left() + " left"));
        System.out.println(server.state() + ", " + report.result());
    }

    /// Binds the same addresses again.
    private static void cancel(Server server) {
        CancelReport report = server.cancelDrain();
        System.out.println(server.state() + ", listening again: " + report.listening() + ", closed: " + report.closed());
    }
}
