package dev.sluice.service.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// By what a file is told from another, and from itself before a change.
///
/// @param size     in bytes
/// @param modified when its contents were changed, in nanoseconds since 1970
/// @param changed  when it was changed in any way, which nobody can set; 0 where the system does not tell
/// @param identity of the file, whatever its name: device and inode
record Stamp(long size, long modified, long changed, String identity, Kind kind) {

    /// What it is; nothing but a file is ever opened.
    enum Kind { FILE, FOLDER, OTHER }

    /// So long after a change another one may leave the same time: twice the tick of a kernel of 100 Hz, by which it stamps files.
    private static final long TICK = 20_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final String UNIX = "unix:size,lastModifiedTime,ctime,dev,ino,isRegularFile,isDirectory";

    /// Of what a path leads to.
    ///
    /// @throws IOException when nothing is there, or nothing that we may see
    static Stamp of(Path path, LinkOption... links) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return basic(Files.readAttributes(path, BasicFileAttributes.class, links));
        }
        Map<String, Object> all = Files.readAttributes(path, UNIX, links);
        return new Stamp((Long) all.get("size"), nanos(all.get("lastModifiedTime")), nanos(all.get("ctime")),
                all.get("dev") + "," + all.get("ino"), kind((Boolean) all.get("isRegularFile"), (Boolean) all.get("isDirectory")));
    }

    private static Stamp basic(BasicFileAttributes file) {
        return new Stamp(file.size(), nanos(file.lastModifiedTime()), 0, String.valueOf(file.fileKey()),
                kind(file.isRegularFile(), file.isDirectory()));
    }

    private static Kind kind(boolean file, boolean folder) {
        return file ? Kind.FILE : folder ? Kind.FOLDER : Kind.OTHER;
    }

    private static long nanos(Object time) {
        return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    /// Whether a further change could leave the same stamp: the last one was just now. Times in whole seconds are taken for those of a
    /// file system that has no others, of which some have but every second one.
    ///
    /// @param now in nanoseconds since 1970
    boolean mayRecur(long now) {
        long last = changed == 0 ? modified : changed;
        return now - last < (last % SECOND == 0 ? 2 * SECOND : TICK) && (changed != 0 || last <= now);
    }

    /// An entity tag, opaque: the stamp's digest, which tells nobody a number of an inode.
    ///
    /// It is a strong one (RFC 9110, 8.8.1). Whoever changes what a file holds leaves it another time of change, which nobody can set
    /// back, or puts another file in its place. What is left are two changes within one tick of the clock: so close to a change the tag
    /// is weak.
    String tag(boolean weak) {
        String text = size + "/" + modified + "/" + changed + "/" + identity;
        byte[] digest = digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return (weak ? "W/\"" : "\"") + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 12)) + '"';
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
