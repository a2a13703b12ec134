package dev.sluice.console.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What some files held at one time. Immutable.
///
/// @param bytes   by absolute path; empty for a file that is not there or cannot be read
/// @param plugins the folder of plugins; empty when none belongs to them
record FileContents(Map<Path, Optional<ByteBuffer>> bytes, Optional<PluginFolder> plugins) {

    /// More than anybody writes, and nothing that memory could not hold.
    private static final long LARGEST = 16 << 20;

    FileContents {
        bytes = Map.copyOf(bytes);
    }

    FileContents(Map<Path, Optional<ByteBuffer>> bytes) {
        this(bytes, Optional.empty());
    }

    static FileContents of(Collection<Path> files) {
        Map<Path, Optional<ByteBuffer>> bytes = new LinkedHashMap<>();
        files.forEach(file -> bytes.put(file, read(file)));
        return new FileContents(bytes);
    }

    static Optional<ByteBuffer> read(Path file) {
        try {
            return trouble(file).isEmpty() ? Optional.of(ByteBuffer.wrap(Files.readAllBytes(file))) : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /// Why a file cannot be read: continues a sentence that begins with it. Empty when it can, as far as can be told without reading.
    static Optional<String> trouble(Path file) {
        if (Files.isDirectory(file)) {
            return Optional.of("is a folder, but must be a file");
        }
        if (!Files.exists(file)) {
            return Optional.of("cannot be read: there is no such file");
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of("is not a regular file");
        }
        if (!Files.isReadable(file)) {
            return Optional.of("cannot be read: permission denied");
        }
        try {
            long size = Files.size(file);
            return size <= LARGEST ? Optional.empty() : Optional.of("has " + size + " bytes, but must have at most " + LARGEST);
        } catch (IOException gone) {
            return Optional.of("cannot be read: " + gone.getMessage());
        }
    }

    Set<Path> files() {
        return bytes.keySet();
    }

    /// The same, with the plugins beside them.
    FileContents beside(PluginFolder folder) {
        return new FileContents(bytes, Optional.of(folder));
    }

    /// The files whose folders tell of changes.
    Stream<Path> watched() {
        return Stream.concat(files().stream(), plugins.stream().flatMap(PluginFolder::watched));
    }

    /// What they hold now.
    FileContents again() {
        return new FileContents(of(files()).bytes, plugins.map(PluginFolder::again));
    }
}
