package dev.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MeterPageTest {

    @Test
    void theNamesInPrometheusAreThoseOfAScrape() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ServerMetrics metrics = new ServerMetrics(registry);
        metrics.observe(new FakeServer());
        Set<String> scraped = registry.scrape().lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")[2])
                .filter(name -> !name.endsWith("_max")).collect(Collectors.toCollection(TreeSet::new));
        Set<String> listed = Arrays.stream(SluiceMeter.values()).map(MeterPage::inPrometheus).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(listed, scraped);
    }

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
