package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import dev.sluice.wire.ResponseWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DialogueTest {

    private static final int ROUNDS = 1_000;

    private final Events events = new Events(List.of(), InstantSource.system());
    private final ExecutorService caller = Executors.newSingleThreadExecutor();
    private Closer closer;
    private Listener listener;

    @BeforeEach
    void bind() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        ListenerConfig config = ListenerConfig.at("127.0.0.1:0", endpoint(new Closing())).on(IoModel.blocking(), ServerConfig.INLINE);
        listener = Listener.bind("only", config, new ConnectionRegistry(new ServerLimits(1, 1), new AtomicLong()), null, RequestProbe.NONE,
                new Listener.Shared(closer, events, SelectorProvider.provider(), new SpoolFolder(Path.of("")), new Ticks(InstantSource.system(), System::nanoTime)));
    }

    @AfterEach
    void close() throws InterruptedException {
        caller.close();
        listener.abort();
        closer.close();
        closer.thread().join();
    }

    private static final class Closing implements Handler<String, String>, AutoCloseable {
        final AtomicInteger closed = new AtomicInteger();
        int opened;

        @Override
        public String handle(String request, Call call) {
            return request;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private static Endpoint<String, String> endpoint(Closing handler) {
        return new Endpoint<>(new LineProtocol(), "closing", peer -> {
            handler.opened++;
            return handler;
        });
    }

    /// Calls go on until one is refused: at the latest the one that begins after the end.
    private static Result<String> callUntilItEnds(Dialogue<String, String> dialogue, Peer peer, AtomicInteger calls, AtomicBoolean ended) {
        Result<String> result;
        boolean last;
        do {
            last = ended.get();
            result = dialogue.call("a", new ActiveCall(peer, 1, Long.MAX_VALUE), System.nanoTime(), 0);
            calls.incrementAndGet();
        } while (result.refusal() == null && !last);
        return result;
    }

    @Test
    void closesTheHandlerOnceAndCallsItNoMoreWhereverTheEndMeetsACall() throws Exception {
        Peer peer = new Peer(1, "only", new InetSocketAddress("127.0.0.1", 1_000), listener.info().address());
        for (int i = 0; i < ROUNDS; i++) {
            Closing handler = new Closing();
            Dialogue<String, String> dialogue =
                    new Dialogue<>(listener, peer, endpoint(handler), new ResponseWriter<>(new LineProtocol()), events);
            AtomicInteger calls = new AtomicInteger();
            AtomicBoolean ended = new AtomicBoolean();
            Future<Result<String>> calling = caller.submit(() -> callUntilItEnds(dialogue, peer, calls, ended));
            for (int wanted = i % 8; calls.get() < wanted; ) {
                Thread.onSpinWait();
            }
            if (dialogue.end()) {
                dialogue.closeHandler();
            }
            ended.set(true);
            assertInstanceOf(Refusal.Kicked.class, calling.get(20, TimeUnit.SECONDS).refusal());
            assertEquals(handler.opened, handler.closed.get(), "closed, of those that were opened");
        }
    }
}
