package dev.sluice.console.command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Writes tables as comma-separated values with a header (RFC 4180), and other output as names and values. The names are those of JSON, and
/// numbers are in the same units.
final class Csv {

    private Csv() {}

    static List<String> lines(Output output) {
        List<String> lines = new ArrayList<>();
        for (Output.Section section : output.sections()) {
            switch (section) {
                case Output.Sentence sentence -> { }
                case Output.Hidden(Field field) -> lines.add(pair(field));
                case Output.Line(String title, List<Field> fields) -> fields.forEach(field -> lines.add(pair(field)));
                case Output.Listing(String key, String title, List<String> texts) ->
                    texts.forEach(text -> lines.add(key.replace('-', '_') + "," + quoted(Escape.line(text))));
                case Output.Rows(Table table) -> table(table, lines);
            }
        }
        return lines;
    }

    private static String pair(Field field) {
        return field.kind().jsonName(field.key()) + "," + value(field.cell());
    }

    private static void table(Table table, List<String> lines) {
        lines.add(table.heads().stream().map(head -> head.kind().jsonName(head.key())).collect(Collectors.joining(",")));
        table.rows().forEach(row -> lines.add(row.stream().map(Csv::value).collect(Collectors.joining(","))));
    }

    private static String value(Cell cell) {
        return switch (cell) {
            case Cell.None none -> "";
            case Cell.Percent(double part) -> Units.decimal(part * 100);
            case Cell.Span(Duration value) -> Double.toString(Cell.seconds(value));
            case Cell.Bytes(long value) -> Long.toString(value);
            case Cell.Moment(Instant value) -> value.toString();
            case Cell.Text text -> quoted(text.shown());
            case Cell.Items items -> quoted(items.shown());
            case Cell.Tally tally -> Long.toString(tally.total());
            case Cell.State state -> quoted(state.shown());
            case Cell.Flag flag -> Boolean.toString(flag.value());
            case Cell.Count count -> count.shown();
            case Cell.Decimal(double value) -> Double.isFinite(value) ? Double.toString(value) : "";
        };
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(unit -> unit == ',' || unit == '"');
        return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
