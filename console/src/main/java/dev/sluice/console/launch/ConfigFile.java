package dev.sluice.console.launch;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.sluice.api.Endpoint;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The configuration file, in HOCON: everything is inside `sluice { … }`. Reading it changes nothing and starts nothing. Immutable; safe
/// from any thread.
///
/// @param path      of the file
/// @param overrides from the command line; they win over the file
/// @param providers what the file can name, beside what plugins bring
/// @param admin     what the admin listener serves
record ConfigFile(Path path, List<Override> overrides, Providers providers, Endpoint<?, ?> admin) {

    static final String ROOT = "sluice";

    private static final String COMMAND_LINE = Place.COMMAND_LINE.file();

    /// One `--set key=value`.
    ///
    /// @param key its full path, with or without the root
    record Override(String key, String value) {

        Override {
            key = key.startsWith(ROOT + ".") ? key.substring(ROOT.length() + 1) : key;
        }
    }

    /// Reads the file with all it includes, and the plugins beside it.
    ///
    /// @param earlier what the reading before made; what has not changed since is taken from it
    ConfigReading read(Parts earlier) {
        PluginFolder beside = PluginFolder.at(folder().resolve(Plugins.FOLDER));
        Plugins plugins = Plugins.load(beside, providers, earlier.plugins());
        Includes includes = Includes.of(folder());
        return with(plugins.providers()).read(earlier.next(plugins), includes, () -> includes.seen().beside(beside));
    }

    private ConfigFile with(Providers known) {
        return new ConfigFile(path, overrides, known, admin);
    }

    private ConfigReading read(Parts parts, Includes includes, Supplier<FileContents> files) {
        Path file = path.toAbsolutePath();
        includes.reading(file);
        Optional<String> trouble = FileContents.trouble(file);
        if (trouble.isPresent()) {
            return broken(List.of(new ConfigProblem(Place.display(path), 0, "", trouble.get())), parts, files);
        }
        return bound(() -> overridden(ConfigFactory.parseFile(file.toFile(), options(includes))), includes, files, parts);
    }

    /// Reads a text as if the file held it.
    ///
    /// @param earlier as when the file is read; the plugins stay as they are
    ConfigReading read(String text, Parts earlier) {
        Includes includes = Includes.of(folder());
        includes.reading(path.toAbsolutePath());
        return with(earlier.plugins().providers()).bound(() -> overridden(ConfigFactory.parseString(text, options(includes))), includes,
                includes::seen, earlier.next(earlier.plugins()));
    }

    /// What was read, with what people set on top of it.
    ///
    /// @param earlier as when the file is read
    ConfigReading over(ConfigReading.Usable bare, Overlays overlays, Parts earlier) {
        Plugins plugins = bare.parts().plugins();
        return overlays.all().isEmpty() ? bare : with(plugins.providers())
                .bound(() -> overlays.on(bare.parsed()), Includes.of(folder()), bare::files, earlier.next(plugins));
    }

    private ConfigReading bound(Supplier<Config> parsing, Includes includes, Supplier<FileContents> files, Parts parts) {
        try {
            Config parsed = parsing.get();
            if (!includes.problems().isEmpty()) {
                return broken(includes.problems(), parts, files); // what a file would have said that was not read is not missing
            }
            ConfigReader reader = new ConfigReader(this, new Findings(parsed.root()), parts);
            return reader.read(parsed, resolved(parsed), files.get());
        } catch (ConfigException failed) {
            return broken(and(includes, Problems.of(failed, path)), parts, files);
        } catch (RuntimeException | StackOverflowError failed) {
            // The parser is recursive.
            String detail = failed instanceof StackOverflowError ? "it is nested too deeply" : failed.toString();
            ConfigProblem problem = new ConfigProblem(Place.display(path), 0, "", Escape.line("cannot be read: " + detail));
            return broken(and(includes, problem), parts, files);
        }
    }

    /// What refers to nothing stays as it is, so that each such reference is found, and whatever else is wrong.
    private static ConfigObject resolved(Config raw) {
        try {
            return raw.resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true)).root();
        } catch (ConfigException.NotResolved entangled) {
            return raw.resolve().root(); // then the library cannot go on, but says which
        }
    }

    private static List<ConfigProblem> and(Includes includes, ConfigProblem last) {
        return Stream.concat(includes.problems().stream(), Stream.of(last)).toList();
    }

    private static ConfigReading broken(List<ConfigProblem> problems, Parts parts, Supplier<FileContents> files) {
        return new ConfigReading.Broken(problems, parts.plugins().refused(), files.get());
    }

    /// The folder that relative paths start at.
    Path folder() {
        return path.toAbsolutePath().normalize().getParent();
    }

    private static ConfigParseOptions options(Includes includes) {
        return ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false).setIncluder(includes);
    }

    private Config overridden(Config file) {
        Config all = file;
        for (Override one : overrides) {
            String key = ROOT + "." + one.key();
            all = value(one).atPath(key).withFallback(all);
        }
        return all;
    }

    /// A value is taken as it stands, so that an address needs no quotes; only objects, lists and what is quoted are HOCON.
    private static ConfigValue value(Override one) {
        String text = one.value().strip();
        if (!text.startsWith("{") && !text.startsWith("[") && !text.startsWith("\"")) {
            return ConfigValueFactory.fromAnyRef(one.value(), COMMAND_LINE);
        }
        ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(COMMAND_LINE);
        return ConfigFactory.parseString("it = " + text, options).root().get("it");
    }

    /// Whether a key of the command line can be one at all.
    static boolean validKey(String key) {
        try {
            return !ConfigUtil.splitPath(key).isEmpty();
        } catch (ConfigException malformed) {
            return false;
        }
    }
}
