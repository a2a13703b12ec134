package dev.sluice.engine;

import dev.sluice.protocol.Outcome;
import java.util.Arrays;

/// What a loop has answered by itself since it last looked at the clock: up to sixteen requests, which share the time they took evenly, decoding
/// included. To look at the clock for each would cost a small pipelined request a twentieth of all it costs. A handler that takes longer than a round of the
/// reaper shares with no request that comes after it.
///
/// Confined to the loop's thread, and empty between the turns of two connections.
final class Batch {

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int MOST = 16;

    private final int[] answered = new int[OUTCOMES.length];
    private int size;
    private long begun;

    /// A request is about to be handled.
    void begin(Listener listener, long now) {
        if (now != begun) {
            settle(listener, now);
            begun = now;
        }
    }

    /// It was answered.
    void add(Outcome outcome) {
        answered[outcome.ordinal()]++;
        size++;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Whether it is to be settled before another request is begun.
    boolean isFull() {
        return size >= MOST;
    }

    /// Counts what was answered, if anything was.
    void settle(Listener listener, long now) {
        if (size == 0) {
            return;
        }
        long each = Math.max(1, (now - begun) / size);
        listener.serviceTime().record(each, size);
        for (Outcome outcome : OUTCOMES) {
            for (int left = answered[outcome.ordinal()]; left > 0; left--) {
                listener.count(outcome, 0, each);
            }
        }
        Arrays.fill(answered, 0);
        size = 0;
    }
}
