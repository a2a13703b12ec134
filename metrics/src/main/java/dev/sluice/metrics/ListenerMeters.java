package dev.sluice.metrics;

import dev.sluice.api.RequestProbe;
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
final class ListenerMeters implements RequestProbe {

    private static final Outcome[] OUTCOMES = Outcome.values();

    private final Counter[] requests;
    private final Timer[] service;
    private final Timer[] wait;
    private final Timer duration;
    private final Counter failures;
    private final Counter timeouts;

    ListenerMeters(MeterSet meters, String listener) {
        requests = byOutcome(outcome -> meters.counter(SluiceMeter.REQUESTS, listener, outcome), Counter[]::new);
        service = byOutcome(outcome -> meters.timer(SluiceMeter.REQUEST_SERVICE, listener, outcome), Timer[]::new);
        wait = byOutcome(outcome -> meters.timer(SluiceMeter.REQUEST_WAIT, listener, outcome), Timer[]::new);
        duration = meters.timer(SluiceMeter.CONNECTION_DURATION, listener);
        failures = meters.counter(SluiceMeter.HANDLER_FAILURES, listener);
        timeouts = meters.counter(SluiceMeter.HANDLER_TIMEOUTS, listener);
    }

    @Override
    public void ended(Outcome outcome, long queueWait, long serviceTime) {
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

    private static <M> M[] byOutcome(Function<String, M> meter, IntFunction<M[]> array) {
        return Arrays.stream(OUTCOMES).map(outcome -> meter.apply(SluiceMeter.tagValue(outcome))).toArray(array);
    }
}
