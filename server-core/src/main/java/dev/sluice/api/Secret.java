package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/// A text that is shown nowhere: a password. Two of the same text are equal.
public final class Secret {

    private final String text;

    public Secret(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the password is empty, but must have a character at least: leave it out when there is none");
        }
        this.text = text;
    }

    /// As it was given.
    public String text() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && secret.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "(hidden)";
    }
}
