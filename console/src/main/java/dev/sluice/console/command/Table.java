package dev.sluice.console.command;

import java.util.List;

/// Rows of typed cells.
///
/// @param name  of the rows in JSON, in the plural: `clients`
/// @param heads of the columns
/// @param rows  each as long as the heads
/// @param total how many rows there are; more than are here when a limit was given
/// @param wide  whether people want all columns
record Table(String name, List<Head> heads, List<List<Cell>> rows, int total, boolean wide) {

    /// @param key   in filters, in `--sort`, and in JSON without its unit
    /// @param title for people
    /// @param wide  whether people see it only when they ask for all
    record Head(String key, String title, Kind kind, boolean wide) {}
}
