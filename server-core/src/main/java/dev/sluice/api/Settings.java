package dev.sluice.api;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The keys that a configuration gives to a pool, protocol or service found by name. Remembers which of them were asked for, so that a
/// misspelled one can be refused. Not for several threads.
public final class Settings {

    private final Path base;
    private final Map<String, String> values;
    private final Set<String> known = new HashSet<>();

    /// @param base   the folder that relative paths start at
    /// @param values by key
    public Settings(Path base, Map<String, String> values) {
        this.base = base;
        this.values = Map.copyOf(values);
    }

    /// A text.
    public String text(String key, String fallback) {
        known.add(key);
        return values.getOrDefault(key, fallback);
    }

    /// A whole number.
    ///
    /// @throws Invalid when it is none, or out of bounds
    public int number(String key, int fallback, int least, int most) {
        String text = text(key, Integer.toString(fallback));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // falls through to the same refusal
        }
        throw new Invalid(key, "is " + text + ", but must be a whole number from " + least + " to " + most);
    }

    /// Yes or no: `true` or `false`.
    ///
    /// @throws Invalid when it is neither
    public boolean flag(String key, boolean fallback) {
        return switch (text(key, Boolean.toString(fallback))) {
            case "true" -> true;
            case "false" -> false;
            case String other -> throw new Invalid(key, "is " + other + ", but must be true or false");
        };
    }

    /// What an object of names and texts has, `key { name = text }`, by name; empty when it is not there. A name may have dots.
    public SortedMap<String, String> texts(String key) {
        known.add(key);
        SortedMap<String, String> texts = new TreeMap<>();
        values.forEach((name, text) -> {
            if (name.startsWith(key + ".")) {
                known.add(name);
                texts.put(name.substring(key.length() + 1), text);
            }
        });
        return texts;
    }

    /// A path; a relative one starts at the configuration's folder.
    public Path path(String key, String fallback) {
        return base.resolve(text(key, fallback)).normalize();
    }

    /// The keys that were given and never asked for, sorted.
    public Set<String> unknown() {
        Set<String> left = new TreeSet<>(values.keySet());
        left.removeAll(known);
        return left;
    }

    /// The keys that were asked for, sorted.
    public Set<String> known() {
        return new TreeSet<>(known);
    }

    /// A setting that cannot be used.
    public static final class Invalid extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private final String key;

        /// @param key    the setting
        /// @param detail what is wrong with it and what is allowed: continues a sentence that begins with the key
        public Invalid(String key, String detail) {
            super(key + " " + detail);
            this.key = key;
        }

        public String key() {
            return key;
        }
    }
}
