package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.console.command.Distribution.Bucket;
import java.util.List;
import org.junit.jupiter.api.Test;

class DistributionTest {

    private static final List<Bucket> BUCKETS = List.of(new Bucket(1, 50), new Bucket(2, 50), new Bucket(4, 90));

    @Test
    void aPercentileLiesOnALineWithinItsBucket() {
        Distribution distribution = new Distribution(BUCKETS, 100, 6);
        assertEquals(0.5, distribution.percentile(0.25), 1e-12);
        assertEquals(1, distribution.percentile(0.5), 1e-12);
        assertEquals(3, distribution.percentile(0.7), 1e-12);
        assertEquals(5, distribution.percentile(0.95), 1e-12);
    }

    @Test
    void whatIsAboveTheLastBucketIsAsLongAsItsBoundWhenTheLongestHasBeenForgotten() {
        assertEquals(4, new Distribution(BUCKETS, 100, 0).percentile(0.99), 1e-12);
    }

    @Test
    void withoutBucketsOrValuesThereAreNone() {
        assertEquals(Double.NaN, new Distribution(List.of(), 5, 1).percentile(0.5));
        assertEquals(Double.NaN, new Distribution(List.of(new Bucket(1, 0)), 0, 0).percentile(0.5));
    }
}
