package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CellTest {

    /// A model or a pool that is added to the sealed types belongs into the table of cells.
    @Test
    void everyModelIsListedOnEveryPool() {
        Set<String> listed = new TreeSet<>();
        Cell.ALL.forEach(cell -> listed.add(name(cell.io().getClass(), cell.pool() == null ? null : cell.pool().getClass())));
        Set<String> possible = new TreeSet<>();
        for (Class<?> io : IoModel.class.getPermittedSubclasses()) {
            Arrays.stream(PoolType.class.getPermittedSubclasses()).forEach(pool -> possible.add(name(io, pool)));
            possible.add(name(io, null));
        }
        possible.remove(name(IoModel.Duplex.class, null));
        assertEquals(possible, listed);
    }

    private static String name(Class<?> io, Class<?> pool) {
        return io.getSimpleName() + " on " + (pool == null ? "inline" : pool.getSimpleName());
    }

    @Test
    void duplexOnInlineIsRefusedAndSaysWhy() {
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", Speech.LINE.endpoint(new Deeds()));
        List.of(IoModel.duplex(), new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM)).forEach(duplex -> {
            String message = assertThrows(IllegalArgumentException.class, () -> listener.on(duplex, ServerConfig.INLINE)).getMessage();
            assertTrue(message.contains("duplex") && message.contains("inline") && message.contains("name a pool"), message);
        });
    }
}
