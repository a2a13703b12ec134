package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.io.File;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Reads what a file includes, and remembers each file with what it held just before it was read, so that whoever watches them misses no
/// change. Only files can be included: nothing else could be watched.
///
/// A name is looked up as the library does, but what cannot be read is a problem on the line that includes it, even when it need not be
/// there, and a file that cannot be parsed keeps no other from being read. Confined to the thread that reads.
final class Includes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    /// What is tried for a name without one of them. Of several files, the first wins.
    private static final List<String> ENDINGS = List.of(".conf", ".json", ".properties");

    private static final Pattern ELSEWHERE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");
    private static final Pattern COMMENT = Pattern.compile("(#|//).*");

    private final Path base;
    private final Map<Path, Optional<ByteBuffer>> seen = new LinkedHashMap<>();
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();
    /// The file that is being read, then the one that includes it, and so on.
    private final Deque<Path> reading = new ArrayDeque<>();

    private Includes(Path base) {
        this.base = base;
    }

    /// @param base the folder that `include file("…")` starts at
    static Includes of(Path base) {
        return new Includes(base);
    }

    /// The file that is read first.
    void reading(Path file) {
        see(file);
        reading.push(file.toAbsolutePath().normalize());
    }

    private void see(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        seen.put(absolute, FileContents.read(absolute));
    }

    FileContents seen() {
        return new FileContents(seen);
    }

    /// What is wrong with the files that were included.
    List<ConfigProblem> problems() {
        return List.copyOf(problems);
    }

    /// The library's own way is never asked.
    @Override
    public ConfigIncluder withFallback(ConfigIncluder next) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        return ELSEWHERE.matcher(what).matches() ? elsewhere(what) : included(context, what, reading.element().resolveSibling(""));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        return included(context, what.getPath(), base);
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        return elsewhere(what.toString());
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        return elsewhere(what);
    }

    private ConfigObject elsewhere(String what) {
        return nothing(what, ", but only files can be");
    }

    private ConfigObject included(ConfigIncludeContext context, String what, Path from) {
        List<Path> possible;
        try {
            boolean whole = ENDINGS.stream().anyMatch(what::endsWith);
            possible = (whole ? List.of("") : ENDINGS).stream().map(ending -> from.resolve(what + ending)).toList();
        } catch (InvalidPathException malformed) {
            return nothing(what, ", but is no path");
        }
        possible.forEach(this::see);
        List<Path> there = possible.stream().filter(Files::exists).toList();
        if (there.isEmpty() && !context.parseOptions().getAllowMissing()) {
            return nothing(what, ", but cannot be found");
        }
        ConfigObject all = ConfigFactory.empty().root();
        for (Path file : there) {
            all = all.withFallback(parsed(what, file.toAbsolutePath().normalize(), context.parseOptions()));
        }
        return all;
    }

    private ConfigObject parsed(String what, Path file, ConfigParseOptions options) {
        Optional<String> trouble = FileContents.trouble(file);
        if (trouble.isPresent()) {
            return nothing(what, "; it " + trouble.get());
        }
        if (reading.contains(file)) {
            return nothing(what, ", but includes this file in turn");
        }
        reading.push(file);
        try {
            return ConfigFactory.parseFile(file.toFile(), options.setAllowMissing(false)).root();
        } catch (ConfigException.IO failed) {
            reading.pop();
            ConfigObject nothing = nothing(what, "; it " + Problems.unread(failed));
            reading.push(file);
            return nothing;
        } catch (ConfigException failed) {
            problems.add(Problems.of(failed, file));
            return ConfigFactory.empty().root();
        } finally {
            reading.pop();
        }
    }

    /// What cannot be included is as good as empty, so that what else is wrong is found too.
    private ConfigObject nothing(String what, String why) {
        Path file = reading.element();
        problems.add(new ConfigProblem(Place.display(file), line(file, what), "", Escape.line("\"" + what + "\" is included" + why)));
        return ConfigFactory.empty().root();
    }

    /// The line that includes something; the library does not say.
    private int line(Path file, String what) {
        Optional<ByteBuffer> bytes = seen.getOrDefault(file, Optional.empty());
        List<String> lines = bytes.map(all -> StandardCharsets.UTF_8.decode(all.duplicate()).toString()).orElse("").lines().toList();
        String quoted = ConfigUtil.quoteString(what);
        return first(lines, line -> includes(line) && line.contains(quoted)).orElseGet(() -> first(lines, Includes::includes).orElse(0));
    }

    private static boolean includes(String line) {
        return COMMENT.matcher(line).replaceFirst("").contains("include");
    }

    private static Optional<Integer> first(List<String> lines, Predicate<String> wanted) {
        return IntStream.range(0, lines.size()).filter(i -> wanted.test(lines.get(i))).mapToObj(i -> i + 1).findFirst();
    }
}
