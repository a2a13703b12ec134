package dev.sluice.console.command;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Words, and perhaps `for TIME` behind them.
///
/// @param words those before it, with spaces between them
/// @param time  null when there is none
record Timed(String words, @Nullable Duration time) {

    private static final String FOR = "for";

    /// @throws CommandException of wrong usage, for a `for` without a duration behind it
    static Timed read(List<String> words) {
        int last = words.lastIndexOf(FOR);
        if (last < 1) {
            return new Timed(String.join(" ", words), null);
        }
        if (last != words.size() - 2) {
            throw CommandException.usage("behind for there must be one duration with its unit: for 10m");
        }
        Duration time = Units.parseDuration("TIME", words.getLast());
        if (!time.isPositive()) {
            throw CommandException.usage("TIME is \"" + words.getLast() + "\", but must be more than nothing");
        }
        return new Timed(String.join(" ", words.subList(0, last)), time);
    }

    /// @param before the words that are there already; at least one
    static List<Suggestion> complete(List<String> before) {
        return Suggestion.all(before.getLast().equals(FOR) ? List.of("1m", "10m", "1h") : before.contains(FOR) ? List.of() : List.of(FOR));
    }
}
