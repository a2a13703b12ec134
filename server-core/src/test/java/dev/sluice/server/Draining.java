package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;

/// What operators do to a drain, beside a test, and what the test waits for meanwhile. Nothing here waits for more than twenty seconds.
final class Draining {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Draining() {}

    static CompletableFuture<DrainReport> drain(Server server, DrainConfig policy) {
        return apart(() -> server.drain(policy));
    }

    /// Does something on a thread of its own.
    static <T> CompletableFuture<T> apart(Callable<T> deed) {
        return apart(Thread.ofVirtual(), deed);
    }

    /// Does something that hardly ever waits, on a thread of the system's: clients and a server that keep each other busy on virtual threads
    /// leave none to those that are started elsewhere.
    static <T> CompletableFuture<T> busily(Callable<T> deed) {
        return apart(Thread.ofPlatform().daemon(), deed);
    }

    private static <T> CompletableFuture<T> apart(Thread.Builder thread, Callable<T> deed) {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.start(() -> {
            try {
                result.complete(deed.call());
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        });
        return result;
    }

    static <T> T get(CompletableFuture<T> result) throws Exception {
        return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// That a drain is in this phase, or in a later one.
    static void awaitPhase(Server server, DrainPhase phase) {
        Awaitility.await("phase " + phase).atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> {
            DrainPhase now = server.drainProgress().phase();
            return now != null && now.compareTo(phase) >= 0;
        });
    }

    static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nobody has come, or opened");
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// That a number, which is above 0, stands still for a tenth of a second.
    static void awaitStill(String what, LongSupplier number) {
        AtomicLong last = new AtomicLong();
        AtomicLong since = new AtomicLong(System.nanoTime());
        Awaitility.await("that " + what + " stands still").atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            long now = number.getAsLong();
            if (last.getAndSet(now) != now) {
                since.set(System.nanoTime());
            }
            return now > 0 && System.nanoTime() - since.get() > 100_000_000;
        });
    }
}
