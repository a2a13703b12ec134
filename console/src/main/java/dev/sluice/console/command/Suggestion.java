package dev.sluice.console.command;

import java.util.List;

/// One way to complete a word.
///
/// @param value    the whole word
/// @param help     what it is; may be empty
/// @param complete whether the word ends with it, so that a space may follow
public record Suggestion(String value, String help, boolean complete) {

    static Suggestion of(String value) {
        return new Suggestion(value, "", true);
    }

    static List<Suggestion> all(List<String> values) {
        return values.stream().map(Suggestion::of).toList();
    }
}
