package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What one reading of the configuration finds: the place of each value, and everything that is wrong. Confined to the thread that reads.
final class Findings {

    /// A value as it was given.
    ///
    /// @param text     of it
    /// @param place    it is from
    /// @param variable of the environment that gave it; empty when none did, or it is not known
    record Found(String text, Place place, String variable) {

        /// The column of `show config`.
        String source() {
            return variable.isEmpty() ? place.text() : "env " + variable;
        }
    }

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]+)}");

    /// References that lead on and on.
    private static final int DEEPEST = 8;

    private final ConfigObject unresolved;
    private final Map<String, Found> found = new LinkedHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();

    /// @param unresolved the configuration with its `${NAME}` still in it, as only that knows the lines they are on
    Findings(ConfigObject unresolved) {
        this.unresolved = unresolved;
    }

    /// Notes a value.
    ///
    /// @param path below the root of the configuration
    void found(String path, ConfigValue value) {
        Place place = place(path, value);
        String variable = place.source() == Place.Source.ENVIRONMENT ? variable(ConfigFile.ROOT + "." + path, 0) : "";
        found.put(path, new Found(Values.text(value), place, variable));
    }

    void problem(Place place, String key, String message) {
        problems.add(new ConfigProblem(place.file(), place.line(), Escape.line(key), Escape.line(message)));
    }

    Place place(String path, ConfigValue value) {
        Place place = Place.of(value.origin());
        if (place.source() != Place.Source.ENVIRONMENT) {
            return place;
        }
        @Nullable ConfigValue reference = reference(ConfigFile.ROOT + "." + path);
        if (reference == null || reference.origin().filename() == null) {
            return place;
        }
        Place line = Place.of(reference.origin());
        return new Place(Place.Source.ENVIRONMENT, line.file(), line.line());
    }

    /// The name that the last of the references of a value leads to, by whatever others.
    ///
    /// @param path from the very root
    private String variable(String path, int depth) {
        @Nullable ConfigValue reference = reference(path);
        if (reference == null || depth > DEEPEST) {
            return "";
        }
        Matcher names = REFERENCE.matcher(reference.render(ConfigRenderOptions.concise()));
        String variable = "";
        while (names.find()) {
            String name = names.group(1);
            String led = System.getenv(name) != null ? name : variable(name, depth + 1);
            variable = led.isEmpty() ? variable : led;
        }
        return variable;
    }

    private @Nullable ConfigValue reference(String path) {
        ConfigValue at = unresolved;
        for (String name : path.split("\\.")) {
            try {
                @Nullable ConfigValue next = at instanceof ConfigObject object ? object.get(name) : null;
                if (next == null) {
                    return null;
                }
                at = next;
            } catch (ConfigException.NotResolved behindAnotherReference) {
                return at;
            }
        }
        return at;
    }

    boolean clean() {
        return problems.isEmpty();
    }

    Map<String, Found> found() {
        return Map.copyOf(found);
    }

    /// In the order of files and lines.
    List<ConfigProblem> problems() {
        return problems.stream()
                .sorted(Comparator.comparing(ConfigProblem::file).thenComparingInt(ConfigProblem::line))
                .toList();
    }
}
