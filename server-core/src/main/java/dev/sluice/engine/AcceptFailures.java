package dev.sluice.engine;

import dev.sluice.api.ServerEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How one listener survives failures of `accept`, as when no file is free: it counts them, tells of them once for a burst, and waits longer and
/// longer between them.
///
/// Its acceptor's thread backs off and tells. Failures are added, and are over, under the acceptor's lock, since a drain may sweep an iterative
/// listener from another thread; what that leaves is volatile.
final class AcceptFailures {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
    private static final long FIRST_PAUSE = 5;
    private static final long LONGEST_PAUSE = 1_000;
    private static final long SILENCE = 1_000_000_000;

    private final String listener;
    private final Events events;
    private volatile long count;
    private volatile long pause;
    private long toldAt = System.nanoTime() - SILENCE;
    /// The last one, until it is told.
    private volatile @Nullable Throwable untold;

    AcceptFailures(String listener, Events events) {
        this.listener = listener;
        this.events = events;
    }

    /// Goes on counting where another acceptor of the listener left off.
    void succeed(AcceptFailures before) {
        count = before.count;
    }

    long count() {
        return count;
    }

    /// For how many milliseconds nothing is to be accepted; 0 for not at all.
    long pause() {
        return pause;
    }

    void add(Throwable failure) {
        count++;
        untold = failure;
    }

    /// Accepting has worked.
    void over() {
        if (pause != 0) {
            pause = 0;
        }
    }

    void backOff() {
        pause = pause == 0 ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
    }

    /// Backs off after a failure that is not told yet. Tells of it at most once a second, since bursts may follow each other as files come free one by
    /// one; under no lock, since those who are told may take their time.
    void tell() {
        Throwable failure = untold;
        if (failure == null) {
            return;
        }
        untold = null;
        boolean first = pause == 0;
        backOff();
        long now = System.nanoTime();
        if (first && now - toldAt >= SILENCE) {
            toldAt = now;
            LOG.warn("event=accept-failed listener={} cause=\"{}\" next-try-ms={}", listener, failure.getMessage(), pause);
            events.publish(new ServerEvent.AcceptFailed(listener, String.valueOf(failure.getMessage()), Duration.ofMillis(pause)));
        }
    }
}
