package dev.sluice.console.launch;

import dev.sluice.api.Bytes;
import dev.sluice.api.ConfigKeys;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The rows of a table of keys, as the records have them: what is allowed is what their constructors do not refuse.
final class KeyRows {

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final String ALLOWED = ", but must be ";

    private final SequencedMap<String, ConfigKeys.Entry> known;

    /// @param sample has a key of each kind, with its default
    KeyRows(ServerConfig sample) {
        known = ConfigKeys.of(sample);
    }

    static String head() {
        return "| key | value | default | change | what it is |\n|---|---|---|---|---|\n";
    }

    /// @param key   that the sample has, too
    /// @param value what is allowed
    /// @param what  it is
    String row(String key, String value, String what) {
        return row(key, value, code(entry(key).text()), what);
    }

    String row(String key, String value, String byDefault, String what) {
        return row(key, value, byDefault, entry(key).kind().name().toLowerCase(Locale.ROOT), what);
    }

    static String row(String key, String value, String byDefault, String change, String what) {
        return "| `" + key + "` | " + value + " | " + byDefault + " | " + change + " | " + what + " |\n";
    }

    private ConfigKeys.Entry entry(String key) {
        ConfigKeys.Entry entry = known.get(key);
        if (entry == null) {
            throw new AssertionError("there is no key " + key);
        }
        return entry;
    }

    /// A row for each component of a record.
    ///
    /// @param prefix of the keys
    /// @param docs   of the file it is in
    String rows(String prefix, Record defaults, SourceDocs docs) {
        return Arrays.stream(defaults.getClass().getRecordComponents())
                .map(component -> row(prefix, defaults, component, docs)).collect(Collectors.joining());
    }

    /// The row of one component.
    String row(String prefix, Record defaults, String component, SourceDocs docs) {
        return row(prefix, defaults, named(defaults, component), docs);
    }

    private String row(String prefix, Record defaults, RecordComponent component, SourceDocs docs) {
        String what = docs.component(defaults.getClass().getSimpleName(), component.getName());
        return row(prefix + Names.kebab(component.getName()), value(defaults, component), what + constants(component, docs));
    }

    private static String constants(RecordComponent component, SourceDocs docs) {
        return component.getType().isEnum() ? Arrays.stream(component.getType().getEnumConstants())
                .map(one -> ". " + code(Rendered.text(one)) + ": " + docs.constant(one.toString())).collect(Collectors.joining()) : "";
    }

    private static RecordComponent named(Record defaults, String component) {
        return Arrays.stream(defaults.getClass().getRecordComponents())
                .filter(one -> one.getName().equals(component)).findFirst().orElseThrow();
    }

    /// What is allowed.
    static String value(Record defaults, String component) {
        return value(defaults, named(defaults, component));
    }

    private static String value(Record defaults, RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(one -> code(Rendered.text(one))).collect(Collectors.joining(" or "));
        }
        if (type == int.class || type == long.class) {
            boolean bytes = component.isAnnotationPresent(Bytes.class);
            String bounds = refusal(defaults, component, type == int.class ? (Object) Integer.MIN_VALUE : (Object) Long.MIN_VALUE);
            return bytes ? "size, " + NUMBER.matcher(bounds).replaceAll(KeyRows::bytes) : "whole number, " + bounds;
        }
        if (type == OptionalInt.class) {
            return "`auto` or a whole number, " + refusal(defaults, component, OptionalInt.of(Integer.MIN_VALUE));
        }
        if (type == Duration.class) {
            boolean positive = !accepted(defaults, component, Duration.ZERO).isEmpty();
            String bounds = refusal(defaults, component, Duration.ofSeconds(-1));
            return "time, " + (positive ? bounds.replace("from 0 s", "above 0 s, up") : bounds);
        }
        if (type == List.class) {
            return "list of addresses and blocks of them, or `unix`";
        }
        if (type == boolean.class) {
            return "`true` or `false`";
        }
        return accepted(defaults, component, "").isEmpty() ? "text" : refusal(defaults, component, "");
    }

    private static String bytes(MatchResult number) {
        return Rendered.bytes(Long.parseLong(number.group()));
    }

    private static String refusal(Record defaults, RecordComponent component, Object value) {
        String refused = accepted(defaults, component, value);
        int allowed = refused.indexOf(ALLOWED);
        if (allowed < 0) {
            throw new AssertionError(component + " does not say what is allowed: " + refused);
        }
        return refused.substring(allowed + ALLOWED.length());
    }

    /// What the constructor says to a value; nothing when it takes it.
    private static String accepted(Record defaults, RecordComponent component, Object value) {
        RecordComponent[] all = defaults.getClass().getRecordComponents();
        try {
            Object[] values = new Object[all.length];
            for (int i = 0; i < all.length; i++) {
                values[i] = all[i].getName().equals(component.getName()) ? value : all[i].getAccessor().invoke(defaults);
            }
            Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
            defaults.getClass().getDeclaredConstructor(types).newInstance(values);
            return "";
        } catch (InvocationTargetException refused) {
            return String.valueOf(refused.getCause().getMessage());
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError("the records of configuration are public", impossible);
        }
    }

    static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
