package dev.sluice.metrics;

import dev.sluice.api.ServerControl;
import io.micrometer.core.instrument.Clock;
import org.jspecify.annotations.Nullable;

/// Takes a snapshot of a server at most every 100 ms, so that one scrape of a hundred meters walks the server once and sees one
/// consistent picture. Shared: its own lock guards the fields, and lets one thread walk at a time.
final class Snapshots {

    static final long LIFE_NANOS = 100_000_000;

    private final ServerControl control;
    private final Clock clock;
    private @Nullable Snapshot last;
    private long takenAt;

    Snapshots(ServerControl control, Clock clock) {
        this.control = control;
        this.clock = clock;
    }

    /// At most 100 ms old.
    synchronized Snapshot recent() {
        Snapshot known = last;
        return known != null && clock.monotonicTime() - takenAt < LIFE_NANOS ? known : fresh();
    }

    /// Taken now.
    synchronized Snapshot fresh() {
        Snapshot known = last;
        Snapshot taken = Snapshot.of(control, known == null ? 1 : known.number() + 1);
        last = taken;
        takenAt = clock.monotonicTime();
        return taken;
    }
}
