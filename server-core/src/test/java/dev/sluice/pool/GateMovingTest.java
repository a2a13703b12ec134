package dev.sluice.pool;

import static dev.sluice.api.PoolConfig.WhenFull.REFUSE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Works that go from one executor to another with their permit.
class GateMovingTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Gate> gates = new ArrayList<>();

    static Stream<Arguments> pairs() {
        return GateChangeTest.pairs();
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        for (Gate gate : gates) {
            gate.close();
            assertTrue(gate.awaitEnded(LONG));
            assertEquals(0, gate.info().retiring());
        }
    }

    private Gate open(PoolType type, int size) {
        Gate gate = Gate.open("m", new PoolConfig(type, size, 1_000, REFUSE), PoolInfo.Unit.CONNECTION);
        gates.add(gate);
        return gate;
    }

    private static void change(Gate gate, PoolType type, int size) {
        try (Change change = gate.prepare(new PoolConfig(type, size, 1_000, REFUSE))) {
            change.commit();
        }
    }

    private static Traveller submitted(Gate gate) {
        Traveller traveller = new Traveller();
        assertEquals(Admission.ACCEPTED, gate.submit(traveller));
        return traveller;
    }

    private static void eventually(Callable<Boolean> holds) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).atMost(LONG).until(holds);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aWorkLeavesTheOldExecutorAtItsNextStopAndKeepsItsPermit(PoolType from, PoolType to) {
        Gate gate = open(from, 1);
        Traveller traveller = submitted(gate).awaitStop().step().awaitStop();
        Errand queued = Errand.quick("queued");
        gate.submit(queued);
        change(gate, to, 1);
        assertEquals(1, traveller.threads.size());
        assertEquals(1, gate.info().retiring());
        traveller.step().awaitStop();
        assertEquals(2, traveller.threads.size());
        Thread old = traveller.threads.getFirst();
        assertNotEquals(old, traveller.last());
        assertEquals(List.of(traveller.last()), gate.threads());
        assertEquals(0, gate.info().retiring());
        eventually(() -> !old.isAlive());
        assertFalse(queued.hasBegun());
        assertEquals(1, gate.active());
        traveller.step().awaitStop();
        assertEquals(2, traveller.threads.size());
        assertEquals(4, traveller.end());
        queued.awaitOver();
        assertEquals(1, traveller.doneCalls);
        eventually(() -> gate.info().done() == 2);
        assertEquals(2, gate.info().queueWait().count());
        assertEquals(2, gate.info().run().count());
    }

    @Test
    void anExecutorThatRefusesItAbandonsItAndGivesItsPermitToTheNext() {
        Gate gate = open(new PoolType.Fixed(), 1);
        Traveller traveller = submitted(gate).awaitStop();
        Errand queued = Errand.quick("queued");
        gate.submit(queued);
        ExecutorService narrow = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
        Errand elsewhere = Errand.until(new CountDownLatch(1));
        narrow.execute(() -> elsewhere.run(0));
        elsewhere.awaitBegun();
        change(gate, new PoolType.Custom("narrow", () -> narrow, true), 1);
        traveller.step().awaitOver();
        assertInstanceOf(RejectedExecutionException.class, traveller.cause);
        assertEquals(0, traveller.doneCalls);
        assertInstanceOf(RejectedExecutionException.class, queued.awaitOver().cause);
        eventually(() -> gate.active() == 0);
        assertEquals(0, gate.info().retiring());
        narrow.shutdownNow();
    }

    @Test
    void betweenTwoExecutorsItIsNotTakenForOneThatHasNotBegun() {
        Gate gate = open(new PoolType.Fixed(), 2);
        Traveller traveller = submitted(gate).awaitStop();
        ByHand next = new ByHand();
        change(gate, next.lent(), 2);
        traveller.step();
        eventually(() -> gate.info().retiring() == 0);
        assertEquals(List.of(), gate.threads());
        assertEquals(List.of(), gate.takeWaiting());
        assertEquals(1, gate.active());
        assertEquals(1, next.given());
        Thread.ofVirtual().start(next::runAll);
        traveller.awaitStop().end();
        eventually(() -> gate.active() == 0);
    }

    @Test
    void oneThatAnExecutorDropsIsTakenBackByName() {
        Gate gate = open(new PoolType.Virtual(), 1);
        Traveller traveller = submitted(gate).awaitStop();
        assertFalse(gate.withdraw(traveller), "it runs");
        ByHand next = new ByHand();
        change(gate, next.owned(), 1);
        traveller.step();
        eventually(() -> next.given() == 1);
        next.drop();
        assertTrue(gate.withdraw(traveller));
        assertFalse(gate.withdraw(traveller));
        assertEquals(0, gate.active());
        assertEquals(1, traveller.threads.size());
    }

    /// The size shrinks with the type: the surplus goes on where it is, since the new executor has no threads for it.
    @Test
    void oneForWhichTheNewExecutorHasNoRoomStaysUntilItHas() {
        Gate gate = open(new PoolType.Virtual(), 3);
        List<Traveller> all = Stream.generate(() -> submitted(gate).awaitStop()).limit(3).toList();
        change(gate, new PoolType.Fixed(), 1);
        all.forEach(traveller -> traveller.step().awaitStop());
        assertEquals(2, gate.info().retiring());
        assertEquals(3, gate.active());
        assertTrue(gate.living().size() == 3, () -> gate.living().toString());
        all.getFirst().end();
        eventually(() -> gate.active() == 2);
        all.getLast().step().awaitStop();
        assertEquals(1, gate.info().retiring());
        all.get(1).step().awaitStop();
        assertEquals(1, gate.info().retiring());
        all.getLast().end();
        all.get(1).end();
        eventually(() -> gate.active() == 0);
        assertEquals(3, gate.info().run().count());
        assertEquals(3, gate.info().queueWait().count());
    }

    @Test
    void itMovesAsOftenAsTheTypeChanges() {
        Gate gate = open(new PoolType.Fixed(), 2);
        Traveller traveller = submitted(gate).awaitStop();
        List<PoolType> types = List.of(new PoolType.Virtual(), new PoolType.WorkStealing(), new PoolType.Fixed(), new PoolType.Cached());
        for (int i = 0; i < 100; i++) {
            change(gate, types.get(i % types.size()), 2);
            change(gate, types.get((i + 1) % types.size()), 2);
            traveller.step().awaitStop();
        }
        assertEquals(101, traveller.threads.size());
        assertEquals(101, traveller.end());
        eventually(() -> gate.info().done() == 1);
        gate.sample();
    }

    @Test
    void aClosedGateLetsItMoveAndThenEnds() throws InterruptedException {
        Gate gate = open(new PoolType.Cached(), 1);
        Traveller traveller = submitted(gate).awaitStop();
        change(gate, new PoolType.Fixed(), 1);
        gate.close();
        traveller.step().awaitStop();
        assertEquals(2, traveller.threads.size());
        traveller.end();
        assertTrue(gate.awaitEnded(LONG));
    }

    /// The thread that hands it on is then the one that goes on with it.
    @Test
    void anExecutorThatRunsItInTheCallersThreadDoesNotLoseIt() {
        Gate gate = open(new PoolType.Fixed(), 1);
        Traveller traveller = submitted(gate).awaitStop();
        ByHand direct = new ByHand() {
            @Override
            public void execute(Runnable task) {
                task.run();
            }
        };
        change(gate, direct.lent(), 1);
        traveller.step().awaitStop();
        change(gate, new PoolType.Virtual(), 1);
        traveller.step().awaitStop();
        assertTrue(traveller.last().isVirtual());
        traveller.end();
        eventually(() -> gate.active() == 0);
    }
}
