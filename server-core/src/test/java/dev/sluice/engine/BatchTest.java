package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchTest {

    private final List<String> told = new ArrayList<>();
    private final Batch batch = new Batch();
    private Closer closer;
    private Listener listener;

    @BeforeEach
    void bind() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        Endpoint<String, String> echo = new Endpoint<>(new LineProtocol(), "echo", HandlerFactory.of((request, call) -> request));
        Listener.Shared shared = new Listener.Shared(closer, new Events(List.of(), InstantSource.system()), SelectorProvider.provider(),
                new SpoolFolder(Path.of("")), new Ticks(InstantSource.system(), System::nanoTime));
        listener = Listener.bind("only", ListenerConfig.at("127.0.0.1:0", echo).on(IoModel.blocking(), ServerConfig.INLINE),
                new ConnectionRegistry(new ServerLimits(1, 1), new AtomicLong()), null,
                (outcome, wait, service) -> told.add(outcome + " " + wait + " " + service), shared);
    }

    @AfterEach
    void close() throws InterruptedException {
        listener.abort();
        closer.close();
        closer.thread().join();
    }

    @Test
    void sharesItsTimeEvenlyAndCountsEachOutcome() {
        batch.begin(listener, 1_000);
        batch.add(Outcome.SUCCESS);
        batch.begin(listener, 1_000);
        batch.add(Outcome.CLIENT_ERROR);
        batch.begin(listener, 1_000);
        batch.add(Outcome.SUCCESS);
        assertEquals(List.of(), told);
        batch.settle(listener, 4_000);
        assertEquals(List.of("SUCCESS 0 1000", "SUCCESS 0 1000", "CLIENT_ERROR 0 1000"), told);
        assertEquals(3, listener.serviceTime().latency().count());
        assertTrue(batch.isEmpty());
    }

    @Test
    void letsNoRequestThatComesAfterALongOneShareItsTime() {
        batch.begin(listener, 1_000);
        batch.add(Outcome.SUCCESS);
        batch.begin(listener, 9_000_000);
        assertEquals(List.of("SUCCESS 0 8999000"), told);
        batch.add(Outcome.SUCCESS);
        batch.settle(listener, 9_000_500);
        assertEquals("SUCCESS 0 500", told.getLast());
    }

    /// Those before it share next to nothing, since their time cannot be told from its.
    @Test
    void countsARequestDuringWhichTheReaperHasLookedByItself() {
        batch.begin(listener, 1_000);
        assertTrue(batch.quick(listener, 1_000));
        batch.add(Outcome.SUCCESS);
        batch.begin(listener, 1_000);
        assertFalse(batch.quick(listener, 9_000_000));
        assertEquals(List.of("SUCCESS 0 1"), told);
        assertTrue(batch.isEmpty());
    }

    @Test
    void isFullWithSixteen() {
        for (int i = 0; i < 16; i++) {
            assertFalse(batch.isFull());
            batch.begin(listener, 1_000);
            batch.add(Outcome.SUCCESS);
        }
        assertTrue(batch.isFull());
    }

    @Test
    void countsNothingTwice() {
        batch.begin(listener, 1_000);
        batch.add(Outcome.FAILED);
        batch.settle(listener, 1_000);
        batch.settle(listener, 2_000);
        batch.begin(listener, 3_000);
        batch.settle(listener, 4_000);
        assertEquals(List.of("FAILED 0 1"), told);
        assertEquals(1, listener.registry().failures());
    }
}
