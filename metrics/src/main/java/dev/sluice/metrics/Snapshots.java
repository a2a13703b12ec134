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

    synchronized Snapshot now() {
        long time = clock.monotonicTime();
        Snapshot known = last;
        if (known != null && time - takenAt < LIFE_NANOS) {
            return known;
        }
        Snapshot taken = Snapshot.of(control);
        last = taken;
        takenAt = time;
        return taken;
    }
}
