package dev.sluice.console.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The jars that a folder held at one time, told apart by what is in them. Immutable.
///
/// @param folder  absolute
/// @param digests of what each jar holds, by its name; empty for one that cannot be read
/// @param fault   why the folder cannot be listed; empty when it can, or is not there
/// @param stamps  by which a jar is known to be the same without reading it again; not by those whose clock may not have moved on since
record PluginFolder(Path folder, SortedMap<String, Optional<String>> digests, Optional<String> fault, Map<String, String> stamps) {

    /// Not those that begin with a dot: that is how a file is kept out of sight until it is whole.
    private static final String JARS = "[!.]*.jar";

    /// Beyond this age a file system's clock has moved on since the file was written: a further change would show in its time.
    private static final Duration SETTLED = Duration.ofSeconds(2);

    PluginFolder {
        digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
        stamps = Map.copyOf(stamps);
    }

    static PluginFolder at(Path folder) {
        return at(folder, new PluginFolder(folder, new TreeMap<>(), Optional.empty(), Map.of()));
    }

    private static PluginFolder at(Path folder, PluginFolder earlier) {
        SortedMap<String, Optional<String>> digests = new TreeMap<>();
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return new PluginFolder(folder, digests, Optional.empty(), Map.of());
        }
        if (!Files.isDirectory(folder)) {
            return faulty(folder, "is no folder, but should hold the jars of plugins: replace it");
        }
        Map<String, String> stamps = new HashMap<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, JARS)) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString();
                Optional<String> stamp = stamp(jar);
                stamp.ifPresent(known -> stamps.put(name, known));
                boolean same = stamp.isPresent() && stamp.get().equals(earlier.stamps.get(name));
                digests.put(name, same ? earlier.digests.getOrDefault(name, Optional.empty()) : digest(jar));
            }
            return new PluginFolder(folder, digests, Optional.empty(), stamps);
        } catch (IOException | RuntimeException failed) {
            return faulty(folder, "cannot be listed: " + failed.getMessage());
        }
    }

    private static PluginFolder faulty(Path folder, String fault) {
        return new PluginFolder(folder, new TreeMap<>(), Optional.of(fault), Map.of());
    }

    /// Empty for a file that was written just now.
    private static Optional<String> stamp(Path jar) {
        try {
            BasicFileAttributes file = Files.readAttributes(jar, BasicFileAttributes.class);
            boolean settled = file.lastModifiedTime().toInstant().isBefore(Instant.now().minus(SETTLED));
            return settled ? Optional.of(file.fileKey() + " " + file.size() + " " + file.lastModifiedTime()) : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// What tells one jar from another; empty when it cannot be read. Nothing but a regular file is even opened: a pipe would block.
    static Optional<String> digest(Path jar) {
        if (!Files.isRegularFile(jar)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(jar)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, sha).transferTo(OutputStream.nullOutputStream());
            return Optional.of(HexFormat.of().formatHex(sha.digest()));
        } catch (IOException unreadable) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    PluginFolder again() {
        return at(folder, this);
    }

    /// By what is in the jars, however that is known.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PluginFolder that && folder.equals(that.folder) && digests.equals(that.digests) && fault.equals(that.fault);
    }

    @Override
    public int hashCode() {
        return Objects.hash(folder, digests, fault);
    }

    /// The files to watch: the jars, and one that may come, so that the folder is watched though it is empty, or its parent though it is
    /// not there.
    Stream<Path> watched() {
        return Stream.concat(Stream.of("next.jar"), digests.keySet().stream()).map(folder::resolve);
    }
}
