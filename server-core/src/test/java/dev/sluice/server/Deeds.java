package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Addresses;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.Peer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What handlers do when they are asked, and a watch over how they are called: never two calls at once for one connection, closed exactly
/// once, and not called after that.
final class Deeds {

    /// Made once: on a busy machine they take a while.
    private static final Map<String, String> BIG = new ConcurrentHashMap<>();

    private final Queue<Doer> doers = new ConcurrentLinkedQueue<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<String, Stop> stops = new ConcurrentHashMap<>();
    /// Whether handlers fail to open.
    volatile boolean unopenable;
    private final Map<String, Runnable> decoded = new ConcurrentHashMap<>();

    /// A place where handlers wait for the test.
    static final class Stop {
        final CountDownLatch arrived = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final AtomicInteger inside = new AtomicInteger();

        void awaitArrival() throws InterruptedException {
            assertTrue(arrived.await(20, TimeUnit.SECONDS), "no handler has come to the stop");
        }
    }

    Stop stop(String name) {
        return stops.computeIfAbsent(name, key -> new Stop());
    }

    /// Has an action run by the decoder that finds these words.
    void whenDecoded(String words, Runnable action) {
        decoded.put(words, action);
    }

    void decoded(String words) {
        decoded.getOrDefault(words, () -> {}).run();
    }

    Doer open(Peer peer) {
        if (unopenable) {
            throw new LinkageError("asked to fail in open");
        }
        Doer doer = new Doer(peer);
        doers.add(doer);
        return doer;
    }

    /// All handlers that were opened have been closed once.
    void assertAllClosed() {
        for (Doer doer : doers) {
            if (doer.closed.get() == 0) {
                await("the closing of the handler of " + doer.peer).until(() -> doer.closed.get() > 0);
            }
            assertEquals(1, doer.closed.get(), () -> "closed the handler of " + doer.peer);
        }
        assertTrue(faults.isEmpty(), faults::toString);
    }

    /// The watch over one handler, and its state in plain fields.
    final class Doer {
        private final Peer peer;
        private final AtomicInteger callers = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();
        private int calls;

        Doer(Peer peer) {
            this.peer = peer;
        }

        String answer(String words, Call call) throws Exception {
            if (callers.incrementAndGet() != 1) {
                faults.add("two calls at once for " + peer);
            }
            if (closed.get() != 0) {
                faults.add("called after it was closed: " + peer);
            }
            try {
                calls++;
                if (calls != call.requestNumber()) {
                    faults.add("call " + call.requestNumber() + " sees " + calls + " calls of " + peer);
                }
                return done(words);
            } finally {
                callers.decrementAndGet();
            }
        }

        private String done(String words) throws Exception {
            String[] parts = words.split(" ", 2);
            return switch (parts[0]) {
                case "throw" -> throw new Exception("asked to throw");
                case "error" -> throw new LinkageError("asked to throw an error");
                case "overflow" -> deeper(0);
                case "null" -> null;
                case "flag" -> {
                    Thread.currentThread().interrupt();
                    yield calls + ":" + words;
                }
                case "peer" -> calls + ":" + Addresses.text(peer.remote()) + " " + Addresses.text(peer.local());
                case "thread" -> calls + ":" + Thread.currentThread().getName();
                case "big" -> BIG.computeIfAbsent(parts[1], size -> "x".repeat(Integer.parseInt(size)));
                case "stop" -> stopped(stop(parts[1]), true);
                case "deaf" -> stopped(stop(parts[1]), false);
                default -> calls + ":" + words;
            };
        }

        private String deeper(int depth) {
            return deeper(depth + 1) + depth;
        }

        private String stopped(Stop stop, boolean hears) throws InterruptedException {
            stop.inside.incrementAndGet();
            stop.arrived.countDown();
            try {
                while (stop.open.getCount() > 0) {
                    try {
                        stop.open.await();
                    } catch (InterruptedException asked) {
                        stop.interrupted.countDown();
                        if (hears) {
                            throw asked;
                        }
                    }
                }
                return calls + ":went on";
            } finally {
                stop.inside.decrementAndGet();
            }
        }

        void close() {
            closed.incrementAndGet();
            if (callers.get() != 0) {
                faults.add("closed within a call: " + peer);
            }
        }
    }

    abstract static class Closing<Q, R> implements Handler<Q, R>, AutoCloseable {
        private final Doer doer;

        Closing(Doer doer) {
            this.doer = doer;
        }

        @Override
        public void close() {
            doer.close();
        }
    }
}
