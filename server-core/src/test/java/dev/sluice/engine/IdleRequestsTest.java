package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class IdleRequestsTest {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(IdleRequests.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String STUCK = "stuck";

    /// Of requests that were described, or were about to be when their thread hung.
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final AtomicInteger hung = new AtomicInteger();
    private final CountDownLatch freed = new CountDownLatch(1);
    private final Endpoint<String, String> endpoint = new Endpoint<>(new Hanging(), "none", HandlerFactory.of((request, call) -> request));
    private final AtomicLong ahead = new AtomicLong(60 * SECOND);
    private final Events events = new Events(List.of(), InstantSource.system());
    private final ConnectionRegistry registry = new ConnectionRegistry(new ServerLimits(100, 100), new AtomicLong());
    private final IdleRequests idle = new IdleRequests(List.of(registry), () -> System.nanoTime() + ahead.get());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Closer closer;
    private Listener one;
    private Listener two;

    /// Its `describe` does not return for some requests, until it is let.
    private final class Hanging implements Protocol<String, String> {
        private final LineProtocol line = new LineProtocol();

        @Override
        public String name() {
            return line.name();
        }

        @Override
        public Decoder<String> newDecoder() {
            return line.newDecoder();
        }

        @Override
        public Ending encode(String request, String response, boolean last, ByteSink out) {
            return line.encode(request, response, last, out);
        }

        @Override
        public Ending refuse(@Nullable String request, Refusal why, ByteSink out) {
            return line.refuse(request, why, out);
        }

        @Override
        public Outcome outcome(String response) {
            return line.outcome(response);
        }

        @Override
        public void describe(String request, StringBuilder into) {
            asked.add(request);
            if (request.startsWith(STUCK) && freed.getCount() > 0) {
                hung.incrementAndGet();
                try {
                    freed.await();
                } catch (InterruptedException nobodyDoes) {
                    throw new AssertionError(nobodyDoes);
                }
            }
            into.append(request);
        }
    }

    @BeforeEach
    void bind() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        one = listener("one");
        two = listener("two");
        log.start();
        LOG.setLevel(Level.INFO);
        LOG.addAppender(log);
    }

    private Listener listener(String name) throws IOException {
        return Listener.bind(name, ListenerConfig.at("127.0.0.1:0", endpoint).on(IoModel.blocking(), ServerConfig.INLINE), registry, null, RequestProbe.NONE,
                new Listener.Shared(closer, events, SelectorProvider.provider(), new SpoolFolder(Path.of("")),
                        new Ticks(InstantSource.system(), System::nanoTime)));
    }

    @AfterEach
    void close() throws InterruptedException {
        freed.countDown();
        LOG.detachAppender(log);
        LOG.setLevel(null);
        one.abort();
        two.abort();
        closer.close();
        closer.thread().join();
    }

    /// A connection that has made this request and waits for its next.
    private Connection<String, String> idle(Listener listener, String request) throws IOException {
        Peer peer = new Peer(registry.nextId(), listener.name(), new InetSocketAddress("127.0.0.1", 1_000), new InetSocketAddress(0));
        Connection<String, String> connection = new BlockingConnection<>(SocketChannel.open(), peer, listener, endpoint, events, closer);
        registry.reserve(listener, peer);
        registry.admitted(connection);
        connection.decoded(request, System.nanoTime());
        connection.state(ConnectionState.IDLE);
        return connection;
    }

    /// Looks until it is so. Seconds go by only while there is a call that does not return, and nobody has been told.
    private void lookUntil(BooleanSupplier so) {
        await().until(() -> {
            idle.tick();
            if (hung.get() > warnings().size()) {
                ahead.addAndGet(SECOND);
            }
            return so.getAsBoolean();
        });
    }

    /// A second goes by between one whole look and the next.
    private void lookAgain(int times) throws IOException {
        Connection<String, String> beating = idle(two, "beat");
        for (int i = 0; i < times; i++) {
            String beat = "beat " + i;
            beating.decoded(beat, System.nanoTime());
            lookUntil(() -> asked.contains(beat));
            ahead.addAndGet(SECOND);
        }
    }

    private List<String> warnings() {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static List<String> of(Queue<String> all, String start) {
        return all.stream().filter(request -> request.startsWith(start)).toList();
    }

    @Test
    void letsTheOthersGoOnWhereOneDescriptionDoesNotReturn() throws IOException {
        Connection<String, String> held = idle(one, STUCK);
        for (int i = 0; i < 10; i++) {
            idle(i % 2 == 0 ? one : two, "quick " + i);
        }
        lookUntil(() -> of(asked, "quick").size() == 10);
        lookUntil(() -> warnings().size() == 1);
        lookAgain(10);
        assertEquals(List.of(STUCK), of(asked, STUCK), "asked once");
        assertEquals(1, warnings().size(), () -> "told once: " + warnings());
        String told = warnings().getFirst();
        assertTrue(told.contains("event=describe-stuck listener=one connection=" + held.id() + " address=127.0.0.1:1000"), told);
        assertTrue(told.contains("Hanging.describe"), told);

        held.decoded("quick again", System.nanoTime());
        freed.countDown();
        lookUntil(() -> asked.contains("quick again"));
    }

    @Test
    void asksNoMoreOfAListenerWhereAFewHaveNotReturned() throws IOException {
        for (int i = 0; i < 3 * IdleRequests.MOST; i++) {
            idle(one, STUCK + i);
        }
        idle(two, "quick");
        lookUntil(() -> warnings().size() == IdleRequests.MOST && asked.contains("quick"));
        lookAgain(10);
        assertEquals(IdleRequests.MOST, of(asked, STUCK).size(), "threads that do not return");
        assertEquals(IdleRequests.MOST, warnings().size());
        assertTrue(warnings().getLast().contains("every idle connection of the listener"), warnings().getLast());

        freed.countDown();
        lookUntil(() -> of(asked, STUCK).size() == 3 * IdleRequests.MOST);
    }

    @Test
    void asksOfARequestOnce() throws IOException {
        idle(one, "quick");
        lookUntil(() -> asked.contains("quick"));
        lookAgain(10);
        assertEquals(List.of("quick"), of(asked, "quick"));
        assertEquals(List.of(), warnings());
    }
}
