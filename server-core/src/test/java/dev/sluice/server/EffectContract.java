package dev.sluice.server;

import dev.sluice.api.Timeouts;
import dev.sluice.server.Cell.Place;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// What a key does is seen by clients that were there before it was changed, where it is live; a small server for each place. What is long does not come to
/// pass while a test runs, what is short does; nothing is measured. Leaves nothing behind.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EffectContract {

    static final List<Place> PLACES = Cell.engines(Speech.HTTP);
    static final List<Place> POOLED = PLACES.stream().filter(place -> !place.cell().inline()).toList();
    static final Duration LONG = Duration.ofHours(1);
    static final Duration SHORT = Duration.ofMillis(100);
    static final Timeouts PATIENT = new Timeouts(LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(500));

    private Account.Before before;
    private Errors errors;

    @BeforeAll
    void remember() {
        before = Account.Before.now();
        errors = Errors.watch();
    }

    @AfterAll
    void compare() {
        before.assertNothingLeft();
        errors.assertNone();
    }

    /// One whose deadlines are all long.
    static House.Plan patient(Place place) {
        return House.Plan.of(place).listener(listener -> listener.withTimeouts(PATIENT));
    }
}
