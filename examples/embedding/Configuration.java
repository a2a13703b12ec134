import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.KeepAlive;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.api.UnixConfig;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.server.Server;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Every part of a configuration, built in code. Ends with its input.
public final class Configuration {

    public static void main(String[] args) throws IOException {
        String one = args.length > 0 ? args[0] : "127.0.0.1:7009";
        String other = args.length > 1 ? args[1] : "127.0.0.1:7010";
        Path file = Path.of(args.length > 2 ? args[2] : "configured.sock");

        // Port 0 lets the kernel choose, [::1]:7009 is IPv6, and :7009 every address of this machine.
        List<SocketAddress> addresses = List.of(Addresses.parse(one), Addresses.parse(other), Addresses.parse("unix:" + file));

        ListenerConfig lines = ListenerConfig.at(one, new LineProtocol(), Configuration::answer)
                .withBind(addresses)
                .on(IoModel.duplex(), "workers")
                .withLimits(ListenerLimits.DEFAULT
                        .withConnections(1_000, 2) // in all, and from one address
                        .withRatePerAddress(100) // new ones a second
                        .withPipelined(16)
                        .withSizes(new RequestLimits(80, 1_000, 1_000, 2_000))) // line, head, body and request, in bytes
                .withTimeouts(Timeouts.DEFAULT
                        .withIdle(Duration.ofMinutes(5))
                        .withHead(Duration.ofSeconds(5)) // for a line: from its first byte to its last
                        .withHandler(Duration.ofSeconds(10)))
                .withKeepAlive(KeepAlive.DEFAULT.withMaxRequests(3).withMaxAge(Duration.ofHours(1)))
                .withTcp(TcpConfig.DEFAULT.withBacklog(128))
                .withUnix(new UnixConfig("600")); // its user alone

        ServerConfig config = ServerConfig.named("configured")
                .withPool("workers", PoolConfig.of(new PoolType.WorkStealing(), 8)
                        .withQueue(100, PoolConfig.WhenFull.WAIT)) // read no more from who finds it full
                .withListener("lines", lines)
                .withLimits(new ServerLimits(2_000, 100)); // all traffic listeners together

        try (Server server = Server.start(config)) {
            for (SocketAddress address : server.listeners().getFirst().bind()) {
                System.out.println("listening at " + Addresses.text(address));
            }
            System.in.transferTo(System.out);
        }
    }

    private static String answer(String line, Call call) {
        return line + " at " + Addresses.text(call.peer().local());
    }
}
