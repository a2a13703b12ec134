package dev.sluice.api;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A configuration as a flat list of keys, named as a configuration file names them: `pools.workers.when-full`, `listeners.web.io.model`,
/// `drain.idle-grace`. Follows the records, so that a component that is added to one appears by itself.
public final class ConfigKeys {

    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

    private ConfigKeys() {}

    /// One key's value.
    ///
    /// @param value as the record holds it; of an [IoModel] its name, and of an [Endpoint] its protocol's name at `protocol` and itself
    ///              at `service.type`
    /// @param text  the same for people, as a configuration file writes it
    /// @param kind  how a change of it takes effect, as long as its pool or listener stays
    public record Entry(Object value, String text, ReloadReport.Kind kind) {}

    /// Every value of a configuration by its full key, in the order of the records. Unmodifiable.
    public static SequencedMap<String, Entry> of(ServerConfig config) {
        ConfigKeys keys = new ConfigKeys();
        keys.record("", config, ReloadReport.Kind.RESTART);
        return Collections.unmodifiableSequencedMap(keys.entries);
    }

    /// How a change of a key of this configuration takes effect; empty when it has no such key.
    public static Optional<ReloadReport.Kind> kindOf(ServerConfig config, String key) {
        return Optional.ofNullable(of(config).get(key)).map(Entry::kind);
    }

    /// The key of a pool or a listener as a whole: `pools.workers`.
    public static String key(String kind, String name) {
        return kind + "." + quoted(name);
    }

    /// `perAddress` as `per-address`.
    public static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /// @param outer how a change takes effect of what says nothing of its own
    private void record(String prefix, Record of, ReloadReport.Kind outer) {
        ReloadReport.Kind kind = of.getClass().isAnnotationPresent(Live.class) ? ReloadReport.Kind.LIVE : outer;
        for (RecordComponent component : of.getClass().getRecordComponents()) {
            value(prefix, component, read(component, of), kind(component, kind));
        }
    }

    private static ReloadReport.Kind kind(RecordComponent component, ReloadReport.Kind outer) {
        if (component.isAnnotationPresent(Live.class)) {
            return ReloadReport.Kind.LIVE;
        }
        return component.isAnnotationPresent(Rebind.class) ? ReloadReport.Kind.REBIND : outer;
    }

    private static Object read(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException impossible) {
            // All of them are public records of this package.
            throw new IllegalStateException("cannot read " + component, impossible);
        }
    }

    private void value(String prefix, RecordComponent component, Object value, ReloadReport.Kind kind) {
        String key = prefix + kebab(component.getName());
        switch (value) {
            case Map<?, ?> named -> named.forEach((name, each) -> record(key(key, (String) name) + ".", (Record) each, kind));
            case PoolType type -> put(key, type, Rendered.text(type), kind);
            case IoModel model -> {
                put(key + ".model", model.name(), model.name(), kind);
                record(key + ".", (Record) model, kind);
            }
            case Endpoint<?, ?> endpoint -> {
                put(prefix + "protocol", endpoint.protocol().name(), endpoint.protocol().name(), kind);
                put(prefix + "service.type", endpoint, Rendered.text(endpoint), kind);
            }
            case Optional<?> inner when holdsRecord(component) -> inner.ifPresent(given -> record(key + ".", (Record) given, kind));
            case Record inner -> record(key + ".", inner, kind);
            case Number bytes when component.isAnnotationPresent(Bytes.class) ->
                put(key, bytes, Rendered.bytes(bytes.longValue()), kind);
            default -> put(key, value, Rendered.text(value), kind);
        }
    }

    /// Of a part that may be left out as a whole.
    private static boolean holdsRecord(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType type
                && type.getActualTypeArguments()[0] instanceof Class<?> held && held.isRecord();
    }

    private void put(String key, Object value, String text, ReloadReport.Kind kind) {
        entries.put(key, new Entry(value, text, kind));
    }

    /// A name that a file could not write bare is quoted, so that a dot in it does not look like a step.
    private static String quoted(String name) {
        return name.matches("[A-Za-z0-9_-]+") ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
