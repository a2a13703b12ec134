package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalsTest {

    private final List<String> done = new CopyOnWriteArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final Signals signals = new Signals(now::get);

    @BeforeEach
    void start() {
        signals.start(new Recorder());
    }

    private final class Recorder implements Signals.Actions {
        @Override
        public void shutDown(String signal) {
            done.add("shut down by " + signal);
        }

        @Override
        public void force(String signal) {
            done.add("force by " + signal);
        }

        @Override
        public void halt(String signal) {
            done.add("halt by " + signal);
        }

        @Override
        public void hangUp() {
            done.add("hang up");
            if (done.size() == 1) {
                throw new IllegalStateException("on purpose");
            }
        }
    }

    @AfterEach
    void close() {
        signals.close();
    }

    @Test
    void theFirstShutsDownTheSecondForcesTheThirdHalts() {
        raise("TERM", 0);
        raise("INT", 1_000);
        raise("TERM", 2_000);
        awaitDone("shut down by TERM", "force by INT", "halt by TERM");
    }

    @Test
    void signalsWithin100MillisecondsCountAsOne() {
        raise("INT", 0);
        raise("TERM", 60);
        raise("INT", 99);
        raise("INT", 101);
        awaitDone("shut down by INT", "force by INT");
    }

    @Test
    void afterACancelledShutdownTheCountBeginsAnew() {
        raise("TERM", 0);
        raise("TERM", 500);
        awaitDone("shut down by TERM", "force by TERM");
        signals.forget();
        raise("TERM", 1_000);
        awaitDone("shut down by TERM", "force by TERM", "shut down by TERM");
    }

    @Test
    void aHangUpCountsForNothingAndAnActionThatThrowsEndsNothing() {
        raise("HUP", 0);
        raise("HUP", 10);
        raise("TERM", 20);
        awaitDone("hang up", "hang up", "shut down by TERM");
    }

    @Test
    void aRealSignalArrives() throws IOException {
        signals.handle(List.of("HUP"));
        new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid())).start();
        awaitDone("hang up");
    }

    private void raise(String name, long millis) {
        now.set(Duration.ofMillis(millis).toNanos());
        signals.raise(name);
    }

    private void awaitDone(String... what) {
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertEquals(List.of(what), List.copyOf(done)));
    }
}
