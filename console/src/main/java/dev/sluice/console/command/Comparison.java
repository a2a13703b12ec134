package dev.sluice.console.command;

import java.util.Locale;

/// How two values are compared, in filters and conditions.
enum Comparison {
    EQ("="),
    NE("!="),
    GT(">"),
    LT("<"),
    GE(">="),
    LE("<=");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    /// Reads `=`, `==`, `!=`, `>`, `<`, `>=`, `<=`, or their names `eq`, `ne`, `gt`, `lt`, `ge`, `le`, which must be one of them.
    static Comparison of(String text) {
        for (Comparison comparison : values()) {
            if (comparison.sign.equals(text) || comparison.name().toLowerCase(Locale.ROOT).equals(text)) {
                return comparison;
            }
        }
        return EQ;
    }

    /// Whether it asks only for sameness.
    boolean isEquality() {
        return this == EQ || this == NE;
    }

    /// Whether it holds; never for what is no number, except that this differs from every number.
    boolean holds(double left, double right) {
        return switch (this) {
            case EQ -> left == right;
            case NE -> left != right;
            case GT -> left > right;
            case LT -> left < right;
            case GE -> left >= right;
            case LE -> left <= right;
        };
    }

    boolean holds(boolean same) {
        return same == (this == EQ);
    }

    String sign() {
        return sign;
    }
}
