package dev.sluice.console.launch;

import dev.sluice.api.ConfigKeys;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A configuration as a list of keys, each with where its value is from. Pure functions.
final class ConfigEntries {

    /// A value that was changed while the server ran, but not by `set`: the level of a logger. The audit log says by whom.
    static final String SET_LIVE = "set live";

    private static final String DEFAULT = "default";
    /// What has no default, but must be given.
    private static final Pattern REQUIRED = Pattern.compile("listeners\\.[^.]+\\.(bind|protocol|service\\.type|role)");
    /// The settings of a protocol or a service: only their provider knows them.
    private static final Pattern FOREIGN = Pattern.compile("(listeners\\.[^.]+\\.(protocol|service)|pools\\.[^.]+)\\..+");
    private static final String ADMIN_BIND = "listeners." + ConfigReader.ADMIN + ".bind";

    private ConfigEntries() {}

    /// @param layers  the configuration as it was last applied
    /// @param current as it holds now
    /// @param levels  tells the level that holds for a logger
    static List<ConfigEntry> of(Layers layers, ServerConfig current, UnaryOperator<String> levels) {
        ConfigReading.Usable reading = layers.whole();
        Map<String, ConfigKeys.Entry> applied = ConfigKeys.of(reading.server());
        Map<String, ConfigKeys.Entry> defaults = ConfigKeys.of(defaults(reading.server()));
        List<ConfigEntry> entries = new ArrayList<>();
        ConfigKeys.of(current).forEach((key, now) -> {
            String name = name(key);
            if (!hidden(key)) {
                Findings.@Nullable Found found = found(reading, name);
                ConfigKeys.@Nullable Entry asRead = applied.get(key);
                boolean changed = asRead == null || !asRead.text().equals(now.text());
                String byDefault = REQUIRED.matcher(key).matches() || !defaults.containsKey(key) ? "" : defaults.get(key).text();
                entries.add(new ConfigEntry(name, now.text(), byDefault, inFile(found(layers.bare(), name)),
                        source(layers, name, found, changed), kind(now.kind())));
            }
            foreign(layers, key).forEach(entries::add);
        });
        new TreeSet<>(reading.levels().keySet()).forEach(logger -> entries.add(level(layers, logger, levels.apply(logger))));
        entries.addAll(reading.parts().plugins().entries());
        entries.addAll(without(layers, entries));
        return entries.stream().map(ConfigEntries::withoutSecret).toList();
    }

    /// What was set and has no effect, for example for all listeners where each says otherwise.
    private static List<ConfigEntry> without(Layers layers, List<ConfigEntry> entries) {
        Set<String> known = entries.stream().map(ConfigEntry::key).map(Keys::full).collect(Collectors.toSet());
        return layers.overlays().shown()
                .filter(one -> !known.contains(Keys.full(one.key())) && !known.contains(one.key()) && !known.contains(one.key().replaceFirst("\\.name$", "")))
                .map(one -> new ConfigEntry(one.key(), one.value(), "", inFile(layers.bare().found().get(one.key())), one.source(),
                        kind(Keys.kind(layers.whole().server(), one.key()))))
                .toList();
    }

    private static ConfigEntry withoutSecret(ConfigEntry entry) {
        String key = entry.key();
        return new ConfigEntry(key, Secrets.shown(key, entry.value()), Secrets.shown(key, entry.byDefault()), Secrets.shown(key, entry.inFile()),
                entry.source(), entry.kind());
    }

    /// A key as the file names it.
    static String name(String key) {
        return key.equals(ADMIN_BIND) ? "admin.http.bind" : key.equals("listeners." + ConfigReader.ADMIN) ? "admin.http" : key;
    }

    /// The admin listener and its pool are the program's own but for their address.
    static boolean hidden(String key) {
        return key.endsWith(".role")
                || key.equals("pools." + ConfigReader.ADMIN)
                || key.startsWith("pools." + ConfigReader.ADMIN + ".")
                || (key.startsWith("listeners." + ConfigReader.ADMIN + ".") && !key.equals(ADMIN_BIND));
    }


    /// Whether a key is a setting that only the provider of a protocol, a service or a pool knows.
    static boolean foreign(String key, ServerConfig config) {
        return FOREIGN.matcher(key).matches() && !ConfigKeys.of(config).containsKey(key) && !key.endsWith(".protocol.name");
    }

    /// The settings that follow a protocol, a service or a type of pool.
    private static Stream<ConfigEntry> foreign(Layers layers, String key) {
        ConfigReading.Usable reading = layers.whole();
        String typed = key.endsWith(".type") ? key.substring(0, key.length() - "type".length()) : "";
        String prefix = key.endsWith(".protocol") ? key + "." : typed;
        return prefix.isEmpty() ? Stream.empty() : reading.found().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix) && foreign(entry.getKey(), reading.server()))
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getKey)
                .map(name -> new ConfigEntry(name, Keys.text(reading, name), "", inFile(layers.bare().found().get(name)),
                        source(layers, name, reading.found().get(name), false), kind(Keys.kind(reading.server(), name))));
    }

    private static ConfigEntry level(Layers layers, String logger, String now) {
        boolean changed = !Objects.equals(layers.whole().levels().get(logger), now);
        Findings.@Nullable Found found = level(layers.whole(), logger);
        String key = Keys.LOG + logger;
        return new ConfigEntry(key, now, "", inFile(level(layers.bare(), logger)), source(layers, key, found, changed), kind(Kind.LIVE));
    }

    private static Findings.@Nullable Found level(ConfigReading.Usable reading, String logger) {
        return reading.found().entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(Keys.LOG + logger))
                .map(Map.Entry::getValue).findAny().orElse(null);
    }

    /// A value may have been given in the short form, `io = blocking` for `io.model`, in the full one, `protocol { name = line }`, or for all
    /// listeners at once.
    private static Findings.@Nullable Found found(ConfigReading.Usable reading, String key) {
        Map<String, Findings.Found> found = reading.found();
        boolean inner = key.endsWith(".io.model") || key.endsWith(".service.type");
        return Stream.of(key, inner ? key.substring(0, key.lastIndexOf('.')) : key + ".name", ServerWide.key(key).orElse(key))
                .map(found::get).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private static String inFile(Findings.@Nullable Found found) {
        return found == null || found.place().source() == Place.Source.COMMAND_LINE ? "" : found.text();
    }

    private static String source(Layers layers, String key, Findings.@Nullable Found found, boolean changed) {
        if (changed || found == null) {
            return changed ? SET_LIVE : DEFAULT;
        }
        Overlays set = layers.overlays();
        Optional<Overlay> overlay = found.place().source() == Place.Source.OVERLAY
                ? set.over(key).or(() -> ServerWide.key(key).flatMap(set::over)) : Optional.empty();
        return overlay.map(Overlay::source).orElseGet(found::source);
    }

    private static String kind(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /// The same pools and listeners, with nothing else said of them.
    private static ServerConfig defaults(ServerConfig given) {
        ServerConfig bare = ServerConfig.named(ConfigFile.ROOT).withLimits(ServerLimits.DEFAULT).withDrain(DrainConfig.DEFAULT);
        for (String name : given.pools().keySet()) {
            bare = bare.withPool(name, PoolReader.defaults(given.pools().get(name).type()));
        }
        for (Map.Entry<String, ListenerConfig> one : given.listeners().entrySet()) {
            bare = bare.withListener(one.getKey(), ListenerConfig.at(":0", one.getValue().endpoint()));
        }
        return bare;
    }
}
