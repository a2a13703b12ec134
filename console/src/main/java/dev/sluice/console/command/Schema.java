package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All columns of one kind of table: the one place that says what its rows are printed, filtered and sorted by.
///
/// @param name    of the rows, in the plural
/// @param columns in the order of the table
/// @param <T>     what a row shows
record Schema<T>(String name, List<Column<T>> columns) {

    /// @throws CommandException naming the nearest key
    Column<T> column(String key) {
        return find(key).orElseThrow(() -> CommandException.usage(
                "no key " + Escape.line(key, 40) + " in " + name + Nearest.hint(key, keys()) + " Known: " + String.join(", ", keys())));
    }

    private Optional<Column<T>> find(String key) {
        return columns.stream().filter(column -> column.key().equals(key)).findFirst();
    }

    List<String> keys() {
        return columns.stream().map(Column::key).toList();
    }

    /// The rows as a table, sorted and limited as was asked for.
    Table table(List<T> rows, Invocation call) {
        List<T> sorted = call.option("--sort").map(key -> sorted(rows, key)).orElse(rows);
        long limit = call.number("--limit", 0, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE);
        List<List<Cell>> cells = sorted.subList(0, (int) Math.min(limit, sorted.size())).stream().map(this::cells).toList();
        return new Table(name, columns.stream().map(Column::head).toList(), cells, rows.size(), call.flag("--wide"));
    }

    private List<Cell> cells(T row) {
        List<Cell> cells = new ArrayList<>(columns.size());
        for (Column<T> column : columns) {
            cells.add(column.cell().apply(row));
        }
        return cells;
    }

    private List<T> sorted(List<T> rows, String asked) {
        boolean reversed = asked.startsWith("-");
        Column<T> column = column(reversed ? asked.substring(1) : asked);
        Comparator<T> order = column.kind().isNumber() || column.kind() == Kind.MOMENT
                ? Comparator.comparingDouble((T row) -> orLeast(column.cell().apply(row).number())).reversed()
                : Comparator.comparing((T row) -> column.cell().apply(row).shown());
        return rows.stream().sorted(reversed ? order.reversed() : order).toList();
    }

    private static double orLeast(double number) {
        return Double.isNaN(number) ? Double.NEGATIVE_INFINITY : number;
    }
}
