package dev.sluice.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Registers meters as [SluiceMeter] describes them, and takes away what it registered: all of it, or a part that has a set of its own.
///
/// Shared: its own lock guards the fields. The registry is called without it, since it calls whoever watches it.
final class MeterSet implements AutoCloseable {

    private final MeterRegistry registry;
    private final Tags extra;
    private final @Nullable MeterSet whole;
    private final Set<Meter> registered = new HashSet<>();
    private final Set<MeterSet> parts = new HashSet<>();
    private volatile boolean closed;

    /// @param extra go on every meter
    MeterSet(MeterRegistry registry, Tags extra) {
        this(registry, extra, null);
    }

    private MeterSet(MeterRegistry registry, Tags extra, @Nullable MeterSet whole) {
        this.registry = registry;
        this.extra = extra;
        this.whole = whole;
    }

    MeterRegistry registry() {
        return registry;
    }

    /// Some of the meters, in a set that is closed by itself or with this one.
    ///
    /// @param registered registers them; when that fails, none of them is left
    <T> T part(Function<MeterSet, T> registered) {
        MeterSet part = new MeterSet(registry, extra, this);
        synchronized (this) {
            part.closed = closed;
            parts.add(part);
        }
        try {
            return registered.apply(part);
        } catch (RuntimeException | Error failed) {
            part.close();
            throw failed;
        }
    }

    /// Whether its meters are taken away.
    boolean closed() {
        return closed;
    }

    Counter counter(SluiceMeter what, String... tagValues) {
        return kept(Counter.builder(what.dotted()).description(what.description()).baseUnit(unit(what))
                .tags(tags(what, SluiceMeter.Kind.COUNTER, tagValues)).register(registry));
    }

    Timer timer(SluiceMeter what, String... tagValues) {
        return kept(Timer.builder(what.dotted()).description(what.description())
                .serviceLevelObjectives(what.buckets().toArray(Duration[]::new))
                .tags(tags(what, SluiceMeter.Kind.TIMER, tagValues)).register(registry));
    }

    /// A gauge that is read when it is asked for.
    void gauge(SluiceMeter what, DoubleSupplier value, String... tagValues) {
        kept(Gauge.builder(what.dotted(), value, DoubleSupplier::getAsDouble).description(what.description()).baseUnit(unit(what))
                .strongReference(true).tags(tags(what, SluiceMeter.Kind.GAUGE, tagValues)).register(registry));
    }

    /// A counter that somebody else counts. The function holds what it reads: the registry's own reference is weak.
    void total(SluiceMeter what, DoubleSupplier value, String... tagValues) {
        kept(FunctionCounter.builder(what.dotted(), value, same -> value.getAsDouble()).description(what.description())
                .baseUnit(unit(what)).tags(tags(what, SluiceMeter.Kind.COUNTER, tagValues)).register(registry));
    }

    /// A timer that somebody else keeps, as [#total] for counters.
    ///
    /// @param count of durations
    /// @param nanos all of them together
    void timed(SluiceMeter what, LongSupplier count, DoubleSupplier nanos, String... tagValues) {
        kept(FunctionTimer.builder(what.dotted(), count, same -> count.getAsLong(), same -> nanos.getAsDouble(), TimeUnit.NANOSECONDS)
                .description(what.description()).tags(tags(what, SluiceMeter.Kind.TIMER, tagValues)).register(registry));
    }

    /// Takes every meter away, and every later one as soon as it comes.
    @Override
    public void close() {
        Set<Meter> gone;
        Set<MeterSet> goneParts;
        synchronized (this) {
            closed = true;
            gone = Set.copyOf(registered);
            registered.clear();
            goneParts = Set.copyOf(parts);
            parts.clear();
        }
        gone.forEach(registry::remove);
        goneParts.forEach(MeterSet::close);
        if (whole != null) {
            whole.forget(this);
        }
    }

    private synchronized void forget(MeterSet part) {
        parts.remove(part);
    }

    private <M extends Meter> M kept(M meter) {
        synchronized (this) {
            if (!closed) {
                registered.add(meter);
                return meter;
            }
        }
        registry.remove(meter);
        return meter;
    }

    private Tags tags(SluiceMeter what, SluiceMeter.Kind kind, String... values) {
        List<String> keys = what.tags();
        if (keys.size() != values.length || what.kind() != kind) {
            throw new IllegalArgumentException(what + " is a " + what.kind() + " tagged " + keys + ", not a " + kind + " with "
                    + values.length + " tags");
        }
        Tags tags = extra;
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(keys.get(i), values[i]);
        }
        return tags;
    }

    private static @Nullable String unit(SluiceMeter what) {
        return what.baseUnit().isEmpty() ? null : what.baseUnit();
    }
}
