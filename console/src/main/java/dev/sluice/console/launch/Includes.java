package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Remembers each file that is included, with what it held just before it was read, so that whoever watches them misses no change.
/// Includes are looked up as the library does. Confined to the thread that reads.
final class Includes implements ConfigIncluder, ConfigIncluderFile {

    /// What the library tries, for a name without one of them.
    private static final List<String> ENDINGS = List.of("", ".conf", ".json", ".properties");

    private final Path base;
    private final boolean text;
    private final Map<Path, Optional<ByteBuffer>> seen;
    private final @Nullable ConfigIncluder fallback;

    private Includes(Path base, boolean text, Map<Path, Optional<ByteBuffer>> seen, @Nullable ConfigIncluder fallback) {
        this.base = base;
        this.text = text;
        this.seen = seen;
        this.fallback = fallback;
    }

    /// @param base the folder that `include file("…")` starts at
    static Includes of(Path base) {
        return new Includes(base, false, new LinkedHashMap<>(), null);
    }

    /// Those of a text that is in no file, as if it were in one of this folder.
    static Includes ofText(Path base) {
        return new Includes(base, true, new LinkedHashMap<>(), null);
    }

    /// A file that is about to be read.
    void reading(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        seen.put(absolute, FileContents.read(absolute));
    }

    FileContents seen() {
        return new FileContents(seen);
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder next) {
        return new Includes(base, text, seen, next);
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        // A folder always exists, so this tells the folder of the file that includes, whether or not the included one exists.
        @Nullable ConfigParseable here = context.relativeTo(".");
        @Nullable String folder = here == null ? null : here.origin().filename();
        if (folder == null && text) {
            return includeFile(context, base.resolve(what).toFile()); // the library would look on the class path
        }
        Path from = folder == null ? base : Path.of(folder);
        ENDINGS.forEach(ending -> reading(from.resolve(what + ending)));
        try {
            return fallback == null ? ConfigFactory.empty().root() : fallback.include(context, what);
        } catch (ConfigException.IO failed) {
            throw placed(failed, what, from.resolve(what));
        }
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        Path file = base.resolve(what.toPath());
        ENDINGS.forEach(ending -> reading(Path.of(file + ending)));
        try {
            return ConfigFactory.parseFileAnySyntax(file.toFile(), context.parseOptions()).root();
        } catch (ConfigException.IO failed) {
            throw placed(failed, what.getPath(), file);
        }
    }

    /// The library tells of a file that cannot be read where it looked last; people need to know which file wants it.
    private ConfigException placed(ConfigException.IO failed, String what, Path file) {
        boolean told = failed.origin() != null && failed.origin().lineNumber() > 0;
        return told || ENDINGS.stream().anyMatch(ending -> Files.exists(Path.of(file + ending))) ? failed : wanting(what)
                .<ConfigException>map(origin -> new ConfigException.IO(origin, "\"" + what + "\" is included, but cannot be found", failed))
                .orElse(failed);
    }

    /// The line of a file read so far that says it needs another.
    private Optional<ConfigOrigin> wanting(String what) {
        Pattern need = Pattern.compile("\\s*[^#]*\\binclude\\s+required\\(.*\"" + Pattern.quote(what) + "\".*");
        for (Map.Entry<Path, Optional<ByteBuffer>> one : seen.entrySet()) {
            String text = one.getValue().map(bytes -> StandardCharsets.UTF_8.decode(bytes.duplicate()).toString()).orElse("");
            List<String> lines = text.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (need.matcher(lines.get(i)).matches()) {
                    return Optional.of(ConfigOriginFactory.newFile(one.getKey().toString()).withLineNumber(i + 1));
                }
            }
        }
        return Optional.empty();
    }
}
