package dev.sluice.pool;

import static dev.sluice.api.PoolConfig.WhenFull.REFUSE;
import static dev.sluice.api.PoolConfig.WhenFull.WAIT;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Executors that fail, and works whose callbacks do.
class GateFailureTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<String> diary = new ArrayList<>();

    private static Gate gate(ExecutorService executor, int size, int queue, PoolConfig.WhenFull whenFull) {
        PoolType type = new PoolType.Custom("own", () -> executor, true);
        return Gate.open("f", new PoolConfig(type, size, queue, whenFull), PoolInfo.Unit.REQUEST);
    }

    private static ThreadPoolExecutor threads(int size, ThreadFactory factory) {
        return new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    }

    /// Runs as [ByHand] does, but with an `execute` of the test's.
    private abstract static class Failing extends ThreadPoolExecutor {
        Failing() {
            super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        }

        @Override
        public abstract void execute(Runnable task);
    }

    private static ExecutorService throwing(Throwable failure) {
        return new Failing() {
            @Override
            public void execute(Runnable task) {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
    }

    @Test
    void whatIsRejectedIsAbandonedWithItsCause() throws InterruptedException {
        for (Throwable failure : List.of(new RejectedExecutionException("full"), new OutOfMemoryError("unable to create native thread"))) {
            Gate gate = gate(throwing(failure), 1, 10, REFUSE);
            Errand errand = Errand.quick("a");
            assertEquals(Admission.ACCEPTED, gate.submit(errand));
            assertEquals(List.of("a abandoned"), errand.diary);
            assertEquals(failure, errand.cause);
            assertEquals(0, gate.active());
            assertEquals(0, gate.info().done());
            gate.close();
            assertTrue(gate.awaitEnded(LONG));
        }
    }

    @Test
    void whenTheExecutorBeginsToFailEverythingQueuedIsAbandonedWithoutNesting() {
        AtomicBoolean fails = new AtomicBoolean();
        List<Runnable> given = new ArrayList<>();
        Gate gate = gate(new Failing() {
            @Override
            public void execute(Runnable task) {
                if (fails.get()) {
                    throw new RejectedExecutionException("from now on");
                }
                given.add(task);
            }
        }, 1, 50_000, WAIT);
        AtomicInteger abandoned = new AtomicInteger();
        Errand first = Errand.quick("first", diary);
        gate.submit(first);
        for (int i = 0; i < 60_000; i++) {
            gate.submit(new Work() {
                @Override
                public void run(long queueWait) {
                    throw new AssertionError("ran");
                }

                @Override
                public void abandoned(Throwable cause) {
                    abandoned.incrementAndGet();
                }
            });
        }
        fails.set(true);
        given.getFirst().run();
        assertEquals(60_000, abandoned.get());
        assertEquals(0, gate.active());
        assertEquals(0, gate.waiting());
    }

    @Test
    void anExecutorThatRunsItsTasksInTheCallersThreadDoesNotNest() {
        List<Runnable> given = new ArrayList<>();
        AtomicBoolean direct = new AtomicBoolean();
        Gate gate = gate(new Failing() {
            @Override
            public void execute(Runnable task) {
                if (direct.get()) {
                    task.run();
                } else {
                    given.add(task);
                }
            }
        }, 1, 100_000, REFUSE);
        for (int i = 0; i < 100_000; i++) {
            gate.submit(Errand.quick("e", diary));
        }
        direct.set(true);
        given.getFirst().run();
        assertEquals(100_000, diary.size());
        assertEquals(100_000, gate.info().done());
        assertEquals(0, gate.active());
    }

    @Test
    void aTaskThatIsKeptAlthoughExecuteThrewIsAbandonedAndNeverRuns() {
        List<Runnable> kept = new ArrayList<>();
        Gate gate = gate(new Failing() {
            @Override
            public void execute(Runnable task) {
                kept.add(task);
                throw new OutOfMemoryError("unable to create native thread");
            }
        }, 1, 10, REFUSE);
        Errand errand = Errand.quick("a", diary);
        gate.submit(errand);
        kept.getFirst().run();
        assertEquals(List.of("a abandoned"), diary);
        assertEquals(0, gate.active());
    }

    @Test
    void aTaskThatRanAlthoughExecuteThrewIsNotAbandoned() {
        Gate gate = gate(new Failing() {
            @Override
            public void execute(Runnable task) {
                task.run();
                throw new RejectedExecutionException("too late");
            }
        }, 1, 10, REFUSE);
        gate.submit(Errand.quick("a", diary));
        gate.submit(Errand.quick("b", diary));
        assertEquals(List.of("a run", "b run"), diary);
        assertEquals(0, gate.active());
    }

    @Test
    void aTaskThatTheExecutorRunsTwiceRunsOnce() {
        Gate gate = gate(new Failing() {
            @Override
            public void execute(Runnable task) {
                task.run();
                task.run();
            }
        }, 1, 10, REFUSE);
        gate.submit(Errand.quick("a", diary));
        assertEquals(List.of("a run"), diary);
        assertEquals(0, gate.active());
        assertEquals(1, gate.info().done());
    }

    @Test
    void whatTheExecutorDroppedIsHandedBackAndItsPermitReturns() {
        ByHand executor = new ByHand();
        Gate gate = gate(executor, 1, 10, REFUSE);
        Errand dropped = Errand.quick("a", diary);
        gate.submit(dropped);
        executor.drop();
        assertEquals(List.of(dropped), gate.takeWaiting());
        assertEquals(0, gate.active());
        gate.submit(Errand.quick("b", diary));
        executor.runAll();
        assertEquals(List.of("b run"), diary);
    }

    /// Lets the first threads be made, then fails as the system does when it has no more.
    private static Thread making(AtomicInteger left, Runnable worker, boolean withNull) {
        if (left.getAndDecrement() > 0) {
            return new Thread(worker, "sluice-f-own");
        }
        if (withNull) {
            return null;
        }
        throw new OutOfMemoryError("unable to create native thread: planned by a test");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aThreadPoolThatGetsNoMoreThreadsServesOnWithThoseItHas(boolean withNull) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(1);
        Gate gate = gate(threads(3, worker -> making(left, worker, withNull)), 3, 10, REFUSE);
        CountDownLatch held = new CountDownLatch(1);
        Errand first = Errand.until(held);
        gate.submit(first);
        first.awaitBegun();
        Errand second = Errand.quick("b");
        gate.submit(second);
        assertEquals(withNull ? null : OutOfMemoryError.class, second.cause == null ? null : second.cause.getClass());
        left.set(5);
        held.countDown();
        second.awaitOver();
        Errand third = Errand.quick("c");
        gate.submit(third);
        assertEquals(List.of("c run"), third.awaitOver().diary);
        gate.close();
        assertTrue(gate.awaitEnded(LONG));
    }

    @Test
    void aThreadPoolWithoutAnyThreadHandsItsTaskBack() throws InterruptedException {
        AtomicInteger left = new AtomicInteger();
        Gate gate = gate(threads(1, worker -> making(left, worker, true)), 1, 10, REFUSE);
        Errand stranded = Errand.quick("a");
        gate.submit(stranded);
        assertTrue(gate.withdraw(stranded));
        assertEquals(0, gate.active());
        left.set(1);
        Errand next = Errand.quick("b");
        gate.submit(next);
        assertEquals(List.of("b run"), next.awaitOver().diary);
        assertEquals(List.of(), stranded.diary);
        gate.close();
        assertTrue(gate.awaitEnded(LONG));
    }

    @Test
    void aForkJoinPoolWithoutThreadsAbandonsAndRecovers() throws InterruptedException {
        AtomicBoolean fails = new AtomicBoolean(true);
        ForkJoinPool pool = new ForkJoinPool(1, owner -> {
            if (fails.get()) {
                throw new OutOfMemoryError("unable to create native thread: planned by a test");
            }
            return ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(owner);
        }, null, true);
        Gate gate = gate(pool, 1, 10, REFUSE);
        Errand first = Errand.quick("a");
        gate.submit(first);
        assertInstanceOf(OutOfMemoryError.class, first.awaitOver().cause);
        assertEquals(0, gate.active());
        fails.set(false);
        Errand second = Errand.quick("b");
        gate.submit(second);
        assertEquals(List.of("b run"), second.awaitOver().diary);
        assertEquals(List.of("a abandoned"), first.diary);
        gate.close();
        assertTrue(gate.awaitEnded(LONG));
    }

    @Test
    void anExecutorThatIsShutDownByItsOwnerAbandonsAll() throws InterruptedException {
        ExecutorService own = Executors.newFixedThreadPool(1);
        Gate gate = gate(own, 1, 10, REFUSE);
        own.shutdown();
        Errand errand = Errand.quick("a");
        gate.submit(errand);
        assertInstanceOf(RejectedExecutionException.class, errand.awaitOver().cause);
        assertEquals(0, gate.active());
    }

    @Test
    void callbacksThatThrowCostNothing() {
        ByHand executor = new ByHand();
        Gate gate = gate(executor, 1, 0, WAIT);
        gate.submit(Errand.quick("a", diary));
        gate.submit(new Work() {
            @Override
            public void run(long queueWait) {
                diary.add("b run");
            }

            @Override
            public void admitted() {
                throw new IllegalStateException("planned by a test");
            }

            @Override
            public void abandoned(Throwable cause) {}
        });
        executor.runAll();
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> gate.active() == 0);
        assertEquals(List.of("a run", "b run"), diary);

        Gate failing = gate(throwing(new RejectedExecutionException("full")), 1, 0, REFUSE);
        failing.submit(new Work() {
            @Override
            public void run(long queueWait) {}

            @Override
            public void abandoned(Throwable cause) {
                throw new IllegalStateException("planned by a test");
            }
        });
        assertEquals(0, failing.active());
    }
}
