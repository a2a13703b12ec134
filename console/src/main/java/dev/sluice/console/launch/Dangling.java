package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// References that lead to nothing: `${NAME}`, with no such key, and no such variable in the environment.
final class Dangling {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^?}][^}]*)}");

    private Dangling() {}

    /// Whether there is one in a value. Of an object, whether its keys cannot be told; what they hold is another matter.
    static boolean is(ConfigValue value) {
        try {
            if (value instanceof ConfigObject object) {
                object.keySet();
            } else {
                value.unwrapped();
            }
            return false;
        } catch (ConfigException.NotResolved refersToNothing) {
            return true;
        }
    }

    /// Continues a sentence that begins with the key.
    static String message(ConfigValue value) {
        String names = REFERENCE.matcher(value.render(ConfigRenderOptions.concise())).results().map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining(" and "));
        return "refers to " + (names.isEmpty() ? "something" : names)
                + ", but there is no such key, and no such variable in the environment; ${?NAME} leaves a key out when there is none";
    }
}
