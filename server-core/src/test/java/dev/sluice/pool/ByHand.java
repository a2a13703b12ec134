package dev.sluice.pool;

import dev.sluice.api.PoolType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/// An executor that runs what it was given when the test says so, on the test's thread.
class ByHand extends AbstractExecutorService {

    private final Deque<Runnable> given = new ArrayDeque<>();
    private boolean shutDown;

    PoolType owned() {
        return new PoolType.Custom("by-hand", () -> this, true);
    }

    PoolType lent() {
        return new PoolType.Custom("by-hand", () -> this, false);
    }

    @Override
    public void execute(Runnable task) {
        given.add(task);
    }

    int given() {
        return given.size();
    }

    void runOne() {
        given.remove().run();
    }

    void runAll() {
        while (!given.isEmpty()) {
            runOne();
        }
    }

    /// What a discarding rejection policy does.
    void drop() {
        given.clear();
    }

    @Override
    public void shutdown() {
        shutDown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutDown = true;
        return new ArrayList<>(given);
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        return shutDown && given.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit timeUnit) {
        return isTerminated();
    }
}
