package dev.sluice.engine;

/// Requests per second: of the last one, the last sixty, and the most. Sampled once a second by the reaper; what is read is volatile.
public final class Rates {

    private static final int MINUTE = 60;

    private final long[] perSecond = new long[MINUTE];
    private int seconds;
    private long before;
    private long sum;
    private volatile double last;
    private volatile double minute;
    private volatile double peak;

    /// A second has passed.
    ///
    /// @param total requests so far
    public void sample(long total) {
        long now = total - before;
        before = total;
        int slot = seconds % MINUTE;
        sum += now - perSecond[slot];
        perSecond[slot] = now;
        seconds++;
        last = now;
        minute = (double) sum / Math.min(seconds, MINUTE);
        peak = Math.max(peak, now);
    }

    public double last() {
        return last;
    }

    public double minute() {
        return minute;
    }

    public double peak() {
        return peak;
    }
}
