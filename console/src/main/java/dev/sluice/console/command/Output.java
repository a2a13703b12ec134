package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a command has to say, as data; [Plain], [Json] and [Csv] write it. Mutable while it is put together; not for several threads.
final class Output {

    /// One part of it.
    sealed interface Section {}

    /// A sentence for people; not in JSON, whose fields say the same.
    record Sentence(String text) implements Section {}

    /// A field that people read in a sentence.
    record Hidden(Field field) implements Section {}

    /// Fields that stand on one line under a title.
    record Line(String title, List<Field> fields) implements Section {}

    /// Lines of text under a title, as a stack; a list of texts in JSON.
    record Listing(String key, String title, List<String> lines) implements Section {}

    record Rows(Table table) implements Section {}

    private final List<Section> sections = new ArrayList<>();

    static Output of(Table table) {
        return new Output().table(table);
    }

    static Output saying(String sentence) {
        return new Output().say(sentence);
    }

    Output say(String sentence) {
        return add(new Sentence(sentence));
    }

    Output with(Field... fields) {
        Arrays.stream(fields).forEach(field -> add(new Hidden(field)));
        return this;
    }

    Output line(String title, Field... fields) {
        return add(new Line(title, List.of(fields)));
    }

    Output listing(String key, String title, List<String> lines) {
        return add(new Listing(key, title, lines));
    }

    Output table(Table table) {
        return add(new Rows(table));
    }

    private Output add(Section section) {
        sections.add(section);
        return this;
    }

    List<Section> sections() {
        return sections;
    }
}
