package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class WarningsTest {

    private static final String GOOD = "sluice.listeners.a { bind = \":0\", protocol = line, service = echo }\n";

    @TempDir
    private Path home;

    private final Warnings warnings = new Warnings(new SystemLimits(OptionalLong.empty(), OptionalLong.empty(), 8L << 30));
    private final Logger logger = (Logger) LoggerFactory.getLogger(Warnings.class);
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    @BeforeEach
    void listen() throws IOException {
        said.start();
        logger.addAppender(said);
        Files.writeString(Files.createDirectory(home.resolve("plugins")).resolve("x.jar"), "no jar");
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(said);
    }

    @Test
    void eachIsSaidOnceAndAgainWhenItHasBeenAway() throws IOException {
        String unused = "event=start-check detail=\"pools.p is used by no listener: name it as the pool of one, or remove it\"";
        ConfigReading.Usable one = log(GOOD + "sluice.pools.p {}");
        List<String> first = heard();
        assertEquals(2, first.size(), first.toString());
        assertTrue(first.getFirst().startsWith("event=plugin-refused file=" + Place.display(home.resolve("plugins/x.jar"))
                + " detail=\"is no jar, or damaged"), first.toString());
        assertEquals(unused, first.getLast());
        log(GOOD + "sluice.pools.p { size = 3 }");
        assertEquals(List.of(), heard());
        log(GOOD);
        Files.delete(home.resolve("plugins/x.jar"));
        log(GOOD + "sluice.pools.p {}");
        assertEquals(List.of(unused), heard());
        Files.writeString(home.resolve("plugins/x.jar"), "no jar");
        warnings.log(read("nonsense"), one);
        assertEquals(1, heard().size(), "of a file that cannot be used, the plugins are worth a word");
    }

    @Test
    void pluginsComeBeforeTheChecksAndNameTheirFile() throws IOException {
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, read(GOOD + "sluice.pools.p {}"));
        List<String> lines = Warnings.lines(usable, SystemLimits.here());
        assertTrue(lines.getFirst().startsWith(Place.display(home.resolve("plugins/x.jar")) + ": is no jar"), lines.toString());
        assertTrue(lines.get(1).startsWith("pools.p is used by no listener"), lines.toString());
    }

    private ConfigReading.Usable log(String text) throws IOException {
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, read(text));
        warnings.log(usable, usable);
        return usable;
    }

    private ConfigReading read(String text) throws IOException {
        Path file = Files.writeString(home.resolve("sluice.conf"), text);
        return new ConfigFile(file, List.of(), Providers.load(), SampleProviders.ADMIN).read(Parts.none());
    }

    private List<String> heard() {
        List<String> heard = said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        said.list.clear();
        return heard;
    }
}
