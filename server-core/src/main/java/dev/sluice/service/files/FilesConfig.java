package dev.sluice.service.files;

import dev.sluice.api.Settings;
import dev.sluice.protocol.http.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What the service is told.
///
/// @param root          absolute; it may be a link, and be led elsewhere while it is served
/// @param index         names of files that stand for their folder; the first that is there does
/// @param links         which symbolic links are followed
/// @param dotFiles      whether to serve what has a name, or is in a folder of a name, that begins with a dot
/// @param precompressed whether to serve a compressed neighbour in place of a file
/// @param limits        of what is kept
public record FilesConfig(Path root, List<String> index, Links links, boolean dotFiles, boolean precompressed, ContentTypes types,
        CacheRules cacheControl, Limits limits) {

    /// Which symbolic links are followed, below the root; the root itself may be one.
    enum Links {
        /// Those that lead to what lies in the root.
        INSIDE,
        /// None.
        NEVER,
        /// All.
        ANY
    }

    /// What is kept at most.
    ///
    /// @param entries paths; 0 to keep nothing
    /// @param bytes   of contents of small files
    /// @param files   that are open though nobody is sent them
    record Limits(int entries, long bytes, int files) {
        static final Limits DEFAULT = new Limits(1000, 16 << 20, 64);
    }

    private static final String INDEX = "index.html";

    /// As it is by default.
    ///
    /// @throws IOException when there is no such folder
    public static FilesConfig of(Path root) throws IOException {
        return new FilesConfig(folder(root), List.of(INDEX), Links.INSIDE, false, true, new ContentTypes(Map.of()),
                new CacheRules(Map.of()), Limits.DEFAULT);
    }

    /// As settings say.
    ///
    /// @throws Settings.Invalid when one of them cannot be used
    public static FilesConfig of(Settings settings) {
        Path root = settings.path("root", "public");
        List<String> index = index(settings.text("index", INDEX));
        Links links = links(settings.text("links", "inside"));
        boolean dotFiles = settings.flag("dot-files", false);
        boolean precompressed = settings.flag("precompressed", true);
        ContentTypes types = new ContentTypes(types(settings));
        CacheRules cacheControl = new CacheRules(fields(settings, "cache-control", "Cache-Control"));
        Limits limits = new Limits(settings.number("cache.entries", Limits.DEFAULT.entries(), 0, 1_000_000),
                settings.number("cache.bytes", (int) Limits.DEFAULT.bytes(), 0, 1 << 30),
                settings.number("cache.files", Limits.DEFAULT.files(), 0, 100_000));
        try {
            return new FilesConfig(folder(root), index, links, dotFiles, precompressed, types, cacheControl, limits);
        } catch (IOException missing) {
            throw new Settings.Invalid("root", "is " + root + ", but must be a folder that can be read");
        }
    }

    private static Path folder(Path root) throws IOException {
        if (!Files.isDirectory(root) || !Files.isReadable(root)) {
            throw new IOException(root + " is no folder that can be read");
        }
        return root.toAbsolutePath();
    }

    private static List<String> index(String text) {
        if (text.startsWith("[")) {
            String names = String.join(" ", text.replaceAll("[\\[\\]\",]+", " ").strip().split(" +", -1));
            throw new Settings.Invalid("index", "is " + text + ", but must be names of files, without a folder, in one text with spaces between: \""
                    + names + "\"");
        }
        List<String> names = Stream.of(text.split(" ", -1)).filter(name -> !name.isEmpty()).toList();
        for (String name : names) {
            if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0 || name.equals(".") || name.equals("..")) {
                throw new Settings.Invalid("index", "is " + text + ", but must be names of files, without a folder, with spaces between");
            }
        }
        return names;
    }

    private static Links links(String text) {
        return switch (text) {
            case "inside" -> Links.INSIDE;
            case "never" -> Links.NEVER;
            case "any" -> Links.ANY;
            case String other -> throw new Settings.Invalid("links", "is " + other + ", but must be inside, never or any");
        };
    }

    /// By extension, with or without its dot.
    private static Map<String, String> types(Settings settings) {
        Map<String, String> types = new HashMap<>();
        fields(settings, "types", "Content-Type").forEach((name, type) -> {
            String extension = name.startsWith(".") ? name.substring(1) : name;
            if (extension.isEmpty() || extension.indexOf('.') >= 0 || extension.indexOf('/') >= 0) {
                throw new Settings.Invalid("types." + name, "is of the extension \"" + name
                        + "\", but must be of what follows the last dot of a name, as gz");
            }
            types.put(extension, type);
        });
        return types;
    }

    private static Map<String, String> fields(Settings settings, String key, String field) {
        Map<String, String> texts = settings.texts(key);
        texts.forEach((name, text) -> {
            if (name.isEmpty() || !sendable(field, text)) {
                throw new Settings.Invalid(key + "." + name, "is " + text + ", but must be a value that " + field + " can have");
            }
        });
        return texts;
    }

    private static boolean sendable(String field, String text) {
        try {
            return !text.isBlank() && Headers.of(field, text).size() == 1;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }
}
