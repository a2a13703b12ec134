package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When the reaper cancels a call on a loop, whose time is that of the loop's last look at the clock.
class LoopDeadlineTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration HANDLER = Duration.ofMillis(200);

    private final AtomicLong time = new AtomicLong(-1_000 * MILLI);
    private final Ticks ticks = new Ticks(InstantSource.system(), time::get);
    private final CountDownLatch freed = new CountDownLatch(1);
    private final Endpoint<String, String> endpoint = new Endpoint<>(new LineProtocol(), "waits", HandlerFactory.of((request, call) -> {
        freed.await();
        return request;
    }));
    private final Events events = new Events(List.of(), InstantSource.system());
    private Closer closer;
    private Listener listener;
    private LoopConnection<String, String> connection;
    private Thread handling;

    @BeforeEach
    void open() throws IOException {
        SelectorProvider provider = SelectorProvider.provider();
        closer = new Closer("sluice-closer", provider);
        ListenerConfig plain = ListenerConfig.at("127.0.0.1:0", endpoint).on(new IoModel.EventLoop(1), ServerConfig.INLINE);
        listener = Listener.bind("only", plain.withTimeouts(plain.timeouts().withHandler(HANDLER)),
                new ConnectionRegistry(new ServerLimits(1, 1), new AtomicLong()), null, RequestProbe.NONE,
                new Listener.Shared(closer, events, provider, new SpoolFolder(Path.of("")), ticks));
        Peer peer = new Peer(1, "only", new InetSocketAddress("127.0.0.1", 1_000), new InetSocketAddress(0));
        connection = new LoopConnection<>(SocketChannel.open(), peer, listener, endpoint, events, closer, new Loop("only", 0, ticks, provider));
    }

    @AfterEach
    void close() throws InterruptedException {
        freed.countDown();
        handling.join();
        connection.loop.close();
        listener.abort();
        closer.close();
        closer.thread().join();
    }

    /// Begins a request in a batch, by this look at the clock.
    private ActiveCall begin(long look) {
        connection.decoded("a", look);
        handling = Thread.ofPlatform().start(() -> connection.call("a", look, Ticks.ROUND, 0));
        await().until(() -> connection.state() == ConnectionState.HANDLING);
        return connection.current;
    }

    /// The reaper's rounds until the clock shows this time, a little less than ROUND apart.
    private void roundsUntil(long end) {
        while (time.get() < end) {
            time.set(Math.min(end, time.get() + 45 * MILLI));
            round();
        }
    }

    private void round() {
        long now = ticks.move();
        if (connection.late(now)) {
            connection.expire(now);
        }
    }

    @Test
    void comesAfterItsTimeAndARound() {
        roundsUntil(time.get() + 500 * MILLI);
        long begun = time.get();
        ActiveCall call = begin(begun);
        roundsUntil(begun + 249 * MILLI);
        assertNull(call.ended());
        roundsUntil(begun + 250 * MILLI);
        assertNotNull(call.ended());
    }

    /// The loop looks at the clock, all stands still, and then the loop is the first to go on.
    @Test
    void isNotEarlyAfterAPauseOfTheWholeServer() {
        roundsUntil(time.get() + 500 * MILLI);
        long look = time.get();
        time.addAndGet(1_000 * MILLI);
        ActiveCall call = begin(look);
        long begun = time.get();
        round();
        assertNull(call.ended(), "at once");
        roundsUntil(begun + 199 * MILLI);
        assertNull(call.ended(), "before its time");
        roundsUntil(begun + 250 * MILLI);
        assertNotNull(call.ended());
    }

    @Test
    void isNotEarlyWhereRoundsComeLateAgainAndAgain() {
        for (int i = 0; i < 20; i++) {
            time.addAndGet((60 + i) * MILLI);
            ticks.move();
        }
        long look = time.get();
        long begun = time.addAndGet(300 * MILLI);
        ActiveCall call = begin(look);
        for (int i = 0; i < 3; i++) {
            round();
            time.addAndGet(60 * MILLI);
        }
        round();
        assertNull(call.ended(), "before its time");
        roundsUntil(begun + 260 * MILLI);
        assertNotNull(call.ended(), "one pause makes it later, not each");
    }

    /// Of a call that had begun, its own time goes on.
    @Test
    void isNoLaterForAPauseInTheMiddle() {
        roundsUntil(time.get() + 500 * MILLI);
        ActiveCall call = begin(time.get());
        roundsUntil(time.get() + 100 * MILLI);
        assertNull(call.ended());
        time.addAndGet(1_000 * MILLI);
        round();
        assertNotNull(call.ended());
    }
}
