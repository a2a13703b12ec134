import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.io.IOException;

/// Gives every line back: `nc 127.0.0.1 7011`, and type. Ends with its input.
public final class Echo {

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7011";

        // The classic server: a thread for each client, here a virtual one. The handler is called with one line after the other.
        ServerConfig config = ServerConfig.named("echo")
                .withPool("clients", PoolConfig.of(new PoolType.Virtual(), 1_000))
                .withListener("echo", ListenerConfig.at(bind, new LineProtocol(), (line, call) -> line)
                        .on(IoModel.blocking(), "clients"));

        // Accepts from here on. At the end of the block it takes no more clients, answers who has asked, and ends.
        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }
}
