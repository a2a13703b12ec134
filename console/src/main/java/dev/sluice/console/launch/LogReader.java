package dev.sluice.console.launch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Reads levels of loggers: `log { "dev.sluice" = DEBUG }`, with or without the quotes.
final class LogReader {

    static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    private LogReader() {}

    static Map<String, String> read(Section section) {
        Map<String, String> levels = new LinkedHashMap<>();
        section.rest(Set.of()).forEach((logger, text) -> {
            String level = text.toUpperCase(Locale.ROOT);
            if (LEVELS.contains(level)) {
                levels.put(logger.equalsIgnoreCase("root") ? "ROOT" : logger, level);
            } else {
                section.problem(logger, "is " + text + ", but must be one of " + String.join(", ", LEVELS));
            }
        });
        return levels;
    }
}
