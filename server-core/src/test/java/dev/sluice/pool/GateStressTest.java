package dev.sluice.pool;

import static dev.sluice.api.PoolConfig.WhenFull.REFUSE;
import static dev.sluice.api.PoolConfig.WhenFull.WAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Submitting, withdrawing, taking back, resizing and changing the type at once: every work ends in exactly one way, and every permit comes back.
class GateStressTest {

    private static final int SUBMITTERS = 4;
    private static final int EACH = 4_000;

    static Stream<PoolType> types() {
        return Stream.of(new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing(), new PoolType.Virtual(),
                new PoolType.Custom("capricious", Capricious::new, true));
    }

    /// Counts how often each end came. Some go on for a while, and move when the executor is replaced.
    private static final class Counted implements Moving {
        private int left;
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger admissions = new AtomicInteger();
        final AtomicInteger abandonments = new AtomicInteger();
        final AtomicInteger moves = new AtomicInteger();
        final AtomicInteger handedBack = new AtomicInteger();
        volatile boolean late;
        volatile boolean waited;
        private volatile boolean telling;

        Counted(int steps) {
            left = steps;
        }

        @Override
        public boolean run(long queueWait, BooleanSupplier replaced) {
            late |= telling || ends() > 0;
            while (left > 0) {
                left--;
                Thread.yield();
                if (replaced.getAsBoolean()) {
                    moves.incrementAndGet();
                    return true;
                }
            }
            runs.incrementAndGet();
            return false;
        }

        @Override
        public void admitted() {
            telling = true;
            late |= runs.get() + abandonments.get() > 0;
            admissions.incrementAndGet();
            Thread.yield();
            telling = false;
        }

        @Override
        public void abandoned(Throwable cause) {
            late |= telling;
            abandonments.incrementAndGet();
        }

        int ends() {
            return runs.get() + abandonments.get() + handedBack.get();
        }
    }

    /// Rejects some, runs some in the caller's thread, and some in others.
    private static final class Capricious extends AbstractExecutorService {
        private final ExecutorService threads = Executors.newFixedThreadPool(3);
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            switch (count.incrementAndGet() % 5) {
                case 0 -> throw new RejectedExecutionException("capricious");
                case 1 -> task.run();
                case 2 -> {
                    threads.execute(task);
                    throw new RejectedExecutionException("taken all the same");
                }
                default -> threads.execute(task);
            }
        }

        @Override
        public void shutdown() {
            threads.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return threads.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return threads.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return threads.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return threads.awaitTermination(timeout, unit);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyWorkEndsInExactlyOneWay(PoolType type) throws InterruptedException {
        Gate gate = Gate.open("s", new PoolConfig(type, 3, 20, WAIT), PoolInfo.Unit.REQUEST);
        Queue<Counted> accepted = new ConcurrentLinkedQueue<>();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> submitters = new ArrayList<>();
        for (int i = 0; i < SUBMITTERS; i++) {
            Random random = new Random(i);
            submitters.add(Thread.ofPlatform().start(() -> submitAll(gate, random, accepted, refused)));
        }
        Thread disturber = Thread.ofPlatform().start(() -> disturb(gate, submitters));
        for (Thread submitter : submitters) {
            submitter.join();
        }
        disturber.join();
        gate.close();
        assertTrue(gate.awaitEnded(Duration.ofSeconds(20)), () -> "did not end: " + gate.info());

        assertEquals(SUBMITTERS * EACH, accepted.size() + refused.get());
        assertEquals(0, accepted.stream().filter(work -> work.ends() != 1).count(), "works without exactly one end");
        assertEquals(0, accepted.stream().filter(work -> work.late).count(), "works told too late that they moved on");
        assertEquals(0, accepted.stream().filter(work -> work.admissions.get() > (work.waited ? 1 : 0)).count(), "admitted too often");
        assertEquals(0, accepted.stream()
                .filter(work -> work.waited && work.handedBack.get() == 0 && work.admissions.get() != 1).count(), "never admitted");
        assertEquals(0, gate.active());
        assertEquals(0, gate.waiting());
        assertEquals(0, gate.info().retiring());
        assertEquals(refused.get(), gate.info().refused());
        // One that had begun, and was dropped or taken back on its way to another executor, has run all the same.
        long done = accepted.stream().filter(work -> work.runs.get() > 0 || work.moves.get() > 0).count();
        assertEquals(done, gate.info().done());
    }

    /// Each has moved three times before it ends.
    @Test
    void whatLastsMovesFromExecutorToExecutorAndArrives() throws InterruptedException {
        List<PoolType> types = types().limit(4).toList();
        Gate gate = Gate.open("s", new PoolConfig(types.getFirst(), 8, 1_000, REFUSE), PoolInfo.Unit.CONNECTION);
        CountDownLatch all = new CountDownLatch(200);
        List<AtomicInteger> ends = Stream.generate(AtomicInteger::new).limit(all.getCount()).toList();
        ends.forEach(one -> gate.submit(new Moving() {
            private int moves;

            @Override
            public boolean run(long queueWait, BooleanSupplier replaced) {
                while (moves < 3) {
                    Thread.yield();
                    if (replaced.getAsBoolean()) {
                        moves++;
                        return true;
                    }
                }
                return false;
            }

            @Override
            public void done() {
                one.incrementAndGet();
                all.countDown();
            }

            @Override
            public void abandoned(Throwable cause) {
                throw new AssertionError(cause);
            }
        }));
        for (int i = 1; all.getCount() > 0; i++) {
            try (Change change = gate.prepare(new PoolConfig(types.get(i % types.size()), 8, 1_000, REFUSE))) {
                change.commit();
            }
            while (gate.info().retiring() > 0) {
                Thread.yield();
            }
        }
        assertTrue(all.await(20, TimeUnit.SECONDS));
        gate.close();
        assertTrue(gate.awaitEnded(Duration.ofSeconds(20)), () -> "did not end: " + gate.info());
        assertTrue(ends.stream().allMatch(one -> one.get() == 1));
        assertEquals(ends.size(), gate.info().done());
        assertEquals(List.of(), gate.living());
    }

    private static void submitAll(Gate gate, Random random, Queue<Counted> accepted, AtomicInteger refused) {
        for (int i = 0; i < EACH; i++) {
            Counted work = new Counted(random.nextInt(3) == 0 ? random.nextInt(20) : 0);
            Admission admission = random.nextInt(20) == 0 ? gate.submitBeyondCapacity(work) : gate.submit(work);
            work.waited = admission == Admission.WAITING;
            if (admission == Admission.REFUSED) {
                refused.incrementAndGet();
                continue;
            }
            accepted.add(work);
            if (random.nextInt(4) == 0 && gate.withdraw(work)) {
                work.handedBack.incrementAndGet();
            }
        }
    }

    private static void disturb(Gate gate, List<Thread> submitters) {
        Random random = new Random(42);
        List<PoolType> types = types().toList();
        while (submitters.stream().anyMatch(Thread::isAlive)) {
            switch (random.nextInt(4)) {
                case 0 -> gate.resize(1 + random.nextInt(6));
                case 1 -> change(gate, types.get(random.nextInt(types.size())), random);
                case 2 -> gate.takeWaiting().forEach(work -> ((Counted) work).handedBack.incrementAndGet());
                default -> {
                    gate.info();
                    gate.sample();
                }
            }
            Thread.yield();
        }
    }

    private static void change(Gate gate, PoolType type, Random random) {
        PoolConfig next = new PoolConfig(type, 1 + random.nextInt(6), random.nextInt(30), random.nextBoolean() ? WAIT : REFUSE);
        try (Change change = gate.prepare(next)) {
            if (random.nextInt(5) > 0) {
                change.commit();
            }
        }
    }
}
