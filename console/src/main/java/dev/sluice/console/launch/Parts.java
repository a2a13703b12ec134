package dev.sluice.console.launch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What providers made for a configuration, by everything that it was made from: so that the next reading takes the same instance for
/// what has not changed, and the server sees that it has not; and the plugins whose providers they are. Confined to the thread that reads,
/// until it is handed on whole.
final class Parts {

    private final Map<List<?>, Object> made = new HashMap<>();
    private final Map<List<?>, Object> earlier;
    private final Plugins plugins;

    private Parts(Map<List<?>, Object> earlier, Plugins plugins) {
        this.earlier = earlier;
        this.plugins = plugins;
    }

    /// Nothing yet.
    static Parts none() {
        return new Parts(Map.of(), Plugins.none());
    }

    /// Those of the next reading, which reuses these.
    ///
    /// @param found what can be named there
    Parts next(Plugins found) {
        return new Parts(Map.copyOf(made), found);
    }

    Plugins plugins() {
        return plugins;
    }

    /// These and others, with the plugins of these.
    Parts and(Parts others) {
        Parts both = new Parts(Map.of(), plugins);
        both.made.putAll(made);
        both.made.putAll(others.made);
        return both;
    }

    /// The part made from this before, or a new one.
    <T> T part(Class<T> type, List<?> from, Supplier<? extends T> maker) {
        Object part = earlier.get(from);
        T result = type.isInstance(part) ? type.cast(part) : maker.get();
        made.put(from, result);
        return result;
    }
}
