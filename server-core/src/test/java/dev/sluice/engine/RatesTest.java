package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RatesTest {

    private final Rates rates = new Rates();

    @Test
    void nothingIsNone() {
        assertEquals(0, rates.last());
        assertEquals(0, rates.minute());
        assertEquals(0, rates.peak());
    }

    @Test
    void tellsTheLastSecondTheMeanAndTheMost() {
        rates.sample(10);
        rates.sample(40);
        rates.sample(45);
        assertEquals(5, rates.last());
        assertEquals(15, rates.minute());
        assertEquals(30, rates.peak());
    }

    @Test
    void forgetsWhatIsOlderThanAMinuteButNotThePeak() {
        rates.sample(6_000);
        for (int second = 1; second <= 60; second++) {
            rates.sample(6_000 + second);
        }
        assertEquals(1, rates.minute());
        assertEquals(6_000, rates.peak());
    }
}
