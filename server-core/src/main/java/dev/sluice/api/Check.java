package dev.sluice.api;

import java.time.Duration;

/// The checks that configuration records make in their constructors. Each names the value and the bound.
final class Check {

    private static final Duration LONGEST = Duration.ofDays(365);

    private Check() {}

    static void range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be from " + least + " to " + most);
        }
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be " + least + " or more");
        }
    }

    /// A duration from 0 to a year.
    static void duration(String name, Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is " + Rendered.duration(value) + ", but must be from 0 s to 365 days");
        }
    }

    /// A duration above 0, at most a year.
    static void positive(String name, Duration value) {
        duration(name, value);
        if (value.isZero()) {
            throw new IllegalArgumentException(name + " is 0 s, but must be above 0");
        }
    }
}
