package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffLoopTest {

    private static final Runnable NOTHING = () -> {};

    private Loop loop;
    private OffLoop offLoop;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws IOException {
        loop = new Loop("test", 0, new Ticks(InstantSource.system(), System::nanoTime), SelectorProvider.provider());
        loop.start();
        offLoop = new OffLoop(loop, 1);
    }

    @AfterEach
    void end() throws InterruptedException {
        loop.close();
        loop.thread().join();
    }

    private void onLoop(Runnable action) {
        assertTrue(loop.execute(action));
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(10, TimeUnit.SECONDS));
    }

    private void tell(@Nullable Throwable failure) {
        told.add((Thread.currentThread() == loop.thread() ? "loop: " : "elsewhere: ") + failure);
    }

    @Test
    void theLoopGoesOnWhileATaskBlocksAndIsToldWhenItEnds() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        onLoop(() -> offLoop.run(release::await, this::tell, NOTHING));
        onLoop(() -> told.add("meanwhile"));
        assertEquals("meanwhile", next());
        release.countDown();
        assertEquals("loop: null", next());
    }

    @Test
    void whatATaskThrowsIsToldOnTheLoop() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        onLoop(() -> offLoop.run(() -> {
            throw new IOException("full");
        }, told::complete, NOTHING));
        assertInstanceOf(IOException.class, told.get(10, TimeUnit.SECONDS));
    }

    @Test
    void anotherTaskMayFollowFromTheCallBack() throws Exception {
        onLoop(() -> offLoop.run(() -> told.add("first"), failure -> offLoop.run(() -> told.add("second"), this::tell, NOTHING), NOTHING));
        assertEquals("first", next());
        assertEquals("second", next());
        assertEquals("loop: null", next());
    }

    @Test
    void aSecondTaskIsRefusedWhileOneIsUnderWay() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        onLoop(() -> {
            offLoop.run(release::await, this::tell, NOTHING);
            told.add(assertThrows(IllegalStateException.class, () -> offLoop.run(() -> told.add("second"), this::tell, NOTHING)).getMessage());
        });
        assertEquals("a task is under way already", next());
        release.countDown();
        assertEquals("loop: null", next());
        assertNull(told.poll());
    }

    @Test
    void aTaskThatOutlivesItsLoopIsFollowedOnItsOwnThread() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> alone = new CompletableFuture<>();
        onLoop(() -> offLoop.run(release::await, this::tell, () -> alone.complete(Thread.currentThread() == loop.thread())));
        end();
        release.countDown();
        assertFalse(alone.get(10, TimeUnit.SECONDS));
        assertNull(told.poll());
    }
}
