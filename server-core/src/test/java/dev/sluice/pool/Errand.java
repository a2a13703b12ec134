package dev.sluice.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A work that writes down what becomes of it, and can be held while it runs.
final class Errand implements Work {

    final String name;
    final List<String> diary;
    private final @Nullable CountDownLatch until;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    volatile @Nullable Thread thread;
    volatile @Nullable Throwable cause;
    volatile long queueWait = -1;

    private Errand(String name, List<String> diary, @Nullable CountDownLatch until) {
        this.name = name;
        this.diary = diary;
        this.until = until;
    }

    static Errand quick(String name) {
        return new Errand(name, new CopyOnWriteArrayList<>(), null);
    }

    static Errand quick(String name, List<String> diary) {
        return new Errand(name, diary, null);
    }

    static Errand until(CountDownLatch until) {
        return new Errand("held", new CopyOnWriteArrayList<>(), until);
    }

    @Override
    public void run(long wait) {
        queueWait = wait;
        thread = Thread.currentThread();
        diary.add(name + " run");
        begun.countDown();
        await(until);
        over.countDown();
    }

    @Override
    public void admitted() {
        diary.add(name + " admitted");
    }

    @Override
    public void abandoned(Throwable why) {
        cause = why;
        diary.add(name + " abandoned");
        over.countDown();
    }

    boolean hasBegun() {
        return begun.getCount() == 0;
    }

    Errand awaitBegun() {
        await(begun);
        return this;
    }

    Errand awaitOver() {
        await(over);
        return this;
    }

    static void await(@Nullable CountDownLatch latch) {
        try {
            assertEquals(true, latch == null || latch.await(20, TimeUnit.SECONDS), "waited in vain");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
