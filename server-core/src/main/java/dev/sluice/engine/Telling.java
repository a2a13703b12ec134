package dev.sluice.engine;

import dev.sluice.api.AccessLog;
import dev.sluice.api.Exchange;
import dev.sluice.api.ExchangeListener;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is told of the exchanges of one listener: its access log, and whoever watches the whole server. Immutable.
final class Telling {

    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

    private final Logger log;
    private final Journal journal;
    private final ExchangeListener watcher;
    private final InstantSource clock;

    Telling(String listener, Events events) {
        this.log = LoggerFactory.getLogger("dev.sluice.access." + listener);
        this.journal = events.journal();
        this.watcher = events.exchanges();
        this.clock = events.clock();
    }

    /// Whether there is anybody to tell.
    ///
    /// @param format as the listener is configured now
    boolean wanted(AccessLog format) {
        return format != AccessLog.OFF || watcher != ExchangeListener.NONE;
    }

    void tell(AccessLog format, Exchange exchange) {
        if (format != AccessLog.OFF && log.isInfoEnabled()) {
            journal.add(log, AccessLine.of(format, exchange, clock.instant()));
        }
        try {
            watcher.ended(exchange);
        } catch (Throwable failure) {
            LOG.warn("event=exchange-listener-failed connection={}", exchange.peer().connection(), failure);
        }
    }
}
