package dev.sluice.console.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The jars that a folder held at one time, told apart by what is in them. Immutable.
///
/// @param folder  absolute
/// @param digests of what each jar holds, by its name; empty for one that cannot be read
/// @param fault   why the folder cannot be listed; empty when it can, or is not there
record PluginFolder(Path folder, SortedMap<String, Optional<String>> digests, Optional<String> fault) {

    /// Not those that begin with a dot: that is how a file is kept out of sight until it is whole.
    private static final String JARS = "[!.]*.jar";

    PluginFolder {
        digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
    }

    static PluginFolder at(Path folder) {
        SortedMap<String, Optional<String>> digests = new TreeMap<>();
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return new PluginFolder(folder, digests, Optional.empty());
        }
        if (!Files.isDirectory(folder)) {
            return new PluginFolder(folder, digests, Optional.of("is no folder, but should hold the jars of plugins: replace it"));
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, JARS)) {
            jars.forEach(jar -> digests.put(jar.getFileName().toString(), digest(jar)));
            return new PluginFolder(folder, digests, Optional.empty());
        } catch (IOException | RuntimeException failed) {
            return new PluginFolder(folder, new TreeMap<>(), Optional.of("cannot be listed: " + failed.getMessage()));
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
        return at(folder);
    }

    /// The files to watch: the jars, and one that may come, so that the folder is watched though it is empty, or its parent though it is
    /// not there.
    Stream<Path> watched() {
        return Stream.concat(Stream.of("next.jar"), digests.keySet().stream()).map(folder::resolve);
    }
}
