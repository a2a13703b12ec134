package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private static final int DEEPEST = 4;

    private final ConfigObject unresolved;
    private final Map<String, Found> found = new LinkedHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Set<String> dangling = new HashSet<>();

    /// @param unresolved the configuration with its `${NAME}` still in it, as only that knows the lines they are on
    Findings(ConfigObject unresolved) {
        this.unresolved = unresolved;
    }

    /// Notes a value.
    ///
    /// @param path  its full key
    /// @param steps to it, from the very root
    void found(String path, List<String> steps, ConfigValue value) {
        Place place = place(steps, value);
        String variable = place.source() == Place.Source.ENVIRONMENT ? variable(steps, 0) : "";
        found.put(path, new Found(Values.text(value), place, variable));
    }

    /// The name that the last of the references of a value leads to, by whatever others.
    ///
    /// @param steps to it, from the very root
    private String variable(List<String> steps, int depth) {
        String variable = "";
        Matcher names = REFERENCE.matcher(depth > DEEPEST ? "" : reference(steps));
        while (names.find()) {
            String name = names.group(1);
            String led = System.getenv(name) != null ? name : variable(steps(name), depth + 1);
            variable = led.isEmpty() ? variable : led;
        }
        return variable;
    }

    /// Nothing for what only looks like a reference, in a quoted text.
    private static List<String> steps(String name) {
        try {
            return ConfigUtil.splitPath(name);
        } catch (ConfigException none) {
            return List.of();
        }
    }

    /// A value as the file has it; empty when that is behind another reference.
    private String reference(List<String> steps) {
        try {
            ConfigValue at = unresolved;
            for (String step : steps) {
                @Nullable ConfigValue next = at instanceof ConfigObject object ? object.get(step) : null;
                if (next == null) {
                    return "";
                }
                at = next;
            }
            return at == unresolved ? "" : at.render(ConfigRenderOptions.concise());
        } catch (ConfigException.NotResolved behindAnother) {
            return "";
        }
    }

    /// What is wrong with a key; not said of one that refers to nothing, nor of what is below it, as nobody knows what they would be.
    void problem(Place place, String key, String message) {
        if (dangling.stream().noneMatch(one -> key.equals(one) || key.startsWith(one + "."))) {
            problems.add(new ConfigProblem(place.file(), place.line(), Escape.line(key), Escape.line(message)));
        }
    }

    /// A key that refers to nothing.
    void dangling(Place place, String key, String message) {
        problem(place, key, message);
        dangling.add(key);
    }

    /// Where a value was written. Of one that is from the environment or put together from several, where that is asked for.
    ///
    /// @param steps to it, from the very root
    Place place(List<String> steps, ConfigValue value) {
        Place place = Place.of(value.origin());
        boolean typed = place.source() == Place.Source.COMMAND_LINE || place.source() == Place.Source.OVERLAY;
        if (typed || Place.isOne(value.origin())) {
            return place;
        }
        return written(steps).map(line -> new Place(place.source(), line.file(), line.line())).orElse(place);
    }

    /// The line of a key, or of the nearest one around it that has any.
    private Optional<Place> written(List<String> steps) {
        Optional<Place> nearest = Optional.empty();
        ConfigValue at = unresolved;
        for (String step : steps) {
            try {
                @Nullable ConfigValue next = at instanceof ConfigObject object ? object.get(step) : null;
                if (next == null) {
                    return nearest;
                }
                at = next;
            } catch (ConfigException.NotResolved behindAnotherReference) {
                return nearest;
            }
            Place place = Place.of(at.origin());
            nearest = place.line() > 0 ? Optional.of(place) : nearest;
        }
        return nearest;
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
