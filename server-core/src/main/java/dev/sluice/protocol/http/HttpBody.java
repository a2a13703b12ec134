package dev.sluice.protocol.http;

import dev.sluice.protocol.SpoolFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/// The body of a request, whole, chunks put together: in memory, or when it is larger than [dev.sluice.protocol.RequestLimits#spool()], in a
/// temporary file. Immutable, as long as nobody writes into the array of [#bytes()] or the file.
///
/// The file is the server's: it is deleted once the request is answered, or its connection has ended, whichever comes first. What is to outlive that is
/// moved away with [#saveTo] before the handler returns; a response that sends the file holds it open ([HttpResponse#of(int, String, HttpBody)]).
///
/// Any number of threads may read it at a time.
public final class HttpBody implements AutoCloseable {

    /// None.
    public static final HttpBody EMPTY = new HttpBody(new byte[0], null, 0);

    /// What [#bytes()] reads of a file at most: 16 MiB. Lest a server dies of a large limit and a careless handler.
    public static final int MOST_BYTES = 16 << 20;

    private static final byte[] ELSEWHERE = {};

    private final byte[] bytes;
    private final @Nullable SpoolFile file;
    private final long length;

    private HttpBody(byte[] bytes, @Nullable SpoolFile file, long length) {
        this.bytes = bytes;
        this.file = file;
        this.length = length;
    }

    HttpBody(SpoolFile file, long length) {
        this(ELSEWHERE, file, length);
    }

    /// A body in memory.
    ///
    /// @param bytes not copied: not to be written to from now on
    public static HttpBody of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new HttpBody(bytes, null, bytes.length);
    }

    /// How many bytes it has.
    public long length() {
        return length;
    }

    /// Whether the request has none, or an empty one.
    public boolean isEmpty() {
        return length == 0;
    }

    /// All of it. Of a body in memory not a copy: not to be written to. One in a file is read, of up to [#MOST_BYTES].
    ///
    /// @throws IllegalStateException when it is in a file, and larger
    /// @throws UncheckedIOException  when its file cannot be read, or is gone
    public byte[] bytes() {
        return bytes(MOST_BYTES);
    }

    /// The same.
    ///
    /// @param most bytes that the caller has room for, should they be in a file
    public byte[] bytes(int most) {
        if (file == null) {
            return bytes;
        }
        if (length > most) {
            throw new IllegalStateException("the body has " + length + " bytes, more than the " + most
                    + " that are read into memory: read it as a stream or a file, or lower limits.body");
        }
        try (InputStream in = stream()) {
            return in.readAllBytes();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The same, as UTF-8 text.
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /// A stream of it, from its beginning each time. Whoever asks closes it.
    ///
    /// @throws IOException when its file cannot be opened, or is gone
    public InputStream stream() throws IOException {
        return file == null ? new ByteArrayInputStream(bytes) : Files.newInputStream(path(file));
    }

    /// The file it is in; null when it is in memory. May be read, and moved away, before the handler returns.
    public @Nullable Path file() {
        return file == null ? null : file.path();
    }

    /// Makes it a file of the caller's own, in place of one that is there: what is in a temporary file is moved, which on the same file system costs
    /// nothing, and cannot be read from here any more; what is in memory is written. Readable by the server's user alone where it was moved.
    ///
    /// @throws IOException when it cannot be moved or written, or is gone
    public void saveTo(Path target) throws IOException {
        if (file == null) {
            Files.write(target, bytes);
        } else {
            Files.move(path(file), target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path path(SpoolFile of) throws IOException {
        Path path = of.path();
        if (path == null || of.isClosed()) {
            throw new NoSuchFileException(String.valueOf(path), null, "the request is answered, or its connection has ended, and its body is gone");
        }
        return path;
    }

    /// The server does this, once the request is answered: lets go of the file.
    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }

    /// Its length, not its content.
    @Override
    public String toString() {
        return length + " bytes";
    }
}
