package dev.sluice.console.command;

import java.util.Locale;

/// What somebody may do, each including those before it.
public enum Level {
    /// See totals.
    VIEW,
    /// See clients too: addresses, requests, stacks.
    OPERATE,
    /// Change things.
    ADMIN;

    /// Whether this level includes another.
    boolean includes(Level other) {
        return compareTo(other) >= 0;
    }

    /// As written in the prompt.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
