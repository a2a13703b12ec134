package dev.sluice.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Keeps the meters of listeners, pools and loops in step with those that a server has.
///
/// It looks at two times. When a change of configuration is told of, so that what is new is there before anyone scrapes; and when a
/// snapshot that is taken for a scrape shows others than have meters, since what has left the configuration drains on, and its end is no
/// event. Neither would do alone. The events of single listeners would not do either: they tell of addresses, and a listener that is
/// replaced where it is neither opens nor closes one.
///
/// One thread looks at a time, and none waits for it: who comes meanwhile has it look once more. So a change may be told of under any
/// lock of the server, and the registry, which calls whoever watches it, is called under none of ours.
final class Following {

    private final MeterSet meters;
    private final Snapshots snapshots;
    private final EventMeters events;
    private final ControlMeters control = new ControlMeters(this::seen);
    private final AtomicInteger asked = new AtomicInteger();
    /// Confined to the thread that looks, one after the other.
    private final Map<Subject, MeterSet> present = new HashMap<>();
    private volatile Set<Subject> followed = Set.of();
    private volatile @Nullable Snapshot compared;

    /// @param meters for what is read from the server
    /// @param events has those that are recorded as things happen
    Following(MeterSet meters, Snapshots snapshots, EventMeters events) {
        this.meters = meters;
        this.snapshots = snapshots;
        this.events = events;
    }

    /// Registers the meters of the server as a whole, and of what it has now.
    void begin(String server) {
        control.register(meters, server);
        look();
    }

    /// What a meter reads.
    private Snapshot seen() {
        Snapshot now = snapshots.recent();
        if (now != compared) {
            compared = now;
            if (!now.subjects().equals(followed) || !events.traffic().equals(now.listeners().keySet())) {
                look();
            }
        }
        return now;
    }

    /// Takes away the meters of what is gone, and registers those of what is new.
    void look() {
        if (asked.getAndIncrement() > 0) {
            return; // who is at it looks once more
        }
        int answered;
        do {
            answered = asked.get();
            try {
                follow(snapshots.fresh());
            } catch (RuntimeException | Error failed) {
                asked.set(0);
                throw failed;
            }
        } while (asked.addAndGet(-answered) > 0);
    }

    /// What is new comes first: a name that loses its last meter is another one to Prometheus when it comes back, and a scrape that has
    /// seen both fails.
    private void follow(Snapshot now) {
        now.subjects().forEach(subject -> present.computeIfAbsent(subject, this::registered));
        events.follow(now.listeners().keySet());
        present.entrySet().removeIf(entry -> {
            boolean gone = !now.subjects().contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        followed = now.subjects();
    }

    private MeterSet registered(Subject subject) {
        return meters.part(part -> {
            control.register(part, subject);
            return part;
        });
    }
}
