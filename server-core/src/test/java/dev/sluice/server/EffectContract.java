package dev.sluice.server;

import dev.sluice.api.Timeouts;
import dev.sluice.server.Cell.Place;
import java.time.Duration;
import java.util.List;

/// What a key does is seen by clients that were there before it was changed, where it is live; a small server for each place. What is long does not come to
/// pass while a test runs, what is short does; nothing is measured.
@LeavesNothing
abstract class EffectContract {

    static final List<Place> PLACES = Cell.engines(Speech.HTTP);
    static final List<Place> POOLED = PLACES.stream().filter(place -> !place.cell().inline()).toList();
    static final Duration LONG = Duration.ofHours(1);
    static final Duration SHORT = Duration.ofMillis(100);
    static final Timeouts PATIENT = new Timeouts(LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(500));

    /// One whose deadlines are all long.
    static House.Plan patient(Place place) {
        return House.Plan.of(place).listener(listener -> listener.withTimeouts(PATIENT));
    }
}
