package dev.sluice.metrics;

import dev.sluice.protocol.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;

/// The meters of one traffic listener that are recorded as things happen. Every meter is resolved when the listener starts, those of
/// requests into arrays by the outcome's ordinal: a request costs no look-up and no allocation. Immutable; the meters take any thread.
final class ListenerMeters implements AutoCloseable {

    private static final Outcome[] OUTCOMES = Outcome.values();

    private final MeterSet own;
    private final Counter[] requests;
    private final Timer[] service;
    private final Timer[] wait;
    private final Timer duration;
    private final Counter failures;
    private final Counter timeouts;

    /// @param meters of its own
    ListenerMeters(MeterSet meters, String listener) {
        own = meters;
        requests = byOutcome(outcome -> meters.counter(SluiceMeter.REQUESTS, listener, outcome), Counter[]::new);
        service = byOutcome(outcome -> meters.timer(SluiceMeter.REQUEST_SERVICE, listener, outcome), Timer[]::new);
        wait = byOutcome(outcome -> meters.timer(SluiceMeter.REQUEST_WAIT, listener, outcome), Timer[]::new);
        duration = meters.timer(SluiceMeter.CONNECTION_DURATION, listener);
        failures = meters.counter(SluiceMeter.HANDLER_FAILURES, listener);
        timeouts = meters.counter(SluiceMeter.HANDLER_TIMEOUTS, listener);
    }

    void ended(Outcome outcome, long queueWait, long serviceTime) {
        int index = outcome.ordinal();
        requests[index].increment();
        if (serviceTime > 0) {
            service[index].record(serviceTime, TimeUnit.NANOSECONDS);
        }
        if (queueWait > 0) {
            wait[index].record(queueWait, TimeUnit.NANOSECONDS);
        }
    }

    void connectionEnded(Duration age) {
        duration.record(age);
    }

    void handlerFailed() {
        failures.increment();
    }

    void handlerTimedOut() {
        timeouts.increment();
    }

    /// Whether they are taken away.
    boolean closed() {
        return own.closed();
    }

    /// Takes them away; those who still hold them count unseen.
    @Override
    public void close() {
        own.close();
    }

    private static <M> M[] byOutcome(Function<String, M> meter, IntFunction<M[]> array) {
        return Arrays.stream(OUTCOMES).map(outcome -> meter.apply(SluiceMeter.tagValue(outcome))).toArray(array);
    }
}
