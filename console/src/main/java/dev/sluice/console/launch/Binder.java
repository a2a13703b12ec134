package dev.sluice.console.launch;

import com.typesafe.config.ConfigValue;
import dev.sluice.api.Bytes;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fills the records of configuration from sections: a component `maxRequests` is the key `max-requests`, what is not given is as in the
/// defaults, and what the record's own constructor refuses is a problem on the line of the value.
final class Binder {

    private Binder() {}

    /// A record as the section describes it; the default, for each value that has a problem.
    static <T extends Record> T bind(Section section, T defaults) {
        return bind(section, defaults, Map.of());
    }

    /// The same.
    ///
    /// @param given components that have been made already, whose keys are not read
    static <T extends Record> T bind(Section section, T defaults, Map<String, ?> given) {
        Map<String, @Nullable Object> base = new LinkedHashMap<>();
        Map<String, Object> read = new LinkedHashMap<>();
        for (RecordComponent component : defaults.getClass().getRecordComponents()) {
            String name = component.getName();
            @Nullable Object fallback = component(defaults, component);
            base.put(name, fallback);
            if (!given.containsKey(name)) {
                one(section, component, fallback).ifPresent(value -> read.put(name, value));
            }
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>(base);
        whole.putAll(given);
        whole.putAll(read);
        try {
            return make(defaults, whole);
        } catch (IllegalArgumentException refused) {
            blame(section, defaults, base, read, refused);
            Map<String, @Nullable Object> all = new LinkedHashMap<>(given);
            all.putAll(read);
            return sound(defaults, base, all);
        }
    }

    /// What was given and read, without what the constructor refuses.
    private static <T extends Record> T sound(T defaults, Map<String, @Nullable Object> base, Map<String, @Nullable Object> all) {
        T sound = defaults;
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(base);
        for (Map.Entry<String, @Nullable Object> entry : all.entrySet()) {
            @Nullable Object before = kept.put(entry.getKey(), entry.getValue());
            try {
                sound = make(defaults, kept);
            } catch (IllegalArgumentException refused) {
                kept.put(entry.getKey(), before);
            }
        }
        return sound;
    }

    private static Optional<?> one(Section section, RecordComponent component, @Nullable Object fallback) {
        String key = Names.kebab(component.getName());
        if (fallback instanceof Record inner) {
            Section child = section.child(key);
            Record bound = bind(child, inner);
            child.refuseUnknown();
            return Optional.of(bound);
        }
        Optional<ConfigValue> value = section.value(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Values.convert(component.getType(), value.get(), component.isAnnotationPresent(Bytes.class)));
        } catch (Values.Unfit unfit) {
            section.problem(key, String.valueOf(unfit.getMessage()));
            return Optional.empty();
        }
    }

    /// A constructor names only the first value it refuses, so each is tried alone; what is fine alone is wrong together.
    private static <T extends Record> void blame(
            Section section, T defaults, Map<String, @Nullable Object> base, Map<String, Object> read, IllegalArgumentException whole) {
        boolean found = false;
        for (Map.Entry<String, Object> entry : read.entrySet()) {
            Map<String, @Nullable Object> alone = new LinkedHashMap<>(base);
            alone.put(entry.getKey(), entry.getValue());
            try {
                make(defaults, alone);
            } catch (IllegalArgumentException refused) {
                section.problem(Names.kebab(entry.getKey()), without(Names.kebab(entry.getKey()), refused));
                found = true;
            }
        }
        if (!found) {
            section.problem("cannot be as it is: " + whole.getMessage());
        }
    }

    private static String without(String key, IllegalArgumentException refused) {
        String message = String.valueOf(refused.getMessage());
        return message.startsWith(key + " ") ? message.substring(key.length() + 1) : "cannot be as it is: " + message;
    }

    private static @Nullable Object component(Record from, RecordComponent component) {
        try {
            return component.getAccessor().invoke(from);
        } catch (ReflectiveOperationException cannotHappen) {
            throw new IllegalStateException("the records of configuration are public", cannotHappen);
        }
    }

    @SuppressWarnings("unchecked") // the constructor is that of the class of `defaults`
    private static <T extends Record> T make(T defaults, Map<String, @Nullable Object> values) {
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = defaults.getClass().getDeclaredConstructor(types);
            return (T) constructor.newInstance(Arrays.stream(components).map(one -> values.get(one.getName())).toArray());
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException("the constructor of " + defaults.getClass() + " failed", failed);
        } catch (ReflectiveOperationException cannotHappen) {
            throw new IllegalStateException("the records of configuration are public", cannotHappen);
        }
    }
}
