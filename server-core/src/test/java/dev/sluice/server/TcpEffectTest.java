package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.TcpConfig;
import dev.sluice.engine.Flawed;
import dev.sluice.server.Cell.Place;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.provider.FieldSource;

/// Options of accepted sockets, as the kernel has them. Those of listening ones see [ListeningTest].
class TcpEffectTest extends EffectContract {

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.tcp.no-delay")
    void smallResponsesAreSentAtOnceOrNotOnConnectionsAcceptedFromThenOn(Place place) throws Exception {
        assertHoldsForTheNext(place, "no-delay", StandardSocketOptions.TCP_NODELAY, new TcpConfig(1_024, false, true, false));
    }

    @SideBySide
    @FieldSource("PLACES")
    @Effect("listeners.*.tcp.keep-alive")
    void theKernelLooksForVanishedPeersOrNotOnConnectionsAcceptedFromThenOn(Place place) throws Exception {
        assertHoldsForTheNext(place, "keep-alive", StandardSocketOptions.SO_KEEPALIVE, new TcpConfig(1_024, true, false, false));
    }

    /// Of an option that is off where nobody sets it, and that is on at first.
    private static void assertHoldsForTheNext(Place place, String key, SocketOption<Boolean> option, TcpConfig off) throws Exception {
        Flawed provider = new Flawed();
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", place.speech().endpoint(new Deeds())).on(place.cell().io(), place.pool());
        ServerConfig config = place.withPool(ServerConfig.named("tcp").withDrain(House.QUICK), 4, 4, PoolConfig.WhenFull.REFUSE);
        try (Server server = Server.start(config.withListener("only", listener), List.of(), RequestProbe.Factory.NONE, provider);
                Client before = client(server, place)) {
            before.ask("a").expect("1:a");
            ReloadReport report = server.apply(server.config().withListener("only", listener.withTcp(off)));
            assertEquals("listeners.only.tcp." + key + " " + ReloadReport.Kind.LIVE,
                    report.changes().getFirst().key() + " " + report.changes().getFirst().kind());
            try (Client after = client(server, place)) {
                after.ask("a").expect("1:a");
                assertEquals(List.of(true, false), options(provider, option));
                server.apply(server.config().withListener("only", listener));
                try (Client last = client(server, place)) {
                    last.ask("a").expect("1:a");
                    assertEquals(List.of(true, false, true), options(provider, option));
                }
            }
        }
    }

    private static Client client(Server server, Place place) throws IOException {
        return new Client(server.listeners().getFirst().address(), place.speech());
    }

    private static List<Boolean> options(Flawed provider, SocketOption<Boolean> option) throws IOException {
        List<Boolean> options = new ArrayList<>();
        for (SocketChannel accepted : provider.accepted) {
            options.add(accepted.getOption(option));
        }
        return options;
    }
}
