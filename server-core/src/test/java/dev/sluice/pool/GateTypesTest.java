package dev.sluice.pool;

import static dev.sluice.api.PoolConfig.WhenFull.REFUSE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every pool type has in common, on real threads, and what is each type's own.
class GateTypesTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final CountDownLatch held = new CountDownLatch(1);
    private final List<Gate> gates = new ArrayList<>();

    static Stream<PoolType> types() {
        return Stream.of(new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing(), new PoolType.Virtual(),
                new PoolType.Custom("own-cached", Executors::newCachedThreadPool, true),
                new PoolType.Custom("own-stealing", () -> new ForkJoinPool(16), true));
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        held.countDown();
        for (Gate gate : gates) {
            gate.close();
            assertTrue(gate.awaitEnded(LONG));
            assertEquals(PoolInfo.State.ENDED, gate.info().state());
            assertEquals(List.of(), gate.threads());
        }
        assertEquals(List.of(), threadsNamed("sluice-t-"), "threads are left");
    }

    private Gate open(PoolType type, int size) {
        Gate gate = Gate.open("t", new PoolConfig(type, size, 1_000, REFUSE), PoolInfo.Unit.REQUEST);
        gates.add(gate);
        return gate;
    }

    private static List<String> threadsNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith(prefix)).toList();
    }

    private List<Errand> submitHeld(Gate gate, int count) {
        List<Errand> errands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Errand errand = Errand.until(held);
            errands.add(errand);
            assertEquals(Admission.ACCEPTED, gate.submit(errand));
        }
        return errands;
    }

    private static long begun(List<Errand> errands) {
        return errands.stream().filter(Errand::hasBegun).count();
    }

    @ParameterizedTest
    @MethodSource("types")
    void runsAsManyAsItsSizeAndQueuesTheRest(PoolType type) {
        Gate gate = open(type, 3);
        List<Errand> errands = submitHeld(gate, 8);
        errands.subList(0, 3).forEach(Errand::awaitBegun);
        assertEquals(3, gate.active());
        assertEquals(5, gate.waiting());
        assertEquals(3, begun(errands));
        assertEquals(3, Set.copyOf(gate.threads()).size());
        held.countDown();
        errands.forEach(Errand::awaitOver);
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> gate.info().done() == 8);
        assertEquals(0, gate.active());
    }

    /// A ForkJoinPool by itself, both threads blocked and ten tasks queued, still ran two after its parallelism had grown.
    @ParameterizedTest
    @MethodSource("types")
    void growingLetsBlockedWorkPassAtOnce(PoolType type) {
        Gate gate = open(type, 2);
        List<Errand> errands = submitHeld(gate, 12);
        errands.subList(0, 2).forEach(Errand::awaitBegun);
        gate.resize(6);
        errands.subList(0, 6).forEach(Errand::awaitBegun);
        assertEquals(6, begun(errands));
        assertEquals(6, gate.active());
    }

    @ParameterizedTest
    @MethodSource("types")
    void afterShrinkingTheSurplusFinishesAndTheNewSizeHolds(PoolType type) {
        Gate gate = open(type, 6);
        List<Errand> surplus = submitHeld(gate, 6);
        surplus.forEach(Errand::awaitBegun);
        AtomicInteger together = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(200);
        for (int i = 0; i < 200; i++) {
            gate.submit(new Doing(() -> {
                most.accumulateAndGet(together.incrementAndGet(), Math::max);
                Thread.yield();
                together.decrementAndGet();
                all.countDown();
            }));
        }
        assertEquals(4, gate.resize(2).surplus());
        assertEquals(6, gate.active());
        held.countDown();
        Errand.await(all);
        assertTrue(most.get() <= 2, () -> most + " ran together");
    }

    /// Growing and shrinking leaves the executor able to run as many as the gate lets through, again and again.
    @ParameterizedTest
    @MethodSource("types")
    void holdsItsSizeThroughManyResizes(PoolType type) {
        Gate gate = open(type, 1);
        for (int size : new int[] {4, 1, 6, 2, 5, 1, 3}) {
            gate.resize(size);
            CountDownLatch until = new CountDownLatch(1);
            List<Errand> errands = Stream.generate(() -> Errand.until(until)).limit(size + 2).toList();
            errands.forEach(gate::submit);
            errands.subList(0, size).forEach(Errand::awaitBegun);
            assertEquals(size, begun(errands));
            until.countDown();
            errands.forEach(Errand::awaitOver);
            await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> gate.active() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void aWorkThatThrowsGivesItsPermitBack(PoolType type) {
        Gate gate = open(type, 1);
        for (Throwable bug : List.of(new IllegalStateException("planned by a test"), new StackOverflowError("planned by a test"),
                new OutOfMemoryError("planned by a test"), new NoClassDefFoundError("planned by a test"))) {
            gate.submit(new Doing(() -> sneak(bug)));
        }
        Errand next = Errand.quick("next");
        gate.submit(next);
        next.awaitOver();
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> gate.info().done() == 5);
        assertEquals(0, gate.active());
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable bug) throws T {
        throw (T) bug;
    }

    @ParameterizedTest
    @MethodSource("types")
    void anInterruptLeftBehindDoesNotReachTheNextWork(PoolType type) {
        Gate gate = open(type, 1);
        AtomicBoolean reached = new AtomicBoolean();
        gate.submit(new Doing(() -> Thread.currentThread().interrupt()));
        gate.submit(new Doing(() -> reached.set(Thread.interrupted())));
        Errand last = Errand.quick("last");
        gate.submit(last);
        last.awaitOver();
        assertFalse(reached.get());
    }

    @ParameterizedTest
    @MethodSource("types")
    void closingRunsWhatIsQueuedAndInterruptsNothing(PoolType type) throws InterruptedException {
        Gate gate = open(type, 2);
        List<Errand> errands = submitHeld(gate, 10);
        errands.subList(0, 2).forEach(Errand::awaitBegun);
        gate.close();
        assertFalse(gate.awaitEnded(Duration.ZERO));
        assertEquals(PoolInfo.State.ENDING, gate.info().state());
        held.countDown();
        errands.forEach(Errand::awaitOver);
        errands.forEach(errand -> assertEquals(List.of("held run"), errand.diary));
        assertTrue(gate.awaitEnded(LONG));
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatWasTakenBackNeverRuns(PoolType type) {
        Gate gate = open(type, 1);
        List<Errand> errands = submitHeld(gate, 6);
        errands.getFirst().awaitBegun();
        assertEquals(List.copyOf(errands.subList(1, 6)), gate.takeWaiting());
        held.countDown();
        errands.getFirst().awaitOver();
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> gate.active() == 0);
        errands.subList(1, 6).forEach(errand -> assertEquals(List.of(), errand.diary));
    }

    @Test
    void oneThatNeverEndsDoesNotKeepTheIdleThreads() throws InterruptedException {
        Gate gate = open(new PoolType.Fixed(), 3);
        List<Errand> errands = submitHeld(gate, 1);
        for (int i = 0; i < 2; i++) {
            Errand quick = Errand.quick("quick");
            gate.submit(quick);
            quick.awaitOver();
        }
        errands.getFirst().awaitBegun();
        gate.close();
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> threadsNamed("sluice-t-").size() == 1);
        assertFalse(gate.awaitEnded(Duration.ZERO));
    }

    @Test
    void anExecutorThatIsNotOursGoesOn() throws InterruptedException {
        try (ExecutorService own = Executors.newFixedThreadPool(1)) {
            Gate gate = open(new PoolType.Custom("own", () -> own, false), 1);
            Errand errand = Errand.quick("a");
            gate.submit(errand);
            errand.awaitOver();
            gate.close();
            assertTrue(gate.awaitEnded(LONG));
            assertFalse(own.isShutdown());
        }
    }

    @Test
    void platformThreadsAreNamedAfterThePoolAndKeepTheProgramAlive() {
        for (PoolType type : List.of(new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing())) {
            Errand errand = Errand.quick("a");
            open(type, 2).submit(errand);
            Thread thread = errand.awaitOver().thread;
            assertInstanceOf(Thread.class, thread);
            assertEquals("sluice-t-1", thread.getName());
            assertFalse(thread.isDaemon());
        }
    }

    @Test
    void virtualThreadsAreNamedAndNew() {
        Gate gate = open(new PoolType.Virtual(), 1);
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            gate.submit(new Doing(() -> {
                names.add(Thread.currentThread().getName());
                all.countDown();
            }));
        }
        Errand.await(all);
        assertEquals(Set.of("sluice-t-v1", "sluice-t-v2", "sluice-t-v3"), names);
    }

    @Test
    void aCachedPoolUsesTheThreadThatComesFreeForWhatIsQueued() {
        Gate gate = open(new PoolType.Cached(), 1);
        List<Errand> errands = submitHeld(gate, 50);
        held.countDown();
        errands.forEach(Errand::awaitOver);
        assertEquals(1, errands.stream().map(errand -> errand.thread).distinct().count());
    }

    /// `CompletableFuture.get` inside a ForkJoinPool makes it add threads past its parallelism: the gate lets nothing more through.
    @Test
    void aWorkStealingPoolHoldsItsSizeWhenItsThreadsBlockInFutures() {
        Gate gate = open(new PoolType.WorkStealing(), 2);
        CompletableFuture<String> never = new CompletableFuture<>();
        CountDownLatch waiting = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            gate.submit(new Doing(() -> {
                waiting.countDown();
                never.orTimeout(30, TimeUnit.SECONDS).join();
            }));
        }
        Errand.await(waiting);
        List<Errand> errands = submitHeld(gate, 4);
        assertEquals(2, gate.active());
        assertEquals(4, gate.waiting());
        assertEquals(0, begun(errands));
        gate.resize(3);
        errands.getFirst().awaitBegun();
        assertEquals(1, begun(errands));
        never.complete("done");
    }

    @Test
    void aWorkStealingPoolTellsItsSteals() {
        Gate gate = open(new PoolType.WorkStealing(), 2);
        for (int i = 0; i < 50; i++) {
            Errand errand = Errand.quick("e");
            gate.submit(errand);
            errand.awaitOver();
        }
        await().pollInterval(Duration.ofMillis(1)).atMost(LONG).until(() -> gate.info().steals() > 0);
    }

    /// A work of one line.
    private record Doing(Runnable what) implements Work {
        @Override
        public void run(long queueWait) {
            what.run();
        }

        @Override
        public void abandoned(Throwable cause) {
            throw new AssertionError("abandoned", cause);
        }
    }
}
