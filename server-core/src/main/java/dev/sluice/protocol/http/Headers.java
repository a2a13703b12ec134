package dev.sluice.protocol.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Header fields in the order they were given; names are compared without case (RFC 9110, 5.1). Immutable.
public final class Headers {

    /// No fields.
    public static final Headers EMPTY = new Headers(new String[0], 0);

    /// Names at even places, values at odd ones. Never changed after construction.
    private final String[] fields;
    private final int size;

    /// Takes the array over.
    Headers(String[] fields, int size) {
        this.fields = fields;
        this.size = size;
    }

    /// Fields from names and values in turn.
    ///
    /// @throws IllegalArgumentException when a name is no token, or a value has a character that no value may have
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a name without a value: " + namesAndValues[namesAndValues.length - 1]);
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Syntax.requireField(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Headers(namesAndValues.clone(), namesAndValues.length / 2);
    }

    /// How many fields there are; a name that was given twice counts twice.
    public int size() {
        return size;
    }

    /// The name of a field, as it was given.
    ///
    /// @param index from 0 to `size() - 1`
    public String name(int index) {
        return fields[2 * index];
    }

    /// The value of a field, without the white space around it.
    ///
    /// @param index from 0 to `size() - 1`
    public String value(int index) {
        return fields[2 * index + 1];
    }

    /// The value of the first field of this name, or null.
    public @Nullable String first(String name) {
        for (int i = 0; i < size; i++) {
            if (name(i).equalsIgnoreCase(name)) {
                return value(i);
            }
        }
        return null;
    }

    /// The values of all fields of this name, in order; empty when there is none.
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < size; i++) {
            if (name(i).equalsIgnoreCase(name)) {
                values.add(value(i));
            }
        }
        return List.copyOf(values);
    }

    /// Whether there is a field of this name.
    public boolean contains(String name) {
        return first(name) != null;
    }

    /// These fields and one more. Both are checked by the caller.
    Headers and(String name, String value) {
        String[] more = Arrays.copyOf(fields, 2 * size + 2);
        more[2 * size] = name;
        more[2 * size + 1] = value;
        return new Headers(more, size + 1);
    }

    /// These fields with one in place of those of its name, where the first of them was; at the end when there was none. Both are checked
    /// by the caller.
    Headers with(String name, String value) {
        List<String> all = new ArrayList<>(2 * size + 2);
        boolean placed = false;
        for (int i = 0; i < size; i++) {
            boolean old = name(i).equalsIgnoreCase(name);
            if (!old || !placed) {
                all.add(old ? name : name(i));
                all.add(old ? value : value(i));
            }
            placed |= old;
        }
        return placed ? new Headers(all.toArray(String[]::new), all.size() / 2) : and(name, value);
    }

    /// One `name: value` a line.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            text.append(name(i)).append(": ").append(value(i)).append('\n');
        }
        return text.toString();
    }
}
