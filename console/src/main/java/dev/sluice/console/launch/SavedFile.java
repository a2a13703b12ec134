package dev.sluice.console.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replaces a file such that whoever reads it, and whatever breaks meanwhile, finds it whole: as it was or as it is to be.
///
/// @param file   itself, behind all links that lead to it
/// @param backup what it held before is kept there
record SavedFile(Path file, Path backup) {

    private static final Logger LOG = LoggerFactory.getLogger(SavedFile.class);
    private static final Set<PosixFilePermission> OF_GROUP =
            EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE);

    /// @throws IOException when there is none
    static SavedFile behind(Path path) throws IOException {
        Path file = path.toRealPath();
        return new SavedFile(file, file.resolveSibling(file.getFileName() + ".bak"));
    }

    /// Why it cannot be replaced, as far as can be told without trying.
    Optional<String> trouble() {
        if (!Files.isWritable(file)) {
            return Optional.of(Place.display(file) + " may not be written");
        }
        if (!Files.isWritable(file.getParent())) {
            return Optional.of("no file may be made in " + Place.display(file.getParent()) + ", where it would be put beside the old one first");
        }
        return Files.isDirectory(backup) ? Optional.of(Place.display(backup) + ", where the old one would be kept, is a folder") : Optional.empty();
    }

    /// Replaces the contents.
    ///
    /// @param before that the file must have
    /// @throws IOException when it has others, or cannot be replaced; then it is as it was
    void replace(ByteBuffer before, byte[] next) throws IOException {
        Optional<String> trouble = trouble();
        if (trouble.isPresent()) {
            throw new IOException(trouble.get());
        }
        byte[] old = new byte[before.remaining()];
        before.duplicate().get(old);
        Path kept = fresh(old, backup);
        Path fresh = kept;
        try {
            fresh = fresh(next, file);
            Files.move(kept, backup, StandardCopyOption.ATOMIC_MOVE);
            // Last of all, as writing to a disk may take long.
            if (!FileContents.read(file).equals(Optional.of(before))) {
                throw new IOException(Place.display(file) + " has just been changed by somebody else");
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(kept);
            Files.deleteIfExists(fresh);
        }
        sync(file.getParent());
    }

    /// A new file beside another, whose contents have reached the disk before it gets the other's name.
    private Path fresh(byte[] bytes, Path where) throws IOException {
        Path fresh = Files.createTempFile(where.getParent(), "." + where.getFileName(), ".new");
        boolean whole = false;
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            likeTheOld(fresh);
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
            whole = true;
            return fresh;
        } finally {
            if (!whole) {
                Files.deleteIfExists(fresh);
            }
        }
    }

    /// The file is whole without it; only its name may still be the old one after a crash.
    private static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notHere) {
            LOG.debug("event=folder-not-synced folder={} detail=\"{}\"", folder, notHere.getMessage());
        }
    }

    /// Who may read it stays so; to whom it belongs does where this process may say so.
    private void likeTheOld(Path fresh) throws IOException {
        PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> permissions = EnumSet.copyOf(old.permissions());
        try {
            if (!view.readAttributes().group().equals(old.group())) {
                view.setGroup(old.group());
            }
            if (!view.readAttributes().owner().equals(old.owner())) {
                view.setOwner(old.owner());
            }
        } catch (IOException notAllowed) {
            LOG.warn("event=owner-not-kept file={} detail=\"{}\"", Place.display(file), notAllowed.getMessage());
        }
        if (!view.readAttributes().group().equals(old.group())) {
            permissions.removeAll(OF_GROUP); // they were meant for another one
        }
        view.setPermissions(permissions);
    }
}
