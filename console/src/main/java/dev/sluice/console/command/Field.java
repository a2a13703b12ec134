package dev.sluice.console.command;

import java.time.Duration;

/// A value with its name.
///
/// @param key   in JSON, without its unit; in kebab-case
/// @param label for people
record Field(String key, String label, Kind kind, Cell cell) {

    static Field text(String key, String label, String value) {
        return new Field(key, label, Kind.TEXT, Cell.text(value));
    }

    static Field count(String key, String label, long value) {
        return new Field(key, label, Kind.COUNT, Cell.count(value));
    }

    static Field decimal(String key, String label, double value) {
        return new Field(key, label, Kind.DECIMAL, new Cell.Decimal(value));
    }

    static Field span(String key, String label, Duration value) {
        return new Field(key, label, Kind.DURATION, Cell.span(value));
    }

    static Field bytes(String key, String label, long value) {
        return new Field(key, label, Kind.BYTES, Cell.bytes(value));
    }

    static Field state(String key, String label, Enum<?> value) {
        return new Field(key, label, Kind.STATE, Cell.state(value));
    }
}
