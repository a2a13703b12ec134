package dev.sluice.console.launch;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What people set while the server ran, in the order in which they did. Each wins over the file and the command line, and over those
/// before it. Immutable.
record Overlays(List<Overlay> all) {

    static final Overlays NONE = new Overlays(List.of());

    Overlays {
        all = List.copyOf(all);
    }

    /// With one more, which takes the place of what was set for its key before. The short form of a key stands for all of it:
    /// `listeners.web.io` takes the place of `listeners.web.io.loops` too.
    Overlays with(Overlay one) {
        boolean whole = Keys.isShort(one.key());
        Predicate<Overlay> replaced = it -> it.key().equals(one.key()) || (whole && it.key().startsWith(one.key() + "."));
        return new Overlays(Stream.concat(all.stream().filter(replaced.negate()), Stream.of(one)).toList());
    }

    Overlays without(Collection<Overlay> some) {
        return only(one -> !some.contains(one));
    }

    Overlays only(Predicate<Overlay> kept) {
        return new Overlays(all.stream().filter(kept).toList());
    }

    Optional<Overlay> of(String key) {
        return all.stream().filter(one -> one.key().equals(key)).findFirst();
    }

    /// The one that gives a key its value: of the key itself or of its short form, whichever was set last.
    Optional<Overlay> over(String key) {
        return all.stream().filter(one -> Keys.isSame(one.key(), key)).reduce((earlier, later) -> later);
    }

    List<Overlay> due(Instant now) {
        return all.stream().filter(one -> one.isDue(now)).toList();
    }

    /// When the first of them has had its time.
    Optional<Instant> firstEnd() {
        return all.stream().flatMap(one -> one.until().stream()).min(Comparator.naturalOrder());
    }

    /// A configuration as if its file said what they say.
    ///
    /// @param file parsed, its references not yet resolved, so that they refer to what was set
    Config on(Config file) {
        Config whole = file;
        for (Overlay one : all) {
            whole = one.key().startsWith(Keys.LOG) ? withLevel(whole, one) : withValue(whole, one);
        }
        return whole;
    }

    private static Config withValue(Config file, Overlay one) {
        Config spread = Keys.outer(one.key()).map(outer -> spread(file, outer)).orElse(file);
        return one.parsed().atPath(path(one.key())).withFallback(spread);
    }

    /// Next to a value in the short form, `io = duplex`, another key has no room; in the full one, `io { model = duplex }`, it has.
    private static Config spread(Config file, String outer) {
        Config resolved = file.resolve();
        boolean given = resolved.hasPath(path(outer)) && !(resolved.getValue(path(outer)) instanceof ConfigObject);
        return given ? resolved.getValue(path(outer)).atPath(path(outer + "." + Keys.naming(outer))).withFallback(file) : file;
    }

    /// The name of a logger may be written with or without quotes, as one key or as a path, so the levels are put together anew.
    private static Config withLevel(Config file, Overlay one) {
        String path = ConfigFile.ROOT + ".log";
        String logger = one.key().substring(Keys.LOG.length());
        Map<String, ConfigValue> levels = new LinkedHashMap<>();
        Config resolved = file.resolve();
        if (resolved.hasPath(path) && resolved.getValue(path) instanceof ConfigObject given) {
            flatten("", given, levels);
        }
        levels.keySet().removeIf(name -> Keys.logger(Keys.LOG + name).equals(logger));
        levels.put(logger, one.parsed());
        // A null keeps what is behind it from being merged in.
        Config cleared = ConfigValueFactory.fromAnyRef(null).atPath(path).withFallback(file);
        return ConfigValueFactory.fromMap(levels).atPath(path).withFallback(cleared);
    }

    private static void flatten(String prefix, ConfigObject from, Map<String, ConfigValue> into) {
        from.forEach((name, value) -> {
            if (value instanceof ConfigObject inner) {
                flatten(prefix + name + ".", inner, into);
            } else {
                into.put(prefix + name, value);
            }
        });
    }

    private static String path(String key) {
        return ConfigUtil.joinPath(Stream.concat(Stream.of(ConfigFile.ROOT), Stream.of(key.split("\\."))).toList());
    }
}
