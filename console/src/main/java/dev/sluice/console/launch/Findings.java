package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one reading of the configuration finds: the place of each value, and everything that is wrong. Confined to the thread that reads.
final class Findings {

    /// A value as it was given.
    ///
    /// @param text  of it
    /// @param place it is from
    record Found(String text, Place place) {}

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
        found.put(path, new Found(Values.text(value), place(path, value)));
    }

    void problem(Place place, String key, String message) {
        problems.add(new ConfigProblem(place.file(), place.line(), Escape.line(key), Escape.line(message)));
    }

    Place place(String path, ConfigValue value) {
        Place place = Place.of(value.origin());
        if (place.source() != Place.Source.ENVIRONMENT) {
            return place;
        }
        @Nullable ConfigValue reference = reference(path);
        if (reference == null || reference.origin().filename() == null) {
            return place;
        }
        Place line = Place.of(reference.origin());
        return new Place(Place.Source.ENVIRONMENT, line.file(), line.line());
    }

    private @Nullable ConfigValue reference(String path) {
        ConfigValue at = unresolved;
        for (String name : (ConfigFile.ROOT + "." + path).split("\\.")) {
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
