package dev.sluice.api;

/// A pool: one gate of permits in front of an executor.
///
/// @param type     the executor behind the gate; when it changes, new work goes to a new one, and the old one finishes what it holds
/// @param size     how many may run at once, whatever the type: requests, with blocking I/O connections
/// @param queue    how many may wait to run; 0 for none
/// @param whenFull what happens to what finds the queue full
public record PoolConfig(@Live PoolType type, @Live int size, @Live int queue, @Live WhenFull whenFull) {

    /// What happens to what finds the queue full.
    public enum WhenFull {
        /// It is refused in the protocol's own words.
        REFUSE,
        /// It waits where it is, and nothing more is read or accepted there meanwhile: back-pressure.
        WAIT
    }

    public static final int DEFAULT_QUEUE = 1_000;
    /// A [java.util.concurrent.ForkJoinPool] has no more threads.
    private static final int MOST_STEALING = 32_767;

    public PoolConfig {
        Check.range("size", size, 1, type instanceof PoolType.WorkStealing ? MOST_STEALING : 1_000_000);
        Check.range("queue", queue, 0, 10_000_000);
    }

    /// A pool with a queue of 1,000 that refuses when it is full.
    public static PoolConfig of(PoolType type, int size) {
        return new PoolConfig(type, size, DEFAULT_QUEUE, WhenFull.REFUSE);
    }

    public PoolConfig withSize(int next) {
        return new PoolConfig(type, next, queue, whenFull);
    }

    public PoolConfig withQueue(int next, WhenFull then) {
        return new PoolConfig(type, size, next, then);
    }
}
