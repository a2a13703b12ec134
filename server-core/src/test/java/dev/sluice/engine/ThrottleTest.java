package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Throttle throttle = new Throttle();
    /// Just before the clock's value wraps around.
    private long now = Long.MAX_VALUE - SECOND / 2;

    private boolean comes(Object address, int perSecond) {
        boolean permitted = throttle.permits(address, perSecond, now);
        if (permitted) {
            throttle.take(address, perSecond, now);
        }
        return permitted;
    }

    private int come(Object address, int perSecond, int tries) {
        int permitted = 0;
        for (int i = 0; i < tries; i++) {
            permitted += comes(address, perSecond) ? 1 : 0;
        }
        return permitted;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100, 1_000_000})
    void permitsABurstOfASecondsWorthAndThenThePace(int perSecond) {
        int tries = 2 * perSecond + 1;
        assertEquals(perSecond, come("a", perSecond, tries), "the burst");
        int afterwards = 0;
        for (int tenth = 0; tenth < 30; tenth++) {
            now += SECOND / 10;
            afterwards += come("a", perSecond, tries);
        }
        assertEquals(3 * perSecond, afterwards, "in three seconds");
        now += 100 * SECOND;
        assertEquals(perSecond, come("a", perSecond, tries), "no more is saved up than a second's worth");
    }

    @Test
    void countsEachAddressForItself() {
        assertEquals(2, come("a", 2, 5));
        assertEquals(2, come("b", 2, 5));
        assertFalse(comes("a", 2));
    }

    @Test
    void isNotDelayedByWhatItRefuses() {
        assertEquals(5, come("a", 5, 1_000));
        now += SECOND / 5;
        assertEquals(1, come("a", 5, 1_000));
    }

    @Test
    void limitsNothingAtZero() {
        assertEquals(10_000, come("a", 0, 10_000));
        assertEquals(0, throttle.addresses());
    }

    @Test
    void goesByAnotherLimitAtOnce() {
        assertEquals(10, come("a", 10, 100));
        assertFalse(comes("a", 1), "what was taken is still to be paid back");
        now += SECOND;
        assertEquals(1, come("a", 1, 100));
        now += SECOND;
        assertEquals(100, come("a", 100, 1_000));
        assertTrue(comes("a", 0));
        assertEquals(1, come("a", 1, 100), "without a limit, nothing was counted");
    }

    @Test
    void forgetsThoseThatHavePaidBack() {
        for (int i = 0; i < 1_000; i++) {
            assertTrue(comes(i, 10));
            now += SECOND / 100;
        }
        assertTrue(throttle.addresses() <= 11, () -> throttle.addresses() + " addresses");
    }

    @Test
    void forgetsTheOneSeenLeastRecentlyWhenThereAreTooMany() {
        assertTrue(comes("first", 1));
        assertTrue(comes("second", 1));
        assertFalse(comes("first", 1), "and so was seen again");
        for (int i = 0; i < Throttle.MOST_ADDRESSES - 1; i++) {
            assertTrue(comes(i, 1));
        }
        assertEquals(Throttle.MOST_ADDRESSES, throttle.addresses());
        assertFalse(comes("first", 1));
        assertTrue(comes("second", 1), "was forgotten");
    }
}
