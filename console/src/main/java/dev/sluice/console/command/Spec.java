package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What there is to know of a command without running it.
///
/// @param name      one or two words
/// @param level     that is needed
/// @param kind      what it does
/// @param arguments as in a syntax line; may be empty
/// @param summary   in one line
/// @param examples  two of them
/// @param options   its own and those of its kind
record Spec(String name, Level level, Kind kind, String arguments, String summary, List<String> examples, List<Option> options) {

    enum Kind {
        /// Reads; can be watched.
        SHOWING,
        /// Changes the server: written to the audit log.
        ACTING,
        /// Concerns the session alone, or waits.
        OTHER
    }

    /// One that reads.
    static Spec showing(String name, Level level, String arguments, String summary, String first, String second) {
        List<Option> options = List.of(Option.JSON, Option.CSV, Option.WIDE, Option.WATCH, Option.COUNT);
        return new Spec(name, level, Kind.SHOWING, arguments, summary, List.of(first, second), options);
    }

    /// One that changes the server.
    static Spec acting(String name, String arguments, String summary, String first, String second) {
        return new Spec(name, Level.ADMIN, Kind.ACTING, arguments, summary, List.of(first, second), List.of(Option.JSON));
    }

    static Spec other(String name, String arguments, String summary, String first, String second) {
        return new Spec(name, Level.VIEW, Kind.OTHER, arguments, summary, List.of(first, second), List.of(Option.JSON));
    }

    /// With options of its own before those of its kind.
    Spec with(Option... own) {
        return new Spec(name, level, kind, arguments, summary, examples, Stream.concat(Stream.of(own), options.stream()).toList());
    }

    boolean acts() {
        return kind == Kind.ACTING;
    }

    boolean shows() {
        return kind == Kind.SHOWING;
    }

    /// `kick ID…|FILTERS [--now] …`
    String syntax() {
        List<String> parts = new ArrayList<>(List.of(name));
        if (!arguments.isEmpty()) {
            parts.add(arguments);
        }
        options.forEach(option -> parts.add(option.syntax()));
        return String.join(" ", parts);
    }
}
