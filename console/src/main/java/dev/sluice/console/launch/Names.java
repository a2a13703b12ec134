package dev.sluice.console.launch;

import dev.sluice.console.command.Nearest;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// Names as the configuration spells them.
final class Names {

    private Names() {}

    /// `maxRequests` and `MAX_REQUESTS` as `max-requests`.
    static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    /// The known name that is most like a misspelled one; empty when none is much like it.
    static Optional<String> nearest(String name, Collection<String> known) {
        int farthest = Math.max(2, name.length() / 3);
        return new TreeSet<>(known).stream()
                .min(Comparator.comparingInt(candidate -> Nearest.distance(name, candidate)))
                .filter(candidate -> Nearest.distance(name, candidate) <= farthest);
    }

    /// What to say of a name that is not known: the nearest one, or all there are.
    static String hint(String name, Collection<String> known) {
        return nearest(name, known)
                .map(near -> "did you mean " + near + "?")
                .orElseGet(() -> known.isEmpty() ? "there is none" : "known are " + String.join(", ", new TreeSet<>(known)));
    }
}
