package dev.sluice.wire;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A call of foreign code whose failure changes nothing: it is logged, and what it leaves of an interrupt is cleared.
@FunctionalInterface
interface Attempt {

    Logger LOG = LoggerFactory.getLogger(Attempt.class);

    void run() throws Exception;

    static void make(Attempt attempt) {
        try {
            attempt.run();
        } catch (Throwable failure) {
            LOG.warn("event=source-failed", failure);
        } finally {
            Thread.interrupted();
        }
    }
}
