package dev.sluice.console.command;

import java.util.List;
import java.util.function.Function;

/// An option of a command.
///
/// @param name     with its dashes
/// @param argument what it takes, in capitals; empty for a switch
/// @param help     in a few words
/// @param values   that it may be given, for completion
record Option(String name, String argument, String help, Function<CommandContext, List<String>> values) {

    static final Option JSON = flag("--json", "one JSON object");
    static final Option YES = flag("--yes", "do not ask");
    static final Option DRY_RUN = flag("--dry-run", "only say what would change");
    static final Option COUNT = taking("--count", "N", "end --watch after so many times");
    static final Option WATCH = taking("--watch", "TIME", "again and again, until Ctrl-C").offering("1s", "5s");
    static final Option CSV = flag("--csv", "comma-separated values");
    static final Option WIDE = flag("--wide", "all columns, uncut");
    static final Option LIMIT = taking("--limit", "N", "at most so many rows");

    static Option flag(String name, String help) {
        return new Option(name, "", help, context -> List.of());
    }

    static Option taking(String name, String argument, String help) {
        return new Option(name, argument, help, context -> List.of());
    }

    Option offering(String... offered) {
        return new Option(name, argument, help, context -> List.of(offered));
    }

    static Option sortBy(List<String> keys) {
        return new Option("--sort", "KEY", "by a column, largest first; -KEY turns it round", context -> keys);
    }

    boolean takesArgument() {
        return !argument.isEmpty();
    }

    /// As in a syntax line: `[--limit N]`.
    String syntax() {
        return "[" + name + (takesArgument() ? " " + argument : "") + "]";
    }
}
