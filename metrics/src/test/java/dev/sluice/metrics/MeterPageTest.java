package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MeterPageTest {

    @Test
    void thePageSaysWhatTheEnumSays() throws IOException {
        Path page = Path.of("..", "docs", "metrics.md"); // tests run in their module's folder
        if (Boolean.getBoolean(MeterPage.WRITE)) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, MeterPage.text());
        }
        assertEquals(MeterPage.text(), Files.readString(page), "docs/metrics.md is stale: it says how to make it anew");
    }
}
