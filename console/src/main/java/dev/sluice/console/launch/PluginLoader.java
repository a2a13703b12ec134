package dev.sluice.console.launch;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// The classes and resources of one plugin, behind those of the application.
///
/// The jar is read once, whole, and held in memory. The library's own [java.net.URLClassLoader] keeps the file open and goes back to it for
/// each class that it meets: when somebody copies a new version over the file, it finds other bytes at the places that it remembers,
/// and a plugin that has served for days breaks in the middle of a request. A private copy would not break, but needs a place to write to,
/// is left behind when the process is killed, and is what cleaners of temporary folders remove. The price is some memory for classes and
/// resources, as much as the jar is large when unpacked, which is bounded.
///
/// Not known of such a jar: its signers, its `Class-Path`, and what its manifest says of its version. Safe from any thread: nothing changes
/// after construction.
final class PluginLoader extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private static final int MOST = 256 << 20;
    private static final String SCHEME = "plugin";

    private final String jar;
    private final Map<String, byte[]> entries;
    private final URLStreamHandler handler = new Handler();

    private PluginLoader(String jar, Map<String, byte[]> entries, ClassLoader parent) {
        super(jar, parent);
        this.jar = jar;
        this.entries = entries;
    }

    /// Reads a jar.
    ///
    /// @throws IOException when it is none, or damaged, saying what is wrong in one line
    static PluginLoader read(Path jar, ClassLoader parent) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (JarFile file = new JarFile(jar.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
            int left = MOST;
            for (JarEntry entry : (Iterable<JarEntry>) file.versionedStream().filter(one -> !one.isDirectory())::iterator) {
                byte[] bytes = bytes(file, entry, left);
                left -= bytes.length;
                entries.put(entry.getName(), bytes);
            }
        } catch (RuntimeException damaged) {
            throw new ZipException(String.valueOf(damaged.getMessage()));
        }
        return new PluginLoader(jar.getFileName().toString(), entries, parent);
    }

    private static byte[] bytes(JarFile file, JarEntry entry, int most) throws IOException {
        if (entry.getSize() > most) {
            throw new ZipException("it is larger than " + (MOST >> 20) + " MiB when unpacked");
        }
        try (InputStream in = file.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) entry.getSize());
            CRC32 sum = new CRC32(); // which the library leaves to its users
            sum.update(bytes);
            if (sum.getValue() != entry.getCrc()) {
                throw new ZipException(entry.getName() + " is damaged");
            }
            return bytes;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte @Nullable [] bytes = entries.get(name.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return entries.containsKey(name) ? url(name) : null;
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        return Collections.enumeration(entries.containsKey(name) ? List.of(url(name)) : List.of());
    }

    /// `plugin:///shout.jar/example/words.txt`
    private URL url(String name) {
        try {
            return URL.of(new URI(SCHEME, "", "/" + jar + "/" + name, null), handler);
        } catch (URISyntaxException | MalformedURLException impossible) {
            throw new IllegalStateException("a path is always quoted: " + name, impossible);
        }
    }

    /// Knows the whole jar, so that what is named beside a resource is found from it.
    private final class Handler extends URLStreamHandler {

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() throws IOException {
                    String path = URI.create(url.toString()).getPath();
                    String root = "/" + jar + "/";
                    byte @Nullable [] bytes = path.startsWith(root) ? entries.get(path.substring(root.length())) : null;
                    if (bytes == null) {
                        throw new FileNotFoundException(url.toString());
                    }
                    return new ByteArrayInputStream(bytes);
                }
            };
        }
    }
}
