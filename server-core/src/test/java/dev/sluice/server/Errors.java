package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/// What the server logs as an error is a fault of its own, whatever its handlers, codecs and clients do.
final class Errors extends AppenderBase<ILoggingEvent> {

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();

    private Errors() {}

    static Errors watch() {
        Errors errors = new Errors();
        errors.start();
        logger().addAppender(errors);
        return errors;
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("dev.sluice");
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            errors.add(event.getFormattedMessage());
        }
    }

    /// Looks no longer, and has seen none.
    void assertNone() {
        logger().detachAppender(this);
        assertEquals(List.of(), List.copyOf(errors));
    }
}
