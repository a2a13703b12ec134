package dev.sluice.engine;

import dev.sluice.protocol.Outcome;
import java.util.Arrays;

/// What a loop has answered by itself since it last looked at the clock: up to sixteen requests, which share the time they took evenly, decoding
/// included. To look at the clock for each would cost a small pipelined request a twentieth of all it costs. A request during which the reaper has looked
/// is counted by itself: one that is slow stands out, and a few quick ones too.
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

    /// Whether the clock is to be looked at before another request is begun.
    boolean isFull() {
        return size == MOST;
    }

    /// The request has been handled.
    ///
    /// @return false when it is not to be added: the time that has passed is its own
    boolean quick(Listener listener, long now) {
        if (now == begun) {
            return true;
        }
        settle(listener, begun);
        return false;
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
