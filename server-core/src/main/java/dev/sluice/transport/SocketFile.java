package dev.sluice.transport;

import dev.sluice.api.UnixConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file by which clients find a Unix domain socket: made with the mode that is wanted, and removed while it is still ours.
///
/// A socket is bound inside a directory that nobody else may enter, given its mode there, and moved to its place, so that at no moment it
/// lets in more than the mode says: the kernel makes it by the process's mask, which Java cannot set. The move is one step: whoever looks
/// finds what was there before, or ours.
///
/// The mode belongs to whoever changes the server's configuration, one at a time; the rest is immutable.
public final class SocketFile {

    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);
    /// What Java puts into the kernel's address, in bytes; see unix(7), which has room for one more.
    private static final int LONGEST_PATH = 106;
    private static final int TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int TRIES = 16;
    /// The first number that has as many to the base of 36.
    private static final int FOUR_DIGITS = 36 * 36 * 36;
    private static final String PRIVATE = "rwx------";

    private final Path path;
    /// Tells our file from another that was put in its place; the kernel keeps the number while the socket is open.
    private final Object key;
    private UnixConfig config;

    private SocketFile(Path path, Object key, UnixConfig config) {
        this.path = path;
        this.key = key;
        this.config = config;
    }

    /// Binds the channel, with its file at a path. One that is there already gives way if it is a socket on which nobody answers. The
    /// directory is made if it is the last one that is missing, and lets in whom the mode lets in.
    ///
    /// @throws IOException saying for a person what is in the way and what to do; nothing of ours is left behind but a directory that was missing
    public static SocketFile bind(ServerSocketChannel channel, Path path, int backlog, UnixConfig config) throws IOException {
        Path directory = Objects.requireNonNullElse(path.getParent(), Path.of("."));
        provide(directory, config);
        Object stale = requireFree(path);
        Path own = privately(path);
        try {
            bindIn(own, channel, path, backlog, config);
            Object now = requireFree(path);
            if (now != null && !now.equals(stale)) {
                throw new BindException("another server is just being started on it");
            }
            Files.move(own.resolve(nameIn(own, path)), path, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException denied) {
            throw new BindException("its file cannot be put in its place (" + denied.getMessage() + "); remove what is there, or run as the user it"
                    + " belongs to");
        } finally {
            Files.deleteIfExists(own.resolve(nameIn(own, path)));
            Files.deleteIfExists(own);
        }
        warnIfOutOfReach(directory, config);
        return new SocketFile(path, keyOf(path), config);
    }

    private static void provide(Path directory, UnixConfig config) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new BindException(directory + " is no directory");
        }
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
            Files.setPosixFilePermissions(directory, entering(config));
        } catch (FileAlreadyExistsException madeMeanwhile) {
            // by another listener or server
        } catch (NoSuchFileException deeper) {
            throw new BindException("its directory " + directory + " does not exist, nor the one above; make it first");
        } catch (AccessDeniedException denied) {
            throw new BindException("its directory " + directory + " does not exist, and permission to make it is denied");
        }
    }

    /// Ours in full; others may pass if the mode of the socket lets them connect.
    private static Set<PosixFilePermission> entering(UnixConfig config) {
        Set<PosixFilePermission> socket = config.permissions();
        Set<PosixFilePermission> permissions = EnumSet.copyOf(PosixFilePermissions.fromString(PRIVATE));
        if (socket.contains(PosixFilePermission.GROUP_WRITE)) {
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
        }
        if (socket.contains(PosixFilePermission.OTHERS_WRITE)) {
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }

    /// @return what tells a stale socket that may be replaced from others; null when there is nothing
    private static @Nullable Object requireFree(Path path) throws IOException {
        try {
            BasicFileAttributes there = attributes(path);
            if (there.isSymbolicLink()) {
                throw new BindException("it is a symbolic link, which is not followed; remove it, or name the file it stands for");
            }
            if (((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE) != SOCKET) {
                throw new BindException("it is there already, and no socket; remove it, or choose another path");
            }
            requireSilence(path);
            return key(there);
        } catch (NoSuchFileException free) {
            return null;
        } catch (AccessDeniedException denied) {
            throw new BindException("permission to look at it is denied");
        }
    }

    private static void requireSilence(Path path) throws IOException {
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.configureBlocking(false);
            client.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException refused) {
            return;
        } catch (IOException full) { // its backlog; or permission is denied, or it is a socket of another kind
            throw new BindException("a socket is there already, and a server may answer on it (" + full.getMessage()
                    + "); stop that one, remove the file, or choose another path");
        }
        throw new BindException("another server answers on it; stop that one, or choose another path");
    }

    /// A directory beside it that nobody else may enter.
    private static Path privately(Path path) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            Path own = path.resolveSibling("." + Integer.toString(ThreadLocalRandom.current().nextInt(FOUR_DIGITS, 36 * FOUR_DIGITS), 36));
            try {
                return Files.createDirectory(own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
            } catch (FileAlreadyExistsException taken) {
                // the next one
            } catch (AccessDeniedException denied) {
                throw new BindException("permission denied to make a file in its directory");
            }
        }
        throw new BindException("no name beside it is free");
    }

    private static void bindIn(Path own, ServerSocketChannel channel, Path path, int backlog, UnixConfig config) throws IOException {
        Path inside = own.resolve(nameIn(own, path));
        int length = bytes(inside);
        if (length > LONGEST_PATH) {
            throw new BindException("its directory is too long by " + (length - LONGEST_PATH)
                    + " bytes: the socket is made in a directory of its own beside it, so that nobody connects before it has its mode");
        }
        channel.bind(UnixDomainSocketAddress.of(inside), backlog);
        Files.setPosixFilePermissions(inside, config.permissions());
    }

    /// The same name, which is what tools that list sockets will show; shorter where it does not fit.
    private static String nameIn(Path own, Path path) {
        String name = path.getFileName().toString();
        int room = Math.max(1, LONGEST_PATH - bytes(own) - 1);
        return name.getBytes(StandardCharsets.UTF_8).length <= room ? name : "s";
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static void warnIfOutOfReach(Path directory, UnixConfig config) throws IOException {
        Set<PosixFilePermission> open = Files.getPosixFilePermissions(directory);
        if (!open.containsAll(entering(config))) {
            LOG.warn("event=socket-out-of-reach directory={} directory-mode={} mode={} hint=\"{}\"", directory, PosixFilePermissions.toString(open),
                    config.mode(), "the directory keeps out some of those whom the mode lets connect");
        }
    }

    /// Changes who may connect, from now on.
    ///
    /// @throws IOException when it cannot be changed, or is no longer ours
    public void mode(UnixConfig next) throws IOException {
        if (next.equals(config)) {
            return;
        }
        if (!isOurs()) {
            throw new IOException("the socket file " + path + " is not ours any more: it was removed or replaced");
        }
        Files.setPosixFilePermissions(path, next.permissions());
        config = next;
        warnIfOutOfReach(Objects.requireNonNullElse(path.getParent(), Path.of(".")), config);
    }

    /// Takes the file away, so that nobody new finds the socket; not one that has been put in its place. To be called before the socket is
    /// closed; a second time has no effect.
    public void remove() throws IOException {
        if (isOurs()) {
            Files.deleteIfExists(path);
        }
    }

    private boolean isOurs() throws IOException {
        try {
            return key.equals(keyOf(path));
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    private static Object keyOf(Path path) throws IOException {
        return key(attributes(path));
    }

    private static Object key(BasicFileAttributes attributes) {
        return Objects.requireNonNull(attributes.fileKey(), "a file system with Unix domain sockets numbers its files");
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
