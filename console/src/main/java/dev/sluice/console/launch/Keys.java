package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import dev.sluice.api.ConfigKeys;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.console.command.Secrets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The keys that people name, and what is meant by them. Pure functions.
final class Keys {

    static final String LOG = "log.";

    /// What may be given in short, `io = blocking`, or in full, `io { model = blocking }`; and the key that the short form stands for.
    private static final Map<String, String> NAMING = Map.of("io", "model", "protocol", "name", "service", "type");
    private static final Pattern SHORT = Pattern.compile("listeners\\.[^.]+\\.(io|protocol|service)");
    private static final Pattern INNER = Pattern.compile("(" + SHORT.pattern() + ")\\..+");
    private static final Pattern OWNED = Pattern.compile("(pool|listener)s(?:\\.([^.]+)(\\..+)?)?");

    private Keys() {}

    /// A key as it was typed, without the root and without quotes; empty when it is none.
    static Optional<String> parse(String typed) {
        try {
            String key = String.join(".", ConfigUtil.splitPath(typed.strip()));
            String bare = key.startsWith(ConfigFile.ROOT + ".") ? key.substring(ConfigFile.ROOT.length() + 1) : key;
            return Optional.of(bare.startsWith(LOG) ? LOG + logger(bare) : bare);
        } catch (ConfigException malformed) {
            return Optional.empty();
        }
    }

    static boolean isShort(String key) {
        return SHORT.matcher(key).matches();
    }

    /// `model`, of `listeners.web.io`.
    static String naming(String shortKey) {
        return String.valueOf(NAMING.get(shortKey.substring(shortKey.lastIndexOf('.') + 1)));
    }

    /// `listeners.web.io`, of `listeners.web.io.loops`.
    static Optional<String> outer(String key) {
        Matcher inner = INNER.matcher(key);
        return inner.matches() ? Optional.of(inner.group(1)) : Optional.empty();
    }

    /// A key in full: `listeners.web.io.model` for `listeners.web.io`.
    static String full(String key) {
        return isShort(key) ? key + "." + naming(key) : key;
    }

    static boolean isSame(String one, String other) {
        return full(one).equals(full(other));
    }

    /// The value of a key in a reading, for people; `-` when nothing gives it one.
    static String text(ConfigReading.Usable reading, String key) {
        if (key.startsWith(LOG)) {
            return reading.levels().getOrDefault(logger(key), "-");
        }
        ConfigKeys.@Nullable Entry known = ConfigKeys.of(reading.server()).get(recorded(key));
        Findings.@Nullable Found found = reading.found().get(key);
        return known != null ? known.text() : found != null ? found.text() : "-";
    }

    /// The same, but for what nobody is to see.
    static String shown(ConfigReading.Usable reading, String key) {
        return Secrets.shown(key, text(reading, key));
    }

    /// How a change of a key takes effect.
    static ReloadReport.Kind kind(ServerConfig config, String key) {
        boolean live = key.startsWith(LOG) || key.startsWith("pools.");
        return ConfigKeys.kindOf(config, recorded(key)).or(() -> ServerWide.kind(config, key)).orElse(live ? ReloadReport.Kind.LIVE : ReloadReport.Kind.REBIND);
    }

    /// The key by which the records know it: that of a protocol has no full form there.
    private static String recorded(String key) {
        return full(key).replaceFirst("\\.protocol\\.name$", ".protocol");
    }

    /// The name of a logger as the records have it; the root logger is `ROOT`, however it is written.
    static String logger(String key) {
        String name = key.substring(LOG.length());
        return name.equalsIgnoreCase("root") ? name.toUpperCase(Locale.ROOT) : name;
    }

    /// Whether a key is of a pool or a listener that a configuration does not have.
    static boolean isOrphan(String key, ServerConfig config) {
        Matcher owned = OWNED.matcher(key);
        return owned.matches() && owned.group(2) != null && !owners(owned.group(1), config).contains(owned.group(2));
    }

    /// `pool` or `listener`, of a key of one.
    static String noun(String key) {
        return key.substring(0, key.indexOf("s."));
    }

    /// Why a key cannot be set, whatever the value: continues a sentence that begins with the key. Empty when it may be: what is wrong
    /// with it then, the binder says.
    static Optional<String> refusal(String key, ServerConfig config) {
        if (key.equals("admin") || key.startsWith("admin.")) {
            return Optional.of("is of the admin listener, which only the file changes");
        }
        if (key.endsWith(".tls.key-password")) {
            return Optional.of("is a password, which is not typed where others see it: only the file changes it");
        }
        Matcher owned = OWNED.matcher(key);
        if (!owned.matches()) {
            return Optional.empty();
        }
        String noun = owned.group(1);
        Collection<String> known = owners(noun, config);
        String example = noun.equals("pool") ? ".size" : ".pool";
        if (owned.group(2) == null) {
            return Optional.of("has keys of its own; set one of those, such as " + key + "." + String.join("", first(known)) + example);
        }
        if (!known.contains(owned.group(2))) {
            return Optional.of("is of a " + noun + " that is not there; " + Names.hint(owned.group(2), known) + " (" + noun
                    + "s are added in the file)");
        }
        return owned.group(3) != null ? Optional.empty()
                : Optional.of("has keys of its own; set one of those, such as " + key + example);
    }

    private static List<String> first(Collection<String> names) {
        return names.stream().limit(1).toList();
    }

    /// The names of pools or of listeners but for the program's own.
    private static Set<String> owners(String noun, ServerConfig config) {
        Set<String> names = new TreeSet<>(noun.equals("pool") ? config.pools().keySet() : config.listeners().keySet());
        names.remove(ConfigReader.ADMIN);
        return names;
    }
}
