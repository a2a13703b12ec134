package dev.sluice.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A count that one thread at a time adds to and any thread reads, a moment late at most. Costs a plain addition.
final class Counter {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // by VALUE
    private long value;

    void add(long amount) {
        VALUE.setRelease(this, (long) VALUE.getOpaque(this) + amount);
    }

    long sum() {
        return (long) VALUE.getAcquire(this);
    }
}
