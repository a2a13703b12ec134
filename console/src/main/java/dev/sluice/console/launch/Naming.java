package dev.sluice.console.launch;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.sluice.api.Settings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Something that the configuration names and may give settings of its own: `protocol = line`, or
/// `protocol { name = line, charset = UTF-8 }`.
///
/// @param name     as given
/// @param at       the section its settings are in
/// @param key      of the name within that section
/// @param settings all other keys there
record Naming(String name, Section at, String key, Map<String, String> settings) {

    /// Reads a key of either form; empty, and a problem, when it is neither.
    ///
    /// @param key  the name stands under
    /// @param full the name's key in the second form
    static Optional<Naming> read(Section section, String key, String full) {
        Optional<ConfigValue> value = section.value(key);
        if (value.isEmpty()) {
            section.problem(key, "is missing");
            return Optional.empty();
        }
        if (value.get().valueType() != ConfigValueType.OBJECT) {
            return scalar(section, key).map(name -> new Naming(name, section, key, Map.of()));
        }
        Section inner = section.child(key);
        if (inner.value(full).isEmpty()) {
            inner.problem(full, "is missing");
            return Optional.empty();
        }
        return scalar(inner, full).map(name -> new Naming(name, inner, full, inner.rest(Set.of(full))));
    }

    /// A key that must be a text, when it is there.
    static Optional<String> scalar(Section section, String key) {
        Optional<ConfigValue> value = section.value(key);
        try {
            return value.isEmpty() ? Optional.empty() : Optional.of(Values.scalar(value.get(), "a text"));
        } catch (Values.Unfit unfit) {
            section.problem(key, String.valueOf(unfit.getMessage()));
            return Optional.empty();
        }
    }

    /// What made this is not known.
    ///
    /// @param gone the jar that did know it
    void unknown(String noun, Collection<String> known, Optional<String> gone) {
        String hint = gone.map(jar -> jar + " brought it, and does no more").orElseGet(() -> Names.hint(name, known));
        at.problem(key, "is " + name + ", but there is no such " + noun + "; " + hint);
    }

    /// Calls a provider with the settings. What it refuses, and settings it never asks for, are problems.
    ///
    /// @return null when there was a problem
    <T> @Nullable T make(Path base, Function<Settings, T> provider) {
        Settings given = new Settings(base, settings);
        try {
            T made = Foreign.call(() -> provider.apply(given));
            for (String unknown : given.unknown()) {
                at.problem(unknown, "is not known to " + name + "; " + Names.hint(unknown, given.known()));
            }
            return given.unknown().isEmpty() ? made : null;
        } catch (Foreign.Failed failed) {
            blame(failed);
            return null;
        }
    }

    private void blame(Foreign.Failed failed) {
        if (failed.thrown() instanceof Settings.Invalid invalid) {
            String message = String.valueOf(invalid.getMessage());
            at.problem(invalid.key(), message.startsWith(invalid.key() + " ") ? message.substring(invalid.key().length() + 1) : message);
        } else {
            at.problem(key, "is " + name + ", which refused: " + failed.why());
        }
    }

    /// What identifies the thing, to see whether it has changed. Another class of the same name is another provider: its jar has changed.
    List<?> identity(Object provider) {
        return List.of(name, settings, provider.getClass());
    }
}
