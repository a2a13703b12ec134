package dev.sluice.console.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Jars of plugins, made of source text. Each class that is declared `implements …Provider` is named in its service file.
final class PluginSource {

    private static final Pattern PROVIDER = Pattern.compile("class (\\w+) implements (PoolProvider|ProtocolProvider|ServiceProvider)");
    private static final String HEAD = """
            package plug;
            import dev.sluice.api.*;
            import dev.sluice.protocol.*;
            import java.nio.ByteBuffer;
            import java.util.concurrent.*;
            """;

    private static final String POOL = """
            class %s implements PoolProvider {
                public String name() { return "%s"; }
                public ExecutorService open(Settings settings) { return Executors.newCachedThreadPool(); }
            }
            """;
    private static final String SERVICE = """
            class %s implements ServiceProvider {
                public String name() { return "%s"; }
                public String protocol() { return "line"; }
                public HandlerFactory<?, ?> create(Settings settings) {
                    return HandlerFactory.<String, String>of((line, call) -> Later.words() + settings.text("more", ""));
                }
                public boolean mayBlock() { return true; }
            }
            """;
    private static final String LATER = """
            class Later {
                static String words() {
                    try (var in = Later.class.getResourceAsStream("some words.txt")) {
                        return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                    } catch (java.io.IOException failed) {
                        throw new java.io.UncheckedIOException(failed);
                    }
                }
            }
            """;

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /// A provider of a type of pool.
    static String pool(String className, String name) {
        return POOL.formatted(className, name);
    }

    /// A provider of a service of `line` that may wait: it answers what the resource `plug/some words.txt` holds, which a class reads that is
    /// loaded only then.
    static String service(String className, String name) {
        return SERVICE.formatted(className, name) + LATER;
    }

    /// Compiles classes, each a text of its own that begins with `class NAME` or `interface NAME`.
    static PluginSource of(Path scratch, String... classes) throws IOException {
        Path out = Files.createDirectories(scratch.resolve("classes-" + System.nanoTime()));
        List<JavaFileObject> units = new ArrayList<>();
        Map<String, String> services = new LinkedHashMap<>();
        for (String text : classes) {
            units.add(unit(text.strip().split("\\W+")[1], HEAD + "public " + text));
            for (Matcher found = PROVIDER.matcher(text); found.find(); ) {
                services.merge("META-INF/services/dev.sluice.api." + found.group(2), "plug." + found.group(1) + "\n", String::concat);
            }
        }
        StringWriter said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of("-d", out.toString(), "-cp", System.getProperty("java.class.path"));
        if (!compiler.getTask(said, null, null, options, null, units).call()) {
            throw new AssertionError(said.toString());
        }
        PluginSource made = new PluginSource().withAll(out);
        services.forEach(made::with);
        return made;
    }

    private static JavaFileObject unit(String name, String text) {
        return new SimpleJavaFileObject(URI.create("string:///plug/" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    /// Every file below a folder.
    PluginSource withAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile).sorted().forEach(file -> entries.put(folder.relativize(file).toString(), bytes(file)));
        }
        return this;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    PluginSource with(String entry, String text) {
        entries.put(entry, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    PluginSource without(String entry) {
        if (entries.remove(entry) == null) {
            throw new AssertionError(entry + " is none of " + entries.keySet());
        }
        return this;
    }

    /// As if compiled for another Java.
    PluginSource compiledFor(int java) {
        entries.values().stream()
                .filter(bytes -> bytes.length > 8 && bytes[0] == (byte) 0xCA && bytes[1] == (byte) 0xFE)
                .forEach(bytes -> bytes[7] = (byte) (44 + java));
        return this;
    }

    static PluginSource empty() {
        return new PluginSource();
    }

    Path jar(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }
}
