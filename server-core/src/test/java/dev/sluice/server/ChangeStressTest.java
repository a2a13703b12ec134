package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Changes upon changes, under clients that never rest: whatever a listener becomes, no request is lost, every account is exact at every moment, and nothing is
/// left in the end.
@LeavesNothing
class ChangeStressTest {

    private static final int CHANGES = 200;
    private static final List<String> KEPT = List.of("web", "local");

    private final Deeds deeds = new Deeds();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 20_261_122})
    void twoHundredChangesLoseNoRequestAndLeaveNothing(long seed) throws Exception {
        Server server = start();
        SocketAddress there = server.listeners().getFirst().bind().getFirst();
        try (Asking web = new Asking(8, () -> there); Asking local = new Asking(4, () -> UnixDomainSocketAddress.of(folder.resolve("local")));
                Watching watching = new Watching(server); ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            web.awaitBegun();
            local.awaitBegun();
            Changes changes = new Changes(seed, deeds, KEPT, folder);
            for (int i = 1; i <= CHANGES; i++) {
                String which = "change " + i + " of seed " + seed;
                long enough = web.answered() + i % 3 * 10; // some come one upon the other
                change(server, changes.next(server.config()), i, taken.getLocalPort(), which);
                await("answers after " + which).atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                        .until(() -> web.answered() >= enough || !web.lost().isEmpty());
                assertEquals(List.of(), web.lost(), () -> which + " to " + server.config());
                assertEquals(List.of(), local.lost(), () -> which + " to " + server.config());
                assertEquals(List.of(), List.copyOf(watching.seen), which);
            }
            await("those before have left").until(() -> server.listeners().stream().allMatch(listener -> listener.retiring() == 0));
        }
        Account.check(server);
        server.close();
        assertEquals(List.of(), server.threads());
        deeds.assertAllClosed();
    }

    private Server start() throws IOException {
        ServerConfig config = Changes.withPools(ServerConfig.named("stress").withDrain(House.QUICK.withIdleGrace(Duration.ofSeconds(5))));
        return Server.start(config.withListener("web", ListenerConfig.at("127.0.0.1:0", Speech.HTTP.endpoint(deeds)))
                .withListener("local", ListenerConfig.at("unix:" + folder.resolve("local"), Speech.HTTP.endpoint(deeds))));
    }

    /// Now and then while the listener is paused, now and then together with something that cannot be had.
    private static void change(Server server, ServerConfig next, int i, int taken, String which) {
        if (i % 5 == 0) {
            server.pause("web");
        }
        if (i % 7 == 0) {
            ListenerConfig impossible = next.listeners().get("web").withBind(List.of(Addresses.parse("127.0.0.1:" + taken)));
            ServerConfig held = server.config();
            assertTrue(server.apply(next.withListener("impossible", impossible)).refused(), which);
            assertEquals(held, server.config());
        }
        ReloadReport report = server.apply(next);
        assertTrue(report.applied(), () -> which + ": " + report);
        if (i % 5 == 0) {
            server.resume("web");
        }
    }

    /// Looks at everything there is to see, again and again.
    private static final class Watching implements AutoCloseable {

        private final Queue<Throwable> seen = new ConcurrentLinkedQueue<>();
        private final Thread thread;
        private volatile boolean over;

        Watching(Server server) {
            thread = Thread.ofPlatform().start(() -> {
                while (!over && seen.isEmpty()) {
                    try {
                        Account.check(server);
                        server.pools();
                        server.connections();
                        server.threads();
                        server.loops();
                    } catch (Throwable wrong) {
                        seen.add(wrong);
                    }
                }
            });
        }

        @Override
        public void close() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
