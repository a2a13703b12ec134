package dev.sluice.console.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes output as one JSON object on one line. Names are stable; durations are seconds, percentages of 100. What a terminal would
/// obey is escaped in strings, so that the line is safe to look at.
final class Json {

    private final StringBuilder out = new StringBuilder();
    private boolean first = true;

    private Json() {}

    /// The object; `result` comes first when it is not empty.
    static String of(String result, Output output) {
        Json json = new Json();
        json.out.append('{');
        if (!result.isEmpty()) {
            json.name("result").string(result);
        }
        output.sections().forEach(json::section);
        return json.out.append('}').toString();
    }

    /// What went wrong.
    static String failure(String result, String message) {
        Json json = new Json();
        json.out.append('{');
        json.name("result").string(result);
        json.name("error").string(message);
        return json.out.append('}').toString();
    }

    private void section(Output.Section section) {
        switch (section) {
            case Output.Sentence sentence -> { }
            case Output.Hidden(Field field) -> field(field);
            case Output.Line(String title, List<Field> fields) -> fields.forEach(this::field);
            case Output.Listing(String key, String title, List<String> lines) -> name(key.replace('-', '_')).value(Cell.texts(lines));
            case Output.Rows(Table table) -> table(table);
        }
    }

    private void field(Field field) {
        name(field.kind().jsonName(field.key())).value(field.cell());
    }

    private void table(Table table) {
        name(table.name()).out.append('[');
        first = true;
        for (List<Cell> row : table.rows()) {
            comma();
            out.append('{');
            first = true;
            for (int i = 0; i < row.size(); i++) {
                Table.Head head = table.heads().get(i);
                name(head.kind().jsonName(head.key())).value(row.get(i));
            }
            out.append('}');
            first = false;
        }
        out.append(']');
        first = false;
        name(table.name() + "_total").value(Cell.count(table.total()));
        name(table.name() + "_shown").value(Cell.count(table.rows().size()));
    }

    private Json name(String name) {
        comma();
        string(name);
        out.append(':');
        return this;
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void value(Cell cell) {
        switch (cell) {
            case Cell.None none -> out.append("null");
            case Cell.Text(String value) -> string(value);
            case Cell.State(String word, Tone tone) -> string(word);
            case Cell.Flag(boolean value) -> out.append(value);
            case Cell.Count(long value) -> out.append(value);
            case Cell.Bytes(long value) -> out.append(value);
            case Cell.Decimal(double value) -> number(value);
            case Cell.Percent(double part) -> number(part * 100);
            case Cell.Span(Duration value) -> number(Cell.seconds(value));
            case Cell.Moment(Instant value) -> string(value.toString());
            case Cell.Items(List<Cell> values) -> items(values);
            case Cell.Tally(Map<String, Long> counts) -> tally(counts);
        }
    }

    private void items(List<Cell> values) {
        out.append('[');
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : ",");
            value(values.get(i));
        }
        out.append(']');
    }

    private void tally(Map<String, Long> counts) {
        out.append('{');
        first = true;
        counts.forEach((key, count) -> name(key.replace('-', '_')).value(Cell.count(count)));
        out.append('}');
        first = false;
    }

    /// JSON has no NaN and no infinity; a whole number is written as one.
    private void number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            out.append("null");
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value);
        } else {
            String plain = String.format(Locale.ROOT, "%.9f", value);
            out.append(plain.replaceFirst("\\.?0+$", "").replaceFirst("^-0$", "0"));
        }
    }

    private void string(String text) {
        out.append('"');
        text.chars().forEach(unit -> character((char) unit));
        out.append('"');
    }

    private void character(char unit) {
        switch (unit) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                // Halves of surrogate pairs pass the terminal together, and a lone one must not become invalid UTF-8: both are escaped.
                if (Escape.isHarmful(unit)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                } else {
                    out.append(unit);
                }
            }
        }
    }
}
