package dev.sluice.server;

import dev.sluice.api.PoolType;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// An executor of the user's own that does with its tasks what the test says: runs them, keeps them until it is told, or refuses them.
final class Reluctant extends ThreadPoolExecutor {

    enum Mood {
        RUNS,
        KEEPS,
        REFUSES
    }

    final Queue<Runnable> kept = new ConcurrentLinkedQueue<>();
    volatile Mood mood;

    Reluctant(Mood mood) {
        super(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), Thread.ofPlatform().name("of-the-user-reluctant-", 1).factory());
        this.mood = mood;
    }

    PoolType owned() {
        return new PoolType.Custom("reluctant", () -> this, true);
    }

    @Override
    public void execute(Runnable task) {
        switch (mood) {
            case RUNS -> super.execute(task);
            case KEEPS -> kept.add(task);
            case REFUSES -> throw new RejectedExecutionException("planned by a test");
        }
    }

    /// Runs what was kept, and from now on everything.
    void relent() {
        mood = Mood.RUNS;
        for (Runnable task; (task = kept.poll()) != null; ) {
            super.execute(task);
        }
    }
}
