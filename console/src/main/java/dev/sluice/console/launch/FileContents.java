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
            return Files.isRegularFile(file) ? Optional.of(ByteBuffer.wrap(Files.readAllBytes(file))) : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
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
