package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.console.command.ConfigControl.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a file that cannot be used.
class ConfigProblemsTest {

    private static final String LISTENER = "sluice.listeners.web { bind = \":0\", protocol = wire, service = echo }\n";

    @TempDir
    private Path folder;

    /// What the library would read as some number or other.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            pools { p { size = -4294967295 } } | pools.p.size | is -4294967295, but must be 0 or more
            pools { p { size = 1e3 } } | pools.p.size | is 1e3, but must be a whole number
            drain { grace = NaN s } | drain.grace | is NaN s, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = 0x1p3 s } | drain.grace | is 0x1p3 s, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = 1e3 s } | drain.grace | is 1e3 s, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = -1s } | drain.grace | is -1s, but must be from 0 s to 365 days
            drain { grace = 99999999999d } | drain.grace | is 99999999999d, but must be less than 292 years
            limits { line = 1.5 } | limits.line | is 1.5, but must be a size, such as 8192 or 8 KiB
            limits { line = -8 KiB } | limits.line | is -8 KiB, but must be a size, such as 8192 or 8 KiB
            limits { body = -5 } | limits.body | is -5, but must be from 0 to 1073741824
            limits { body = 9 YiB } | limits.body | is 9 YiB, but must be a size, such as 8192 or 8 KiB
            keep-alive { max-requests = -1 } | keep-alive.max-requests | is -1, but must be 0 or more
            keep-alive { max-requests = few } | keep-alive.max-requests | is few, but must be auto or a whole number
            """)
    void anOddNumberIsRefused(String line, String key, String message) throws IOException {
        Path file = write("sluice.conf", LISTENER + "sluice {\n" + line + "\n}\n");
        assertEquals(List.of(new ConfigProblem(Place.display(file), 3, key, message)), problems(file));
    }

    private static List<ConfigProblem> problems(Path file) {
        ConfigFile config = new ConfigFile(file, List.of(), SampleProviders.all(), SampleProviders.ADMIN);
        return assertInstanceOf(ConfigReading.Broken.class, config.read(Parts.none())).problems();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
