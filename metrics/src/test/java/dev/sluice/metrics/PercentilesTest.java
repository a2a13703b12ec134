package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PercentilesTest {

    /// 10 values up to 1, 40 more up to 2, 40 more up to 10, and 10 beyond, the largest being 50.
    private final Percentiles of = new Percentiles(new double[] {1, 2, 10}, new double[] {10, 50, 90}, 100, 50);

    @Test
    void interpolatesWithinTheBucket() {
        assertEquals(0.5, of.of(0.05), 1e-9);
        assertEquals(1, of.of(0.1), 1e-9);
        assertEquals(1.5, of.of(0.3), 1e-9);
        assertEquals(2, of.of(0.5), 1e-9);
        assertEquals(6, of.of(0.7), 1e-9);
    }

    @Test
    void beyondTheLastBucketGoesUpToTheMaximum() {
        assertEquals(30, of.of(0.95), 1e-9);
        assertEquals(50, of.of(1), 1e-9);
    }

    @Test
    void aForgottenMaximumLeavesTheLastBound() {
        assertEquals(10, new Percentiles(of.bounds(), of.counts(), 100, 0).of(0.99), 1e-9);
    }

    @Test
    void emptyBucketsAreSkipped() {
        assertEquals(1.5, new Percentiles(new double[] {1, 2, 10}, new double[] {0, 8, 8}, 8, 2).of(0.5), 1e-9);
    }

    @Test
    void nothingIsNotANumber() {
        assertEquals(Double.NaN, new Percentiles(of.bounds(), new double[3], 0, 0).of(0.5));
        assertEquals(Double.NaN, new Percentiles(new double[0], new double[0], 5, 1).of(0.5));
    }
}
