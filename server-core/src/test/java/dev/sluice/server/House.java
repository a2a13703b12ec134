package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerListener;
import dev.sluice.protocol.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A server with one listener, and one pool, for each place. Those that watch it throw whenever they are told anything.
final class House implements AutoCloseable {

    static final DrainConfig QUICK = new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ofMillis(50), Duration.ZERO,
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5));

    final Deeds deeds = new Deeds();
    final Queue<ServerEvent> events = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> outcomes = new ConcurrentHashMap<>();
    /// Of the Unix domain sockets; null where there are none.
    private final @Nullable Path sockets;
    final Server server;

    /// How a house is furnished.
    record Plan(Collection<Cell.Place> places, int size, int queue, PoolConfig.WhenFull whenFull, UnaryOperator<ListenerConfig> listener,
            UnaryOperator<ServerConfig> whole) {

        static Plan of(Cell.Place place) {
            return of(List.of(place));
        }

        static Plan of(Collection<Cell.Place> places) {
            return new Plan(places, 64, 1_000, PoolConfig.WhenFull.REFUSE, UnaryOperator.identity(), UnaryOperator.identity());
        }

        Plan pool(int nextSize, int nextQueue, PoolConfig.WhenFull nextFull) {
            return new Plan(places, nextSize, nextQueue, nextFull, listener, whole);
        }

        Plan listener(UnaryOperator<ListenerConfig> next) {
            return new Plan(places, size, queue, whenFull, next, whole);
        }

        Plan whole(UnaryOperator<ServerConfig> next) {
            return new Plan(places, size, queue, whenFull, listener, next);
        }

        House open() throws IOException {
            return new House(this);
        }
    }

    private House(Plan plan) throws IOException {
        sockets = plan.places().stream().anyMatch(Cell.Place::unix) ? Files.createTempDirectory("house") : null;
        ServerConfig config = ServerConfig.named("house").withDrain(QUICK);
        for (Cell.Place place : plan.places()) {
            String bind = place.unix() ? "unix:" + sockets.resolve(place.name()) : "127.0.0.1:0";
            ListenerConfig plain = ListenerConfig.at(bind, place.speech().endpoint(deeds));
            ListenerConfig listener = place.tls() ? Secure.listener(plain) : plain;
            config = place.withPool(config, plan.size(), plan.queue(), plan.whenFull())
                    .withListener(place.name(), plan.listener().apply(listener.on(place.cell().io(), place.pool())));
        }
        server = Server.start(plan.whole().apply(config), List.<ServerListener>of(events::add, this::fail), this::probe);
    }

    private void fail(ServerEvent event) {
        throw new IllegalStateException("a listener that fails on " + event);
    }

    private RequestProbe probe(String listener, dev.sluice.api.Role role, String protocol) {
        return (outcome, queueWait, service) -> {
            outcomes.computeIfAbsent(listener + " " + outcome, key -> new AtomicLong()).incrementAndGet();
            throw new IllegalStateException("a probe that fails on " + outcome);
        };
    }

    long outcomes(Cell.Place place, Outcome outcome) {
        return outcomes.getOrDefault(place.name() + " " + outcome, new AtomicLong()).get();
    }

    /// Changes one key of the running server, which takes it over at once.
    void live(String key, UnaryOperator<ServerConfig> change) {
        ReloadReport report = server.apply(change.apply(server.config()));
        assertTrue(report.applied(), report::toString);
        assertEquals(List.of(key + " " + ReloadReport.Kind.LIVE), report.changes().stream().map(one -> one.key() + " " + one.kind()).toList());
    }

    /// The same, of a listener.
    void live(Cell.Place place, String key, UnaryOperator<ListenerConfig> change) {
        live("listeners." + place.name() + "." + key,
                config -> config.withListener(place.name(), change.apply(config.listeners().get(place.name()))));
    }

    /// The same, of a pool.
    void livePool(Cell.Place place, String key, UnaryOperator<PoolConfig> change) {
        live("pools." + place.name() + "." + key, config -> config.withPool(place.name(), change.apply(config.pools().get(place.name()))));
    }

    SocketAddress address(Cell.Place place) {
        return server.listeners().stream().filter(listener -> listener.name().equals(place.name())).findFirst().orElseThrow().bind().getFirst();
    }

    Client client(Cell.Place place) throws IOException {
        return client(place, 0);
    }

    /// @param receiveBuffer in bytes; 0 for what is usual
    Client client(Cell.Place place, int receiveBuffer) throws IOException {
        return place.tls() ? Client.secure(address(place), place.speech(), receiveBuffer)
                : new Client(address(place), place.speech(), receiveBuffer);
    }

    List<ConnectionInfo> connections(Cell.Place place) {
        return server.connections().stream().filter(connection -> connection.listener().equals(place.name())).toList();
    }

    void awaitState(Cell.Place place, ConnectionState state, int count) {
        await(count + " in " + state).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() ->
                connections(place).stream().filter(connection -> connection.state() == state).count() == count);
    }

    /// How connections of a listener have ended, in the order of their ends; of the last 512 of the server.
    List<CloseReason> ends(Cell.Place place) {
        return server.recent().closed().stream().filter(closed -> closed.listener().equals(place.name())).map(closed -> closed.reason()).toList();
    }

    void awaitEnd(Cell.Place place, CloseReason reason) {
        await("the end for " + reason + " of " + place + ", where it was " + ends(place)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                .until(() -> events.stream().anyMatch(event -> event instanceof ServerEvent.ConnectionEnded(var role, var closed)
                        && closed.listener().equals(place.name()) && closed.reason() == reason));
    }

    /// Nothing of this listener is left: no connection, no permit; and the accounts are exact.
    void assertSettled(Cell.Place place) {
        await("connections of " + place).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> connections(place), List::isEmpty);
        await("permits of " + place).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> server.pools().stream()
                .filter(pool -> pool.name().equals(place.name())).allMatch(pool -> pool.active() == 0 && pool.queued() == 0));
        Account.check(server);
    }

    /// The next client is served.
    void assertServes(Cell.Place place) throws IOException {
        try (Client client = client(place)) {
            client.ask("still there").expect("1:still there");
        }
    }

    long refused(Cell.Place place, RefusalReason reason) {
        return server.listeners().stream().filter(listener -> listener.name().equals(place.name())).findFirst().orElseThrow().refused().get(reason);
    }

    PoolInfo pool(Cell.Place place) {
        return server.pools().stream().filter(pool -> pool.name().equals(place.name())).findFirst().orElseThrow();
    }

    /// Changes the type of the place's pool, and nothing else.
    void change(Cell.Place place, PoolType type) {
        ServerConfig config = server.config();
        PoolConfig pool = Objects.requireNonNull(config.pools().get(place.name()));
        ReloadReport report = server.apply(config.withPool(place.name(), new PoolConfig(type, pool.size(), pool.queue(), pool.whenFull())));
        assertEquals(List.of("pools." + place.name() + ".type"), report.changes().stream().map(ReloadReport.Change::key).toList());
        assertTrue(report.applied(), report::toString);
        assertEquals(type.name(), pool(place).type());
    }

    void awaitRetired(Cell.Place place) {
        await("that nothing is retiring").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> pool(place).retiring() == 0);
    }

    DrainReport shutdown(DrainConfig policy) throws InterruptedException {
        DrainReport report = server.shutdown(policy);
        assertEquals(List.of(), server.threads(), "threads after the end");
        assertEquals(List.of(), server.connections(), "connections after the end");
        Account.check(server);
        deeds.assertAllClosed();
        assertNoFileLeft();
        return report;
    }

    private void assertNoFileLeft() {
        try {
            if (sockets != null) {
                Files.deleteIfExists(sockets); // fails where anything is left in it
            }
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    /// Ends the server, which has nothing left to force, and finds nothing of it left.
    @Override
    public void close() {
        try {
            DrainReport report = shutdown(QUICK);
            assertTrue(report.victims().isEmpty(), () -> "victims: " + report.victims());
            assertEquals(List.of(), report.threads());
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
