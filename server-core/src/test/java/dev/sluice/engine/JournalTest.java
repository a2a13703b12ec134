package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class JournalTest {

    private static final int ROOM = 4_096;

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.sluice.access.journal-test");
    private final Journal journal = new Journal();
    private final Disk disk = new Disk();

    /// Takes lines once it is open.
    private static final class Disk extends AppenderBase<ILoggingEvent> {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final Queue<String> written = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            asked.countDown();
            try {
                open.await();
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            if (event.getMessage().equals("fail")) {
                throw new IllegalStateException("asked to fail");
            }
            written.add(event.getFormattedMessage());
        }
    }

    @BeforeEach
    void attach() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        disk.start();
        logger.addAppender(disk);
    }

    @AfterEach
    void detach() {
        disk.open.countDown();
        logger.detachAppender(disk);
    }

    private void awaitWritten() {
        await().pollDelay(Duration.ZERO).until(() -> !Objects.requireNonNull(journal.writer()).isAlive());
    }

    @Test
    void dropsAndCountsWhatDoesNotFitWhileADiskIsSlow() throws Exception {
        journal.add(logger, "first");
        disk.asked.await();
        for (int i = 0; i < ROOM + 17; i++) {
            journal.add(logger, "line " + i);
        }
        assertEquals(17, journal.dropped());
        disk.open.countDown();
        awaitWritten();
        assertEquals(ROOM + 1, disk.written.size());
        assertEquals("first", disk.written.peek());
        assertFalse(disk.written.contains("line " + ROOM));
        journal.add(logger, "after");
        awaitWritten();
        assertEquals(ROOM + 2, disk.written.size());
        assertEquals(17, journal.dropped());
    }

    @Test
    void writesOnAfterAFailure() {
        disk.open.countDown();
        journal.add(logger, "fail");
        journal.add(logger, "next");
        awaitWritten();
        await().pollDelay(Duration.ZERO).until(() -> disk.written.contains("next"));
    }

    /// Placeholders and the like are the client's text.
    @Test
    void takesALineAsItIs() {
        disk.open.countDown();
        journal.add(logger, "{} ${jndi:x} %msg");
        await().pollDelay(Duration.ZERO).until(() -> "{} ${jndi:x} %msg".equals(disk.written.peek()));
    }
}
