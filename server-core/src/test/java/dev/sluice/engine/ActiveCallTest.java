package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActiveCallTest {

    private static ActiveCall call() {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere", 1);
        return new ActiveCall(new Peer(1, "none", nowhere, nowhere), 1, System.nanoTime() + 1_000_000_000L);
    }

    @ParameterizedTest
    @EnumSource(CallEnding.class)
    void interruptsAThreadThatIsInsideUnlessTheClientLeft(CallEnding why) {
        ActiveCall call = call();
        assertTrue(call.enter());
        call.cancel(why);
        assertEquals(why != CallEnding.CLIENT_LEFT, Thread.currentThread().isInterrupted());
        assertTrue(call.cancelled());
        call.exit();
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void interruptsNobodyOutside() {
        ActiveCall call = call();
        call.enter();
        call.exit();
        call.cancel(CallEnding.KICKED);
        assertFalse(Thread.currentThread().isInterrupted());
        assertEquals(CallEnding.KICKED, call.ended());
    }

    @Test
    void isNotEnteredWhenItWasCancelledBefore() {
        ActiveCall call = call();
        call.cancel(CallEnding.DEADLINE);
        assertFalse(call.enter());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void keepsItsFirstEndingButInterruptsForALaterOne() {
        ActiveCall call = call();
        call.enter();
        call.cancel(CallEnding.CLIENT_LEFT);
        call.cancel(CallEnding.DRAINED);
        assertTrue(Thread.currentThread().isInterrupted());
        assertEquals(CallEnding.CLIENT_LEFT, call.ended());
        call.exit();
    }

    @Test
    void runsActionsOnceOnAnotherThreadAndLateOnesAtOnce() throws InterruptedException {
        ActiveCall call = call();
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger runs = new AtomicInteger();
        AtomicReference<Thread> runner = new AtomicReference<>();
        call.onEnding(why -> {
            throw new IllegalStateException("asked to fail");
        });
        call.onEnding(why -> {
            runs.incrementAndGet();
            runner.set(Thread.currentThread());
            both.countDown();
        });
        call.cancel(CallEnding.KICKED);
        call.cancel(CallEnding.KICKED);
        call.onEnding(why -> {
            runs.incrementAndGet();
            both.countDown();
        });
        assertTrue(both.await(20, TimeUnit.SECONDS));
        assertEquals(2, runs.get());
        assertFalse(runner.get() == Thread.currentThread());
    }

    /// Handlers hold the call, and may do with its monitor what they like.
    @Test
    @Timeout(60)
    void waitsForNobodyWhoHoldsItsMonitor() throws InterruptedException {
        ActiveCall call = call();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        Thread handler = Thread.ofPlatform().start(() -> {
            synchronized (call) {
                held.countDown();
                await(letGo);
            }
        });
        held.await();
        call.onEnding(why -> letGo.countDown());
        call.cancel(CallEnding.KICKED);
        handler.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// Two threads of which one enters and exits, while the other one cancels.
    @Test
    @Timeout(60)
    void neverLetsAnInterruptOut() throws InterruptedException {
        AtomicReference<ActiveCall> shared = new AtomicReference<>();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        AtomicInteger heard = new AtomicInteger();
        Thread handling = Thread.ofPlatform().start(() -> {
            try {
                // On a busy machine the two may not run at once for a while.
                long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                for (int i = 0; i < 200_000 || heard.get() == 0 && System.nanoTime() < patience; i++) {
                    ActiveCall call = call();
                    shared.set(call);
                    if (call.enter()) {
                        for (int spin = i % 50; spin > 0 && !Thread.currentThread().isInterrupted(); spin--) {
                            Thread.onSpinWait();
                        }
                        if (Thread.currentThread().isInterrupted()) {
                            heard.incrementAndGet();
                        }
                        call.exit();
                    }
                    assertFalse(Thread.currentThread().isInterrupted(), "after the call");
                }
            } catch (Throwable failure) {
                failed.set(failure);
            }
        });
        while (handling.isAlive()) {
            ActiveCall call = shared.get();
            if (call != null) {
                call.cancel(CallEnding.KICKED);
            }
        }
        handling.join();
        assertNull(failed.get());
    }
}
