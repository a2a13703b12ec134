package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ConfigKeys;
import dev.sluice.api.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md"); // tests run in their module's folder
    private static final Pattern EXAMPLE = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);
    private static final String LISTENER = "sluice.listeners.any { bind = \":0\", protocol = line, service = echo }\n";

    @Test
    void thePageSaysWhatTheRecordsSay() throws IOException {
        if (Boolean.getBoolean(ConfigPage.WRITE)) {
            Files.writeString(PAGE, ConfigPage.text());
        }
        assertEquals(ConfigPage.text(), Files.readString(PAGE), "docs/configuration.md is stale: it says how to make it anew");
    }

    @Test
    void thePageHasEveryKeyOfTheShippedConfiguration() throws IOException {
        String page = ConfigPage.text();
        ServerConfig shipped = assertInstanceOf(ConfigReading.Usable.class, new ConfigFile(Path.of("../config/sluice.conf"), List.of(),
                Providers.load(), SampleProviders.ADMIN).read(Parts.none())).server();
        for (String key : ConfigKeys.of(shipped).keySet()) {
            String general = ConfigEntries.name(key).replaceFirst("^(pools|listeners)\\.[^.]+\\.", "$1.NAME.")
                    .replaceFirst("\\.(io\\.model|service\\.type)$", "").replaceFirst("NAME\\.(io|service)\\..*", "NAME.$1");
            assertTrue(ConfigEntries.hidden(key) || page.contains("`" + general), general);
        }
    }

    @Test
    void theExamplesOfThePageCanBeUsed(@TempDir Path folder) throws IOException {
        List<String> examples = EXAMPLE.matcher(ConfigPage.text()).results().map((MatchResult one) -> one.group(1)).toList();
        assertTrue(examples.size() > 3, "examples: " + examples.size());
        for (String example : examples) {
            Path file = Files.writeString(folder.resolve("sluice.conf"), LISTENER + example);
            assertInstanceOf(ConfigReading.Usable.class,
                    new ConfigFile(file, List.of(), Providers.load(), SampleProviders.ADMIN).read(Parts.none()), example);
        }
    }
}
