package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionRegistryTest {

    private static final Endpoint<String, String> ENDPOINT =
            new Endpoint<>(new LineProtocol(), "none", HandlerFactory.of((request, call) -> request));

    private final AtomicLong clock = new AtomicLong();
    private final ConnectionRegistry registry = new ConnectionRegistry(new ServerLimits(6, 4), new AtomicLong(), clock::get);
    private final Events events = new Events(List.of(), InstantSource.system());
    private Closer closer;
    private Listener one;
    private Listener two;

    @BeforeEach
    void bind() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        one = listener("one");
        two = listener("two");
    }

    private Listener listener(String name) throws IOException {
        ListenerConfig config = ListenerConfig.at("127.0.0.1:0", ENDPOINT).on(IoModel.blocking(), ServerConfig.INLINE);
        return Listener.bind(name, config.withLimits(config.limits().withConnections(5, 3)), registry, null, RequestProbe.NONE,
                new Listener.Shared(closer, events, SelectorProvider.provider(), new SpoolFolder(Path.of("")), new Ticks(InstantSource.system(), System::nanoTime)));
    }

    @AfterEach
    void close() throws InterruptedException {
        one.abort();
        two.abort();
        closer.close();
        closer.thread().join();
    }

    private Peer user(String name) {
        return new Peer(registry.nextId(), "", UnixDomainSocketAddress.of(""), UnixDomainSocketAddress.of("/run/one.sock"), name);
    }

    private Peer address(String text) throws IOException {
        return new Peer(registry.nextId(), "", new InetSocketAddress(InetAddress.getByName(text), 1_000), new InetSocketAddress(0));
    }

    private Connection<String, String> connection(Listener listener, Peer from) throws IOException {
        Peer peer = new Peer(registry.nextId(), listener.name(), from.remote(), from.local());
        return new BlockingConnection<>(SocketChannel.open(), peer, listener, ENDPOINT, events, closer);
    }

    @Test
    void countsPlacesByAddressByListenerAndInAllAndGivesThemBack() throws IOException {
        Peer near = address("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            assertNull(registry.reserve(one, near));
        }
        assertEquals(RefusalReason.ADDRESS_LIMIT, registry.reserve(one, near), "of the listener");
        assertNull(registry.reserve(two, near));
        assertEquals(RefusalReason.ADDRESS_LIMIT, registry.reserve(two, near), "of the server");
        assertNull(registry.reserve(one, address("192.0.2.2")));
        assertNull(registry.reserve(one, address("192.0.2.3")));
        assertEquals(RefusalReason.SERVER_LIMIT, registry.reserve(two, address("192.0.2.4")));

        registry.refused(two, near, RefusalReason.POOL_FULL);
        assertEquals(RefusalReason.LISTENER_LIMIT, registry.reserve(one, address("192.0.2.4")));
        assertNull(registry.reserve(two, address("192.0.2.4")));

        var refused = registry.account().refused();
        assertEquals(List.of(2L, 1L, 1L, 1L), List.of(refused.get(RefusalReason.ADDRESS_LIMIT), refused.get(RefusalReason.SERVER_LIMIT),
                refused.get(RefusalReason.LISTENER_LIMIT), refused.get(RefusalReason.POOL_FULL)));
        assertEquals(5, registry.account().accepted());
        assertEquals(0, registry.account().admitted());
    }

    @Test
    void takesTheWholeOfASubnetOfSixtyFourBitsForOneAddress() throws IOException {
        Object key = ConnectionRegistry.addressKey(address("2001:db8:1:2::1"));
        assertEquals(key, ConnectionRegistry.addressKey(address("2001:db8:1:2:ffff:ffff:ffff:ffff")));
        assertNotEquals(key, ConnectionRegistry.addressKey(address("2001:db8:1:3::1")));
        assertNotEquals(ConnectionRegistry.addressKey(address("192.0.2.1")), ConnectionRegistry.addressKey(address("192.0.2.2")));
        assertEquals(ConnectionRegistry.addressKey(address("192.0.2.1")), ConnectionRegistry.addressKey(address("::ffff:192.0.2.1")));
    }

    @Test
    void takesAUserOfAUnixDomainSocketForOneAddressWhateverGroupHeIsIn() {
        Object key = ConnectionRegistry.addressKey(user("ada:staff"));
        assertEquals(key, ConnectionRegistry.addressKey(user("ada:wheel")));
        assertNotEquals(key, ConnectionRegistry.addressKey(user("bob:staff")));
        for (int i = 0; i < 3; i++) {
            assertNull(registry.reserve(one, user("ada:staff")));
        }
        assertEquals(RefusalReason.ADDRESS_LIMIT, registry.reserve(one, user("ada:wheel")));
        assertNull(registry.reserve(one, user("bob:staff")));
    }

    /// Admits as many as may come from an address now, and lets each go at once.
    private int come(Listener listener, Peer from, int tries) {
        int permitted = 0;
        for (int i = 0; i < tries; i++) {
            RefusalReason reason = registry.reserve(listener, from);
            if (reason == null) {
                permitted++;
                registry.refused(listener, from, RefusalReason.POOL_FULL);
            } else {
                assertEquals(RefusalReason.RATE_LIMIT, reason);
            }
        }
        return permitted;
    }

    private void rates(int whole, int listener) {
        registry.limits(new ServerLimits(6, 4).withRatePerAddress(whole));
        one.reconfigure(one.config().withLimits(one.config().limits().withRatePerAddress(listener)), null);
    }

    @Test
    void refusesWhatExceedsTheRateOfTheServerOrOfTheListener() throws IOException {
        Peer near = address("192.0.2.1");
        rates(3, 0);
        assertEquals(2, come(one, near, 2));
        assertEquals(1, come(two, near, 5), "of the server");
        assertEquals(3, come(two, address("192.0.2.2"), 5), "another address");

        rates(0, 2);
        assertEquals(2, come(one, near, 5), "of the listener");
        assertEquals(20, come(two, near, 20), "the other has no limit");
        clock.addAndGet(Duration.ofMillis(500).toNanos());
        assertEquals(1, come(one, near, 5), "half a second later");
        assertEquals(4L + 2 + 3 + 4, registry.account().refused().get(RefusalReason.RATE_LIMIT).longValue());
    }

    /// Else a listener that refuses would use up what the address may do elsewhere.
    @Test
    void countsForNeitherRateWhatOneOfThemRefuses() throws IOException {
        Peer near = address("192.0.2.1");
        rates(4, 1);
        assertEquals(1, come(one, near, 50));
        assertEquals(3, come(two, near, 50));
    }

    @Test
    void countsNothingTowardsARateThatALimitHasRefused() throws IOException {
        rates(3, 0);
        Peer near = address("192.0.2.1");
        for (int i = 0; i < 5; i++) {
            registry.seal();
            assertEquals(RefusalReason.DRAINING, registry.reserve(one, near));
            registry.unseal();
        }
        assertEquals(3, come(one, near, 9));
    }

    @Test
    void countsAConnectionAdmittedAndEndedOnceWhateverIsCalledTwice() throws IOException {
        Peer from = address("192.0.2.1");
        assertNull(registry.reserve(one, from));
        Connection<String, String> connection = connection(one, from);
        connection.admit();
        connection.admit();
        assertEquals(1, registry.account().connections());
        connection.end(CloseReason.PEER, "");
        connection.end(CloseReason.RESET, "");
        var account = registry.account();
        assertEquals(List.of(1L, 1L, 0L), List.of(account.admitted(), account.closed().get(CloseReason.PEER), account.closed().get(CloseReason.RESET)));
        assertEquals(0, account.connections());
        assertEquals(1, account.peak());
        connection.closeChannel();
    }

    /// The acceptor counts a connection while the pool's thread serves it, and may have ended it already.
    @Test
    void keepsNoneThatEndsWhileItIsBeingAdmitted() throws Exception {
        int rounds = 5_000;
        Peer from = address("192.0.2.1");
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService others = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < rounds; i++) {
                assertNull(registry.reserve(one, from));
                Connection<String, String> connection = connection(one, from);
                Future<?> admitting = others.submit(() -> {
                    start.await();
                    connection.admit();
                    return null;
                });
                start.await();
                connection.admit();
                assertTrue(registry.living().contains(connection), "served before it was known");
                connection.end(CloseReason.PEER, "");
                admitting.get();
                assertTrue(registry.living().isEmpty(), "known after its end");
                connection.closeChannel();
            }
        }
        assertEquals(rounds, registry.account().admitted());
    }

    @Test
    void meetsOnceEachThatLivesWhileOthersComeAndGo() throws IOException {
        Living living = new Living();
        List<Connection<String, String>> all = entered(living, 200);
        List<Long> met = new ArrayList<>();
        for (Connection<?, ?> connection : living) {
            met.add(connection.id());
            if (met.size() == 50) {
                all.subList(0, 150).forEach(living::leave); // those that were met, and those that are to come
                entered(living, 300);                       // in their places, and in more
            }
        }
        List<Long> stayed = all.subList(150, 200).stream().map(Connection::id).toList();
        assertTrue(met.containsAll(stayed), () -> "of " + stayed + " only " + met);
        assertEquals(met.stream().distinct().toList(), met);
        assertEquals(350, living.size());
        assertEquals(350, living.stream().distinct().count());
    }

    @Test
    void findsByItsNumberWhoeverLives() throws IOException {
        Living living = new Living();
        List<Connection<String, String>> all = entered(living, 3);
        living.leave(all.get(1));
        living.leave(all.get(1));
        assertEquals(all.get(2), living.find(all.get(2).id()));
        assertNull(living.find(all.get(1).id()));
        assertEquals(List.of(true, false, true), all.stream().map(living::holds).toList());
        Connection<String, String> next = entered(living, 1).getFirst();
        assertEquals(List.of(true, false), List.of(living.holds(next), living.holds(all.get(1))), "in its place");
        assertEquals(3, living.size());
    }

    private List<Connection<String, String>> entered(Living living, int count) throws IOException {
        List<Connection<String, String>> entered = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Connection<String, String> connection = connection(one, address("192.0.2.1"));
            connection.closeChannel();
            living.enter(connection);
            entered.add(connection);
        }
        return entered;
    }

    private Connection<String, String> unnamed(Listener listener) throws IOException {
        assertNull(registry.reserve(listener, null));
        Connection<String, String> connection = connection(listener, address("127.0.0.1"));
        connection.expectPreface();
        connection.admit();
        return connection;
    }

    private @Nullable CloseReason named(Connection<?, ?> connection, String address) throws IOException {
        return connection.named(new Peer(connection.id(), "", new InetSocketAddress(InetAddress.getByName(address), 1_000), new InetSocketAddress(0)));
    }

    private static void end(Connection<?, ?> connection, CloseReason reason) {
        connection.end(reason, "");
        connection.closeChannel();
    }

    @Test
    void countsWhomABalancerNamesUnderHisAddressOnceHeIsNamed() throws IOException {
        List<Connection<?, ?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(unnamed(one)); // more than one address may have there
        }
        for (int i = 0; i < 3; i++) {
            assertNull(named(all.get(i), "192.0.2.1"));
        }
        assertEquals(CloseReason.ADDRESS_LIMIT, named(all.get(3), "192.0.2.1"), "of the listener");
        end(all.get(3), CloseReason.ADDRESS_LIMIT);
        assertEquals(RefusalReason.ADDRESS_LIMIT, registry.reserve(one, address("192.0.2.1")), "one that comes by itself counts with them");
        end(all.get(0), CloseReason.PEER);
        assertNull(registry.reserve(one, address("192.0.2.1")), "a place has been given back");
        registry.refused(one, address("192.0.2.1"), RefusalReason.POOL_FULL);
        end(all.get(1), CloseReason.PEER);
        end(all.get(2), CloseReason.PEER);
        assertEquals(3, come(one, address("192.0.2.1"), 3));
        var account = registry.account();
        assertEquals(List.of(4L, 3L, 1L), List.of(account.admitted(), account.closed().get(CloseReason.PEER), account.closed().get(CloseReason.ADDRESS_LIMIT)));
        assertEquals(account.accepted(), account.admitted() + account.refused().values().stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void holdsTheTotalsForThoseWhomNobodyHasNamedYet() throws IOException {
        List<Connection<?, ?>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(unnamed(one));
        }
        assertEquals(RefusalReason.LISTENER_LIMIT, registry.reserve(one, null));
        all.add(unnamed(two));
        assertEquals(RefusalReason.SERVER_LIMIT, registry.reserve(two, null));
        all.forEach(connection -> end(connection, CloseReason.SLOW_PREFACE));
        end(unnamed(one), CloseReason.SLOW_PREFACE);
        registry.seal();
        assertEquals(RefusalReason.DRAINING, registry.reserve(one, null));
    }

    /// It keeps none that is refused from a later turn.
    @Test
    void limitsTheRateOfThoseWhomABalancerNames() throws IOException {
        rates(2, 0);
        for (int i = 0; i < 2; i++) {
            Connection<?, ?> connection = unnamed(one);
            assertNull(named(connection, "192.0.2.1"));
            end(connection, CloseReason.PEER);
        }
        Connection<?, ?> over = unnamed(one);
        assertEquals(CloseReason.RATE_LIMIT, named(over, "192.0.2.1"));
        end(over, CloseReason.RATE_LIMIT);
        clock.addAndGet(Duration.ofMillis(500).toNanos());
        Connection<?, ?> later = unnamed(one);
        assertNull(named(later, "192.0.2.1"));
        end(later, CloseReason.PEER);
    }

    /// A kick ends it while its own thread has just read its name: whichever comes first, no place is left behind.
    @Test
    void leavesNoPlaceBehindOfOneThatEndsWhileItIsNamed() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService others = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                Connection<?, ?> connection = unnamed(one);
                Future<?> ending = others.submit(() -> {
                    start.await();
                    connection.end(CloseReason.KICKED, "");
                    return null;
                });
                start.await();
                assertNull(named(connection, "192.0.2.1"));
                ending.get();
                connection.closeChannel();
            }
        }
        assertEquals(3, come(one, address("192.0.2.1"), 3));
        for (int i = 0; i < 3; i++) {
            assertNull(registry.reserve(one, address("192.0.2.1")));
        }
        assertEquals(0, registry.account().connections());
    }

    /// What has a place before the seal is served; what comes after it is refused: there is nothing between.
    @Test
    void letsNoneInAfterItIsSealed() throws Exception {
        Peer from = address("192.0.2.1");
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService others = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                Future<RefusalReason> reserving = others.submit(() -> {
                    start.await();
                    return registry.reserve(one, from);
                });
                start.await();
                registry.seal();
                RefusalReason after = registry.reserve(two, from);
                assertEquals(RefusalReason.DRAINING, after);
                if (reserving.get() == null) {
                    registry.refused(one, from, RefusalReason.POOL_FULL);
                }
                registry.unseal();
            }
        }
        var account = registry.account();
        assertEquals(account.accepted(), account.refused().values().stream().mapToLong(Long::longValue).sum());
        assertEquals(4_000, account.accepted());
    }
}
