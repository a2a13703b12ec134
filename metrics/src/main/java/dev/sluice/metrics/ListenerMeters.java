package dev.sluice.metrics;

import dev.sluice.protocol.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// The meters of one traffic listener that are recorded as things happen. Those of requests are counted here, by the outcome's ordinal,
/// and the registry reads them when it is asked: a request costs an addition or two for each duration it had, and no look-up, allocation
/// or reading of a clock. Immutable; what counts takes any thread.
final class ListenerMeters implements AutoCloseable {

    private static final Outcome[] OUTCOMES = Outcome.values();

    private final MeterSet own;
    private final LatencyBuckets[] service;
    private final LatencyBuckets[] wait;
    /// Requests that never reached their handler. The others are those that have a service time, so none is counted twice.
    private final LongAdder[] unserved;
    private final Timer duration;
    private final Counter failures;
    private final Counter timeouts;

    /// @param meters of its own
    ListenerMeters(MeterSet meters, String listener) {
        own = meters;
        service = byOutcome(outcome -> timed(SluiceMeter.REQUEST_SERVICE, SluiceMeter.REQUEST_SERVICE_BUCKETS, listener, outcome),
                LatencyBuckets[]::new);
        wait = byOutcome(outcome -> timed(SluiceMeter.REQUEST_WAIT, SluiceMeter.REQUEST_WAIT_BUCKETS, listener, outcome),
                LatencyBuckets[]::new);
        unserved = byOutcome(outcome -> new LongAdder(), LongAdder[]::new);
        for (Outcome outcome : OUTCOMES) {
            meters.total(SluiceMeter.REQUESTS, () -> requests(outcome), listener, SluiceMeter.tagValue(outcome));
        }
        duration = meters.timer(SluiceMeter.CONNECTION_DURATION, listener);
        failures = meters.counter(SluiceMeter.HANDLER_FAILURES, listener);
        timeouts = meters.counter(SluiceMeter.HANDLER_TIMEOUTS, listener);
    }

    private LatencyBuckets timed(SluiceMeter what, SluiceMeter buckets, String listener, String outcome) {
        LatencyBuckets counted = new LatencyBuckets(buckets.buckets(), own.registry().config().clock());
        own.timed(what, () -> counted.recent().count(), () -> counted.recent().nanos(), listener, outcome);
        List<String> bounds = Stream.concat(buckets.buckets().stream().map(ListenerMeters::seconds), Stream.of("+Inf")).toList();
        for (int i = 0; i < bounds.size(); i++) {
            int bucket = i;
            own.total(buckets, () -> counted.recent().within().get(bucket), listener, outcome, bounds.get(i));
        }
        return counted;
    }

    /// 50 µs are `0.00005`.
    private static String seconds(Duration bound) {
        return BigDecimal.valueOf(bound.toNanos(), 9).stripTrailingZeros().toPlainString();
    }

    private double requests(Outcome outcome) {
        return service[outcome.ordinal()].count() + unserved[outcome.ordinal()].sum();
    }

    void ended(Outcome outcome, long queueWait, long serviceTime) {
        int index = outcome.ordinal();
        if (serviceTime > 0) {
            service[index].add(serviceTime);
        } else {
            unserved[index].increment();
        }
        if (queueWait > 0) {
            wait[index].add(queueWait);
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

    private static <C> C[] byOutcome(Function<String, C> counted, IntFunction<C[]> array) {
        return Arrays.stream(OUTCOMES).map(outcome -> counted.apply(SluiceMeter.tagValue(outcome))).toArray(array);
    }
}
