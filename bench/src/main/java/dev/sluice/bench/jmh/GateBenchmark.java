package dev.sluice.bench.jmh;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.PoolType;
import dev.sluice.pool.Admission;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Work;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The hand-off of a request to a pool: one at a time, from the submission until its permit is back, and many that come together.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GateBenchmark {

    private static final int MANY = 256;

    @Param({"fixed", "cached", "work-stealing", "virtual"})
    public String pool = "fixed";

    private final AtomicInteger left = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Work[] works = new Work[MANY];
    private Gate gate;

    @Setup
    public void open() {
        PoolType type = switch (pool) {
            case "fixed" -> new PoolType.Fixed();
            case "cached" -> new PoolType.Cached();
            case "work-stealing" -> new PoolType.WorkStealing();
            default -> new PoolType.Virtual();
        };
        gate = Gate.open("bench", PoolConfig.of(type, 2), PoolInfo.Unit.REQUEST);
        for (int i = 0; i < MANY; i++) {
            works[i] = new Countdown(left, failure);
        }
    }

    @TearDown
    public void close() throws InterruptedException {
        gate.close();
        if (!gate.awaitEnded(Duration.ofSeconds(10))) {
            throw new IllegalStateException("permits are not back, or threads are left: " + gate.info());
        }
    }

    @Benchmark
    public void one() {
        handOff(1);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void together() {
        handOff(MANY);
    }

    private void handOff(int count) {
        left.set(count);
        for (int i = 0; i < count; i++) {
            if (gate.submit(works[i]) != Admission.ACCEPTED) {
                throw new IllegalStateException("the gate is full");
            }
        }
        while (left.get() > 0) {
            Thread.onSpinWait();
        }
        if (failure.getPlain() != null) {
            throw new IllegalStateException("the executor did not take it", failure.getPlain());
        }
    }

    /// Has run, and its permit is back.
    private record Countdown(AtomicInteger left, AtomicReference<Throwable> failure) implements Work {

        @Override
        public void run(long queueWait) {}

        @Override
        public void done() {
            left.decrementAndGet();
        }

        @Override
        public void abandoned(Throwable cause) {
            failure.set(cause);
            left.decrementAndGet();
        }
    }
}
