package dev.sluice.console.launch;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.sluice.api.Endpoint;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

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
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            return broken(new ConfigProblem(Place.display(path), 0, "", unreadable(file)), parts, files);
        }
        try {
            Config raw = overridden(parse(file, includes));
            ConfigObject resolved = raw.resolve().root();
            ConfigReader reader = new ConfigReader(this, new Findings(raw.root()), parts);
            return reader.read(resolved, files.get());
        } catch (ConfigException failed) {
            return broken(problem(failed), parts, files);
        } catch (RuntimeException | StackOverflowError failed) {
            // The parser lets through what a path of an include throws, and is recursive.
            String detail = failed instanceof StackOverflowError ? "it is nested too deeply" : failed.toString();
            return broken(new ConfigProblem(Place.display(path), 0, "", "cannot be read: " + detail), parts, files);
        }
    }

    private static ConfigReading broken(ConfigProblem problem, Parts parts, Supplier<FileContents> files) {
        return new ConfigReading.Broken(List.of(problem), parts.plugins().refused(), files.get());
    }

    /// The folder that relative paths start at.
    Path folder() {
        return path.toAbsolutePath().normalize().getParent();
    }

    private static String unreadable(Path file) {
        if (Files.isDirectory(file)) {
            return "is a folder, but must be a file";
        }
        if (!Files.exists(file)) {
            return "cannot be read: there is no such file";
        }
        return Files.isRegularFile(file) ? "cannot be read: permission denied" : "is not a regular file";
    }

    private static Config parse(Path file, Includes includes) {
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.CONF)
                .setAllowMissing(false)
                .setIncluder(includes);
        return ConfigFactory.parseFile(file.toFile(), options);
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

    private ConfigProblem problem(ConfigException failed) {
        String message = String.valueOf(failed.getMessage());
        if (failed.origin() == null) {
            return new ConfigProblem(Place.display(path), 0, "", Escape.line(message));
        }
        String prefix = failed.origin().description() + ": ";
        boolean typed = failed.origin().description().startsWith(COMMAND_LINE);
        Place place = failed.origin().filename() != null || typed
                ? Place.of(failed.origin()) : new Place(Place.Source.FILE, Place.display(path), 0);
        // The parser quotes what it cannot read.
        String said = Escape.line(message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        return new ConfigProblem(place.file(), place.line(), "", said);
    }
}
