package dev.sluice.console.command;

/// What a column or field holds: how it is compared in filters, and the unit in its JSON name.
enum Kind {
    TEXT(""),
    STATE(""),
    ADDRESS(""),
    FLAG(""),
    COUNT(""),
    DECIMAL(""),
    DURATION("_seconds"),
    BYTES("_bytes"),
    PERCENT("_percent"),
    MOMENT("");

    private final String suffix;

    Kind(String suffix) {
        this.suffix = suffix;
    }

    /// The name of a field in JSON: `op-age`, a duration, is `op_age_seconds`.
    String jsonName(String key) {
        return key.replace('-', '_') + suffix;
    }

    boolean isNumber() {
        return switch (this) {
            case COUNT, DECIMAL, DURATION, BYTES, PERCENT -> true;
            case TEXT, STATE, ADDRESS, FLAG, MOMENT -> false;
        };
    }
}
