package dev.sluice.pool;

import static dev.sluice.api.PoolConfig.WhenFull.REFUSE;
import static dev.sluice.api.PoolConfig.WhenFull.WAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import dev.sluice.api.ResizeReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What is admitted, in which order, and what is counted: on one thread, with a clock of the test's.
class GateAdmissionTest {

    private final ByHand executor = new ByHand();
    private final PoolType type = executor.lent();
    private final List<String> diary = new ArrayList<>();
    private long now = 1_000;

    private Gate gate(int size, int queue, PoolConfig.WhenFull whenFull) {
        PoolConfig config = new PoolConfig(type, size, queue, whenFull);
        return Gate.open("p", config, PoolInfo.Unit.REQUEST, () -> now);
    }

    private Errand errand(String name) {
        return Errand.quick(name, diary);
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void theExecutorReceivesOnlyWhatMayRun() {
        Gate gate = gate(2, 10, REFUSE);
        for (int i = 0; i < 5; i++) {
            assertEquals(Admission.ACCEPTED, gate.submit(errand("e" + i)));
        }
        assertEquals(2, executor.given());
        assertEquals(2, gate.active());
        assertEquals(3, gate.waiting());
        executor.runOne();
        assertEquals(2, executor.given());
        assertEquals(2, gate.waiting());
    }

    @Test
    void worksRunInTheOrderOfTheirSubmission() {
        Gate gate = gate(1, 3, WAIT);
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            gate.submit(errand(name));
        }
        executor.runAll();
        diary.removeIf(line -> line.endsWith("admitted"));
        assertEquals(List.of("a run", "b run", "c run", "d run", "e run", "f run"), diary);
        assertEquals(0, gate.active());
        assertEquals(0, gate.waiting());
    }

    @Test
    void aFullQueueRefusesAndCounts() {
        Gate gate = gate(1, 1, REFUSE);
        gate.submit(errand("a"));
        gate.submit(errand("b"));
        assertEquals(Admission.REFUSED, gate.submit(errand("c")));
        assertEquals(1, gate.info().refused());
        executor.runAll();
        assertEquals(List.of("a run", "b run"), diary);
    }

    @Test
    void aWaiterIsToldBeforeItRunsAndAsSoonAsItHasAPlace() {
        Gate gate = gate(1, 1, WAIT);
        gate.submit(errand("a"));
        gate.submit(errand("b"));
        assertEquals(Admission.WAITING, gate.submit(errand("c")));
        assertEquals(Admission.WAITING, gate.submit(errand("d")));
        assertEquals(3, gate.waiting());
        executor.runAll();
        assertEquals(List.of("a run", "c admitted", "b run", "d admitted", "c run", "d run"), diary);
    }

    @Test
    void withoutAQueueAWaiterGoesStraightToAPermit() {
        Gate gate = gate(1, 0, WAIT);
        gate.submit(errand("a"));
        assertEquals(Admission.WAITING, gate.submit(errand("b")));
        executor.runAll();
        assertEquals(List.of("a run", "b admitted", "b run"), diary);
    }

    @Test
    void beyondCapacityIsAcceptedAndKeepsItsTurn() {
        Gate gate = gate(1, 1, WAIT);
        for (String name : List.of("a", "b", "c")) {
            gate.submit(errand(name));
        }
        assertEquals(Admission.ACCEPTED, gate.submitBeyondCapacity(errand("swept")));
        gate.submit(errand("d"));
        executor.runAll();
        assertEquals(List.of("a run", "c admitted", "b run", "d admitted", "c run", "swept run", "d run"), diary);
    }

    @Test
    void beyondCapacityIsAcceptedWhereOthersAreRefused() {
        Gate gate = gate(1, 0, REFUSE);
        gate.submit(errand("a"));
        assertEquals(Admission.REFUSED, gate.submit(errand("b")));
        assertEquals(Admission.ACCEPTED, gate.submitBeyondCapacity(errand("swept")));
        executor.runAll();
        assertEquals(List.of("a run", "swept run"), diary);
    }

    @Test
    void beyondCapacityTakesNoPlaceFromOthers() {
        Gate gate = gate(1, 1, REFUSE);
        gate.submit(errand("a"));
        gate.submitBeyondCapacity(errand("extra"));
        assertEquals(Admission.ACCEPTED, gate.submit(errand("b")));
        assertEquals(Admission.REFUSED, gate.submit(errand("c")));
        executor.runAll();
        assertEquals(List.of("a run", "extra run", "b run"), diary);
    }

    @Test
    void aClosedGateTakesNothingMoreAndRunsWhatItHas() {
        Gate gate = gate(1, 5, WAIT);
        gate.submit(errand("a"));
        gate.submit(errand("b"));
        gate.close();
        assertEquals(Admission.CLOSED, gate.submit(errand("c")));
        assertEquals(Admission.CLOSED, gate.submitBeyondCapacity(errand("d")));
        assertEquals(PoolInfo.State.ENDING, gate.info().state());
        executor.runAll();
        assertEquals(List.of("a run", "b run"), diary);
        assertEquals(PoolInfo.State.ENDED, gate.info().state());
    }

    @Test
    void aWithdrawnWorkNeverRunsAndItsPlaceGoesToAWaiter() {
        Gate gate = gate(1, 1, WAIT);
        Errand queued = errand("b");
        Errand waiting = errand("d");
        gate.submit(errand("a"));
        gate.submit(queued);
        gate.submit(errand("c"));
        gate.submit(waiting);
        assertTrue(gate.withdraw(queued));
        assertTrue(gate.withdraw(waiting));
        assertFalse(gate.withdraw(queued));
        executor.runAll();
        assertEquals(List.of("c admitted", "a run", "c run"), diary);
    }

    @Test
    void aWorkThatHasBegunOrEndedCannotBeWithdrawn() {
        Gate gate = gate(1, 1, REFUSE);
        List<Boolean> withdrawn = new ArrayList<>();
        Work self = new Work() {
            @Override
            public void run(long queueWait) {
                withdrawn.add(gate.withdraw(this));
            }

            @Override
            public void abandoned(Throwable cause) {}
        };
        gate.submit(self);
        executor.runAll();
        withdrawn.add(gate.withdraw(self));
        assertEquals(List.of(false, false), withdrawn);
    }

    @Test
    void whatTheExecutorHasNotStartedCanBeWithdrawnAndItsPermitGoesOn() {
        Gate gate = gate(1, 1, REFUSE);
        Errand given = errand("a");
        gate.submit(given);
        gate.submit(errand("b"));
        assertTrue(gate.withdraw(given));
        assertEquals(1, gate.active());
        assertEquals(0, gate.waiting());
        executor.runAll();
        assertEquals(List.of("b run"), diary);
        assertEquals(0, gate.active());
    }

    @Test
    void everythingNotBegunIsHandedBackInItsOrder() {
        Gate gate = gate(1, 1, WAIT);
        List<Work> works = new ArrayList<>();
        for (String name : List.of("given", "queued", "waiting", "last")) {
            Errand errand = errand(name);
            works.add(errand);
            gate.submit(errand);
        }
        assertEquals(works, gate.takeWaiting());
        assertEquals(0, gate.waiting());
        assertEquals(0, gate.active());
        executor.runAll();
        assertEquals(List.of(), diary);
    }

    @Test
    void theSameWorkMayBeSubmittedAgainFromItsRun() {
        Gate gate = gate(1, 1, REFUSE);
        Work again = new Work() {
            private int runs;

            @Override
            public void run(long queueWait) {
                diary.add("run " + ++runs);
                if (runs < 3) {
                    assertEquals(Admission.ACCEPTED, gate.submit(this));
                }
            }

            @Override
            public void abandoned(Throwable cause) {}
        };
        gate.submit(again);
        executor.runAll();
        assertEquals(List.of("run 1", "run 2", "run 3"), diary);
    }

    @Test
    void aWorkThatIsQueuedAlreadyIsNotTakenTwice() {
        Gate gate = gate(1, 5, REFUSE);
        Errand twice = errand("b");
        gate.submit(errand("a"));
        gate.submit(twice);
        assertThrows(IllegalStateException.class, () -> gate.submit(twice));
        assertEquals(1, gate.waiting());
    }

    @Test
    void growingRunsWhatIsQueuedAtOnce() {
        Gate gate = gate(2, 10, REFUSE);
        for (int i = 0; i < 8; i++) {
            gate.submit(errand("e" + i));
        }
        assertEquals(new ResizeReport("p", 2, 6, 0), gate.resize(6));
        assertEquals(6, executor.given());
        assertEquals(2, gate.waiting());
    }

    @Test
    void shrinkingLetsTheSurplusFinishAndThenHolds() {
        Gate gate = gate(4, 10, REFUSE);
        for (int i = 0; i < 7; i++) {
            gate.submit(errand("e" + i));
        }
        assertEquals(new ResizeReport("p", 4, 2, 2), gate.resize(2));
        assertEquals(4, gate.active());
        executor.runOne();
        executor.runOne();
        assertEquals(2, gate.active());
        assertEquals(3, gate.waiting());
        executor.runOne();
        assertEquals(2, gate.active());
        assertEquals(2, gate.waiting());
    }

    @Test
    void aSizeOutOfBoundsIsRefusedAndChangesNothing() {
        Gate gate = gate(4, 10, REFUSE);
        assertThrows(IllegalArgumentException.class, () -> gate.resize(0));
        assertEquals(4, gate.info().size());
    }

    @Test
    void aSizeThatTheTypeCannotHaveIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> PoolConfig.of(new PoolType.WorkStealing(), 32_768));
        assertEquals(32_768, PoolConfig.of(new PoolType.Virtual(), 32_768).size());
    }

    @Test
    void aLongerQueueAdmitsWaitersAtOnce() {
        Gate gate = gate(1, 0, WAIT);
        for (String name : List.of("a", "b", "c", "d")) {
            gate.submit(errand(name));
        }
        try (Change change = gate.prepare(new PoolConfig(type, 1, 2, REFUSE))) {
            change.commit();
            assertEquals(List.of(), diary, "nobody is told within the commit");
        }
        assertEquals(List.of("b admitted", "c admitted"), diary);
        assertEquals(Admission.REFUSED, gate.submit(errand("e")));
        PoolInfo info = gate.info();
        assertEquals(2, info.capacity());
        assertEquals(REFUSE, info.whenFull());
        assertEquals(3, info.queued());
    }

    @Test
    void infoTellsTimesOnTheGatesClock() {
        Gate gate = gate(1, 5, REFUSE);
        Work slow = new Work() {
            @Override
            public void run(long queueWait) {
                pass(40);
            }

            @Override
            public void abandoned(Throwable cause) {}
        };
        Errand queued = errand("b");
        gate.submit(slow);
        gate.submit(queued);
        pass(10);
        assertEquals(Duration.ofMillis(10), gate.oldestWaiting());
        executor.runAll();
        assertEquals(TimeUnit.MILLISECONDS.toNanos(50), queued.queueWait);
        PoolInfo info = gate.info();
        assertEquals(2, info.done());
        assertEquals(Duration.ZERO, info.oldest());
        assertEquals(2, info.queueWait().count());
        assertEquals(0.05, info.queueWait().max() / 1e9, 0.0005);
        assertEquals(0.04, info.run().max() / 1e9, 0.0004);
        assertEquals("by-hand", info.type());
        assertEquals(PoolInfo.Unit.REQUEST, info.unit());
        assertEquals(0, info.steals());
    }

    @Test
    void utilisationIsThePartOfThePermitsInUse() {
        Gate gate = gate(2, 5, REFUSE);
        gate.submit(errand("a"));
        pass(250);
        executor.runAll();
        pass(750);
        gate.sample();
        assertEquals(0.125, gate.info().utilisation(), 1e-9);
        pass(1_000);
        gate.sample();
        assertEquals(0, gate.info().utilisation(), 1e-9);
    }
}
