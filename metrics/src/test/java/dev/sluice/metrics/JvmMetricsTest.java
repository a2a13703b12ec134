package dev.sluice.metrics;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JvmMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void memoryThreadsFilesAndTheRestAreThere() {
        try (JvmMetrics metrics = JvmMetrics.bind(registry)) {
            assertNotNull(metrics);
            for (String name : new String[] {"jvm.memory.used", "jvm.gc.memory.allocated", "jvm.threads.live", "jvm.classes.loaded",
                "system.cpu.count", "process.files.open", "process.uptime", "jvm.threads.virtual.pinned"}) {
                assertNotNull(registry.find(name).meter(), name);
            }
        }
    }

    @Test
    void closeLeavesNoThread() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        JvmMetrics metrics = JvmMetrics.bind(registry);
        Set<Thread> streams = begunSince(before);
        assertFalse(streams.isEmpty(), "the binder for virtual threads has a thread");
        metrics.close();
        await().until(() -> streams.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void otherBindersAreBoundAndClosedToo() {
        LoggerContext context = new LoggerContext();
        try (JvmMetrics metrics = JvmMetrics.bind(registry, new LogbackMetrics(List.of(), context))) {
            assertNotNull(metrics);
            context.getLogger("test").warn("counted");
            assertEquals(1, warnings());
        }
        context.getLogger("test").warn("not counted any more");
        assertEquals(1, warnings());
    }

    @Test
    void aBinderThatFailsLeavesNothingOpen() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        MeterBinder broken = target -> {
            throw new IllegalStateException("broken");
        };
        assertTrue(assertThrows(IllegalStateException.class, () -> JvmMetrics.bind(registry, broken)).getMessage().contains("broken"));
        Set<Thread> streams = begunSince(before);
        await().until(() -> streams.stream().noneMatch(Thread::isAlive));
    }

    private double warnings() {
        return registry.get("logback.events").tag("level", "warn").functionCounter().count();
    }

    /// The threads of event streams; the JVM keeps threads of its own for the recorder, which are daemons.
    private static Set<Thread> begunSince(Set<Thread> before) {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeAll(before);
        threads.removeIf(Thread::isDaemon);
        return threads;
    }
}
