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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replaces a file such that whoever reads it, and whatever breaks meanwhile, finds it whole: as it was or as it is to be.
///
/// @param file   itself, behind all links that lead to it
/// @param backup what it held before is kept there
record SavedFile(Path file, Path backup) {

    private static final Logger LOG = LoggerFactory.getLogger(SavedFile.class);

    /// @throws IOException when there is none
    static SavedFile behind(Path path) throws IOException {
        Path file = path.toRealPath();
        return new SavedFile(file, file.resolveSibling(file.getFileName() + ".bak"));
    }

    /// Replaces the contents.
    ///
    /// @param before that the file must have
    /// @throws IOException when it has others, or cannot be replaced; then it is as it was
    void replace(ByteBuffer before, byte[] next) throws IOException {
        if (!Files.isWritable(file)) {
            throw new IOException(Place.display(file) + " may not be written");
        }
        byte[] old = new byte[before.remaining()];
        before.duplicate().get(old);
        put(old, backup);
        if (!FileContents.read(file).equals(Optional.of(before))) {
            throw new IOException(Place.display(file) + " has just been changed by somebody else");
        }
        put(next, file);
    }

    /// The new contents have reached the disk before their name does.
    private void put(byte[] bytes, Path where) throws IOException {
        Path fresh = Files.createTempFile(where.getParent(), "." + where.getFileName(), ".new");
        try {
            likeTheOld(fresh);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(fresh, where, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
        sync(where.getParent());
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
        view.setPermissions(old.permissions());
    }
}
