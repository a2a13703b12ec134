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

/// What some files held at one time. Immutable.
///
/// @param bytes by absolute path; empty for a file that is not there or cannot be read
record FileContents(Map<Path, Optional<ByteBuffer>> bytes) {

    FileContents {
        bytes = Map.copyOf(bytes);
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

    /// What they hold now.
    FileContents again() {
        return of(files());
    }
}
