package dev.sluice.api;

import static dev.sluice.api.ReloadReport.Kind.LIVE;
import static dev.sluice.api.ReloadReport.Kind.REBIND;
import static dev.sluice.api.ReloadReport.Kind.RESTART;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigKeysTest {

    private static final ServerConfig CONFIG = ServerConfig.named("edge")
            .withPool("workers", PoolConfig.of(new PoolType.WorkStealing(), 8))
            .withListener("web", ListenerConfig.at("127.0.0.1:8080", Served.as("http", "files")).on(new IoModel.EventLoop(2), "workers"))
            .withListener("echo", ListenerConfig.at("127.0.0.1:7777", Served.as("line", "echo")).on(IoModel.duplex(), "workers"));

    private static Map<String, String> texts(String prefix) {
        return ConfigKeys.of(CONFIG).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().text()));
    }

    @ParameterizedTest
    @CsvSource({"size, size", "whenFull, when-full", "perAddress, per-address", "noDelay, no-delay", "http2Port, http2-port"})
    void namesAreWrittenInKebabCase(String camel, String kebab) {
        assertEquals(kebab, ConfigKeys.kebab(camel));
    }

    @Test
    void aPoolsKeysAreThoseOfTheConfigurationFile() {
        assertEquals(Map.of("pools.workers.type", "work-stealing", "pools.workers.size", "8", "pools.workers.queue", "1000",
                "pools.workers.when-full", "refuse"), texts("pools."));
    }

    @Test
    void aListenersKeysAreThoseOfTheConfigurationFile() {
        Map<String, String> web = texts("listeners.web.");
        assertEquals("127.0.0.1:8080", web.get("listeners.web.bind"));
        assertEquals("traffic", web.get("listeners.web.role"));
        assertEquals("http", web.get("listeners.web.protocol"));
        assertEquals("files", web.get("listeners.web.service.type"));
        assertEquals("event-loop", web.get("listeners.web.io.model"));
        assertEquals("2", web.get("listeners.web.io.loops"));
        assertEquals("workers", web.get("listeners.web.pool"));
        assertEquals("10s", web.get("listeners.web.timeouts.head"));
        assertEquals("500ms", web.get("listeners.web.timeouts.linger"));
        assertEquals("32KiB", web.get("listeners.web.limits.head"));
        assertEquals("64", web.get("listeners.web.limits.pipelined"));
        assertEquals("auto", web.get("listeners.web.keep-alive.max-requests"));
        assertEquals("true", web.get("listeners.web.tcp.no-delay"));
        assertEquals("virtual", texts("listeners.echo.").get("listeners.echo.io.threads"));
        assertEquals(REBIND, kind("listeners.web.io.loops"));
    }

    @Test
    void keysComeInTheOrderOfTheRecords() {
        SequencedMap<String, ConfigKeys.Entry> keys = ConfigKeys.of(CONFIG);
        assertEquals("name", keys.firstEntry().getKey());
        assertEquals("spool-folder", keys.lastEntry().getKey());
        List<String> order = List.copyOf(keys.keySet());
        assertTrue(order.indexOf("pools.workers.size") < order.indexOf("listeners.web.bind"));
        assertTrue(order.indexOf("listeners.web.bind") < order.indexOf("listeners.echo.bind"));
        assertThrows(UnsupportedOperationException.class, keys::clear);
    }

    private static ReloadReport.Kind kind(String key) {
        return ConfigKeys.kindOf(CONFIG, key).orElseThrow();
    }

    @Test
    void theKindFollowsTheAnnotationOfTheComponentOrOfItsRecord() {
        for (String key : List.of("pools.workers.type", "pools.workers.size", "pools.workers.queue", "pools.workers.when-full", "listeners.web.timeouts.idle",
                "listeners.web.limits.body", "listeners.web.keep-alive.max-age", "limits.connections", "drain.grace",
                "listeners.web.tcp.no-delay", "listeners.web.unix.mode")) {
            assertEquals(LIVE, kind(key), key);
        }
        for (String key : List.of("listeners.web.bind", "listeners.web.io.model", "listeners.web.pool", "listeners.web.protocol",
                "listeners.web.service.type", "listeners.web.tcp.backlog")) {
            assertEquals(REBIND, kind(key), key);
        }
        assertEquals(RESTART, kind("name"));
        assertEquals(RESTART, kind("listeners.web.role"));
        assertEquals(Optional.empty(), ConfigKeys.kindOf(CONFIG, "pools.workers.sise"));
    }

    @Test
    void aNameWithADotIsQuoted() {
        ServerConfig dotted = ServerConfig.named("edge").withPool("a.b", PoolConfig.of(new PoolType.Fixed(), 1));
        assertEquals("1", ConfigKeys.of(dotted).get("pools.\"a.b\".size").text());
    }
}
