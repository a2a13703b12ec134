package dev.sluice.pool;

import static dev.sluice.api.PoolConfig.WhenFull.REFUSE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A gate that changes the type of its executor while works run.
class GateChangeTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final List<PoolType> TYPES = List.of(new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing(),
            new PoolType.Virtual(), own("own-cached", Executors::newCachedThreadPool), own("own-stealing", () -> new ForkJoinPool(8)));

    private final CountDownLatch held = new CountDownLatch(1);
    private final List<Gate> gates = new ArrayList<>();

    private static PoolType own(String name, Supplier<ExecutorService> executor) {
        return new PoolType.Custom(name, executor, true);
    }

    private static PoolType lent(String name, ExecutorService executor) {
        return new PoolType.Custom(name, () -> executor, false);
    }

    static Stream<Arguments> pairs() {
        return TYPES.stream().flatMap(from -> TYPES.stream().filter(to -> to != from).map(to -> Arguments.of(from, to)));
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        held.countDown();
        for (Gate gate : gates) {
            gate.close();
            assertTrue(gate.awaitEnded(LONG));
            assertTrue(gate.ended());
            assertEquals(0, gate.info().retiring());
        }
        List<String> left = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName).filter(name -> name.startsWith("sluice-c-")).toList();
        assertEquals(List.of(), left, "threads are left");
    }

    private Gate open(PoolType type, int size) {
        Gate gate = Gate.open("c", new PoolConfig(type, size, 1_000, REFUSE), PoolInfo.Unit.REQUEST);
        gates.add(gate);
        return gate;
    }

    private static void change(Gate gate, PoolType type, int size) {
        try (Change change = gate.prepare(new PoolConfig(type, size, 1_000, REFUSE))) {
            change.commit();
        }
    }

    private static Errand submitted(Gate gate, Errand errand) {
        assertEquals(Admission.ACCEPTED, gate.submit(errand));
        return errand;
    }

    private static void eventually(Callable<Boolean> holds) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).atMost(LONG).until(holds);
    }

    private static Thread thread(Errand errand) {
        return Objects.requireNonNull(errand.thread);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void newWorkGoesToTheNewExecutorWhileTheOldOneFinishesWhatItHolds(PoolType from, PoolType to) {
        Gate gate = open(from, 3);
        List<Errand> old = List.of(submitted(gate, Errand.until(held)).awaitBegun(), submitted(gate, Errand.until(held)).awaitBegun());
        change(gate, to, 3);
        Errand next = submitted(gate, Errand.quick("new")).awaitOver();
        eventually(() -> gate.active() == 2);
        PoolInfo info = gate.info();
        assertEquals(to.name(), info.type());
        assertEquals(2, info.retiring());
        assertEquals(PoolInfo.State.RUNNING, info.state());
        old.forEach(errand -> assertNotEquals(thread(errand), thread(next)));
        held.countDown();
        old.forEach(Errand::awaitOver);
        eventually(() -> gate.info().retiring() == 0);
        eventually(() -> old.stream().noneMatch(errand -> thread(errand).isAlive()));
        submitted(gate, Errand.quick("still served")).awaitOver();
        eventually(() -> gate.info().done() == 4);
        assertEquals(0, gate.active());
    }

    /// Among them a fixed pool, whose threads take the next work themselves.
    @ParameterizedTest
    @MethodSource("pairs")
    void whatIsQueuedGoesToTheNewExecutorWhenPermitsComeBack(PoolType from, PoolType to) {
        Gate gate = open(from, 2);
        CountDownLatch first = new CountDownLatch(1);
        Errand leaving = submitted(gate, Errand.until(first)).awaitBegun();
        Errand staying = submitted(gate, Errand.until(held)).awaitBegun();
        List<Errand> queued = Stream.generate(() -> submitted(gate, Errand.quick("queued"))).limit(5).toList();
        change(gate, to, 2);
        assertEquals(2, gate.active());
        assertEquals(5, gate.waiting());
        first.countDown();
        queued.forEach(Errand::awaitOver);
        Set<Thread> oldThreads = Set.of(thread(leaving), thread(staying));
        queued.forEach(errand -> assertFalse(oldThreads.contains(thread(errand))));
        assertEquals(1, gate.info().retiring());
    }

    @Test
    void severalChangesInARowLeaveWorkOnEachExecutor() {
        Gate gate = open(new PoolType.Fixed(), 20);
        List<PoolType> sequence = new ArrayList<>(TYPES);
        sequence.addAll(TYPES);
        Set<Thread> threads = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (PoolType type : sequence) {
            Errand errand = submitted(gate, Errand.until(held)).awaitBegun();
            assertTrue(threads.add(thread(errand)));
            names.add(thread(errand).getName());
            change(gate, type, 20);
            assertEquals(threads.size() == 1 ? 0 : threads.size(), gate.info().retiring(), "the first is no change");
            assertEquals(threads.size(), gate.active());
        }
        assertEquals(threads.size(), names.size(), () -> "the same name twice: " + names);
        assertTrue(gate.living().containsAll(threads));
        held.countDown();
        eventually(() -> gate.info().retiring() == 0 && gate.active() == 0);
        eventually(() -> threads.stream().noneMatch(Thread::isAlive));
        gate.sample();
        assertTrue(gate.living().size() <= 20);
    }

    @Test
    void theSameTypeKeepsItsExecutor() {
        Gate gate = open(new PoolType.Fixed(), 1);
        Errand before = submitted(gate, Errand.quick("before")).awaitOver();
        change(gate, new PoolType.Fixed(), 1);
        Errand after = submitted(gate, Errand.quick("after")).awaitOver();
        assertSame(thread(before), thread(after));
    }

    @Test
    void anExecutorThatCannotBeHadChangesNothing() {
        ExecutorService ended = Executors.newCachedThreadPool();
        ended.shutdown();
        ForkJoinPool own = new ForkJoinPool(2);
        PoolType present = own("present", () -> own);
        Gate gate = open(present, 2);
        for (PoolType bad : List.of(own("throwing", () -> {
                    throw new LinkageError("planned by a test");
                }), own("nothing", GateChangeTest::nothing), own("ended", () -> ended), own("the-same", () -> own), lent("lent", own))) {
            String message = assertThrows(IllegalArgumentException.class, () -> change(gate, bad, 7)).getMessage();
            assertTrue(message.contains(bad.name()) && message.contains("pool c"), message);
            assertEquals(present.name(), gate.info().type());
            assertEquals(2, gate.info().size());
            assertFalse(own.isShutdown());
        }
        submitted(gate, Errand.quick("goes on")).awaitOver();
        change(gate, new PoolType.Virtual(), 2);
        eventually(own::isTerminated);
    }

    @SuppressWarnings("NullAway")
    private static ExecutorService nothing() {
        return null;
    }

    @Test
    void whatWasPreparedAndNotCommittedLeavesNothing() {
        AtomicReference<ExecutorService> opened = new AtomicReference<>();
        Gate gate = open(new PoolType.Fixed(), 2);
        PoolType next = own("next", () -> {
            opened.set(Executors.newCachedThreadPool());
            return opened.get();
        });
        Change change = gate.prepare(new PoolConfig(next, 9, 9, REFUSE));
        assertThrows(IllegalStateException.class, () -> gate.prepare(new PoolConfig(next, 9, 9, REFUSE)));
        assertFalse(opened.get().isShutdown());
        change.close();
        change.commit();
        assertTrue(opened.get().isShutdown());
        assertEquals("fixed", gate.info().type());
        assertEquals(2, gate.info().size());
        submitted(gate, Errand.quick("goes on")).awaitOver();
        change(gate, next, 3);
        assertEquals("next", gate.info().type());
    }

    @Test
    void anExecutorThatIsNotOursIsNeverShutDown() {
        try (ExecutorService own = Executors.newFixedThreadPool(1); ExecutorService other = Executors.newFixedThreadPool(1)) {
            Gate gate = open(lent("own", own), 2);
            submitted(gate, Errand.quick("a")).awaitOver();
            change(gate, lent("other", other), 2);
            submitted(gate, Errand.quick("b")).awaitOver();
            change(gate, lent("own", own), 2);
            submitted(gate, Errand.quick("c")).awaitOver();
            change(gate, new PoolType.Virtual(), 2);
            submitted(gate, Errand.quick("d")).awaitOver();
            gate.sample();
            assertFalse(own.isShutdown() || other.isShutdown());
        }
    }

    @Test
    void whatTheOldExecutorWasGivenAndHasNotBegunRunsThereOrIsTakenBack() {
        ByHand old = new ByHand();
        Gate gate = open(old.owned(), 3);
        Errand runs = submitted(gate, Errand.quick("runs"));
        Errand withdrawn = submitted(gate, Errand.quick("withdrawn"));
        Errand taken = submitted(gate, Errand.quick("taken"));
        change(gate, new PoolType.Fixed(), 3);
        assertEquals(3, gate.info().retiring());
        old.runOne();
        assertEquals(List.of("runs run"), runs.diary);
        assertTrue(gate.withdraw(withdrawn));
        assertFalse(old.isShutdown());
        assertEquals(List.of(taken), gate.takeWaiting());
        assertTrue(old.isShutdown());
        old.runAll();
        assertEquals(List.of(), taken.diary);
        assertEquals(0, gate.info().retiring());
        assertEquals(0, gate.active());
    }

    @Test
    void closingWaitsForWhatIsRetiring() throws InterruptedException {
        Gate gate = open(new PoolType.Cached(), 2);
        submitted(gate, Errand.until(held)).awaitBegun();
        change(gate, new PoolType.Fixed(), 2);
        submitted(gate, Errand.quick("new")).awaitOver();
        gate.close();
        eventually(() -> gate.active() == 1);
        assertFalse(gate.awaitEnded(Duration.ZERO));
        assertFalse(gate.ended());
        assertEquals(PoolInfo.State.ENDING, gate.info().state());
        assertEquals(1, gate.info().retiring());
        held.countDown();
        assertTrue(gate.awaitEnded(LONG));
        assertTrue(gate.ended());
    }

    @Test
    void aChangeOfAClosedGateLeavesNoExecutor() throws InterruptedException {
        Gate gate = open(new PoolType.Fixed(), 2);
        gate.close();
        change(gate, own("late", Executors::newCachedThreadPool), 2);
        assertTrue(gate.awaitEnded(LONG));
    }

    @Test
    void stealsAreCountedOn() {
        Gate gate = open(new PoolType.WorkStealing(), 2);
        eventually(() -> {
            submitted(gate, Errand.quick("e")).awaitOver();
            return gate.info().steals() > 0;
        });
        long steals = gate.info().steals();
        change(gate, new PoolType.Virtual(), 2);
        assertTrue(gate.info().steals() >= steals);
        change(gate, new PoolType.WorkStealing(), 2);
        assertTrue(gate.info().steals() >= steals);
    }

    /// A gate that shrinks lets its executor shrink when the surplus has ended, not while it has works on their way to a thread.
    @Test
    void afterShrinkingTheThreadsBeyondTheSizeEndWithTheSurplus() {
        Gate gate = open(new PoolType.Fixed(), 4);
        List<Errand> errands = Stream.generate(() -> submitted(gate, Errand.until(held)).awaitBegun()).limit(4).toList();
        assertEquals(3, gate.resize(1).surplus());
        held.countDown();
        errands.forEach(Errand::awaitOver);
        eventually(() -> gate.living().size() == 1);
        submitted(gate, Errand.quick("served")).awaitOver();
    }

    /// The thread for it has given its permit back, and is not yet back itself.
    @Test
    void oneThatIsOnItsWayToAThreadHasOneThoughTheGateShrinks() {
        Gate gate = open(new PoolType.Fixed(), 2);
        submitted(gate, Errand.until(held)).awaitBegun();
        CountDownLatch back = new CountDownLatch(1);
        gate.submit(new Work() {
            @Override
            public void run(long queueWait) {}

            @Override
            public void done() {
                Errand.await(back);
            }

            @Override
            public void abandoned(Throwable cause) {
                throw new AssertionError(cause);
            }
        });
        eventually(() -> gate.active() == 1);
        Errand onItsWay = submitted(gate, Errand.quick("on its way"));
        assertEquals(2, gate.active());
        gate.resize(1);
        back.countDown();
        onItsWay.awaitOver();
    }
}
