package dev.sluice.console.command;

import java.util.Locale;
import java.util.function.Function;

/// One property of what a table shows, under which it is printed, filtered and sorted.
///
/// @param head name, title and kind
/// @param cell takes the property from the thing
/// @param <T>  what a row shows
record Column<T>(Table.Head head, Function<? super T, Cell> cell) {

    /// One that is always shown.
    static <T> Column<T> of(String key, Kind kind, Function<? super T, Cell> cell) {
        return new Column<>(new Table.Head(key, key.replace('-', ' ').toUpperCase(Locale.ROOT), kind, false), cell);
    }

    /// One that people see only with `--wide`.
    static <T> Column<T> wide(String key, Kind kind, Function<? super T, Cell> cell) {
        Table.Head head = Column.<T>of(key, kind, cell).head();
        return new Column<>(new Table.Head(key, head.title(), kind, true), cell);
    }

    String key() {
        return head.key();
    }

    Kind kind() {
        return head.kind();
    }
}
