package dev.sluice.protocol.http;

import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A response. Immutable, so that one without a file or source may be sent any number of times; its encoded head is kept, so that
/// this costs little.
///
/// How it is framed and what becomes of the connection is the server's business: see [#withHeader].
public final class HttpResponse implements AutoCloseable {

    private static final Body.Bytes NO_BODY = new Body.Bytes(new byte[0]);

    private final int status;
    private final Headers headers;
    private final Body body;
    private final boolean close;
    /// Made when first needed. Written by any thread without a lock: all would make the same, and a record is published safely.
    private @Nullable ResponseHead head;

    private HttpResponse(int status, Headers headers, Body body, boolean close) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", but a response's must be from 200 to 599");
        }
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.close = close;
    }

    /// What follows the head.
    public sealed interface Body {

        /// Bytes in memory.
        ///
        /// @param bytes not copied: not to be written to
        record Bytes(byte[] bytes) implements Body {}

        /// A region of a file.
        ///
        /// @param position of the first byte, 0 or more
        /// @param count    of bytes, 0 or more
        record Region(FileChannel file, long position, long count) implements Body {
            public Region {
                if (position < 0 || count < 0) {
                    throw new IllegalArgumentException("region is " + count + " bytes at " + position + ", but neither may be negative");
                }
            }
        }

        /// Bytes that are made while they are sent.
        ///
        /// @param length how many the source gives in all; −1 when that is not known
        record Source(ByteSource source, long length) implements Body {
            public Source {
                if (length < -1) {
                    throw new IllegalArgumentException("length is " + length + ", but must be 0 or more, or -1 when it is not known");
                }
            }
        }

        /// Several bodies of known length, one after the other.
        ///
        /// @param parts of bytes and regions, each with a channel of its own
        record Parts(List<Body> parts) implements Body {
            public Parts {
                parts = List.copyOf(parts);
                if (parts.stream().anyMatch(part -> !(part instanceof Bytes || part instanceof Region))) {
                    throw new IllegalArgumentException("parts must be bytes or regions of files");
                }
            }
        }

        /// In bytes; −1 when it is not known.
        default long length() {
            return switch (this) {
                case Bytes(byte[] bytes) -> bytes.length;
                case Region region -> region.count();
                case Source(ByteSource source, long length) -> length;
                case Parts(List<Body> parts) -> parts.stream().mapToLong(Body::length).sum();
            };
        }

        /// Closes the files or the source of a body that will not be sent.
        default void close() {
            switch (this) {
                case Bytes _ -> {}
                case Region region -> closeFile(region.file());
                case Source(ByteSource source, _) -> source.close();
                case Parts(List<Body> parts) -> parts.forEach(Body::close);
            }
        }

        private static void closeFile(FileChannel file) {
            try {
                file.close();
            } catch (IOException nothingToLose) {
                // it was open for reading only
            }
        }
    }

    /// A response without a body.
    ///
    /// @param status from 200 to 599
    public static HttpResponse of(int status) {
        return new HttpResponse(status, Headers.EMPTY, NO_BODY, false);
    }

    /// A response of plain text, sent as UTF-8.
    public static HttpResponse text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /// A response with a body.
    ///
    /// @param body not copied: not to be written to from now on
    public static HttpResponse of(int status, String contentType, byte[] body) {
        return typed(status, contentType, new Body.Bytes(body));
    }

    /// A response with a body of any kind. The files and sources of the body belong to the response, and then to whoever sends it, and
    /// each is closed exactly once.
    public static HttpResponse of(int status, String contentType, Body body) {
        return typed(status, contentType, body);
    }

    /// A response with the body of a request. One that is in a file is sent from there, by the kernel where it can be: it is held open until then, so
    /// that it does not matter that the request's is deleted.
    ///
    /// @throws IOException when the file cannot be opened, or is gone
    public static HttpResponse of(int status, String contentType, HttpBody body) throws IOException {
        Path file = body.file();
        return file == null ? of(status, contentType, body.bytes())
                : file(status, contentType, FileChannel.open(file, StandardOpenOption.READ), 0, body.length());
    }

    /// A response with a region of a file, which the kernel sends where it can. The channel belongs to the response, and then to
    /// whoever sends it, and is closed exactly once.
    ///
    /// @param file     open for reading
    /// @param position of the first byte, 0 or more
    /// @param count    of bytes, 0 or more
    public static HttpResponse file(int status, String contentType, FileChannel file, long position, long count) {
        return typed(status, contentType, new Body.Region(file, position, count));
    }

    /// A response that is made while it is sent, in chunks, or up to the end of the connection for an HTTP/1.0 client. The source
    /// belongs to the response, and then to whoever sends it, and is closed exactly once.
    public static HttpResponse source(int status, String contentType, ByteSource source) {
        return typed(status, contentType, new Body.Source(source, -1));
    }

    /// The same, of a length that is known before. A source that gives fewer bytes, or more, ends the connection: the client is sent
    /// neither padding nor a byte too many.
    ///
    /// @param length 0 or more
    public static HttpResponse source(int status, String contentType, ByteSource source, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("length is " + length + ", but must not be negative");
        }
        return typed(status, contentType, new Body.Source(source, length));
    }

    /// A response of events, which goes on until the stream ends. Not to be cached.
    ///
    /// @param stream given to one response only
    /// @throws IllegalStateException when it was given to one before
    public static HttpResponse events(EventStream stream) {
        return source(200, "text/event-stream", stream.source()).withHeader("Cache-Control", "no-store");
    }

    private static HttpResponse typed(int status, String contentType, Body body) {
        return new HttpResponse(status, Headers.of("Content-Type", contentType), body, false);
    }

    /// This response with one more field, or with another value for one whose value is no list and of which there can be but one, as
    /// `Content-Type`, `Location` or `ETag`. `Connection: close` asks the server to close after this response. `Content-Length` declares
    /// the length of a source; that of any other body is known, and nothing else may be declared.
    ///
    /// @throws IllegalArgumentException when the name is no token, when the value has CR, LF, NUL, another control character or
    ///         one above U+00FF, when the field is one that belongs to the connection and so to the server (`Transfer-Encoding`, `TE`,
    ///         `Trailer`, `Upgrade`, `Keep-Alive`, `Proxy-Connection`, and `Connection` with anything but `close`), or when it is a
    ///         `Content-Length` that is not the body's
    public HttpResponse withHeader(String name, String value) {
        Syntax.requireField(name, value);
        return switch (FieldNames.standing(name)) {
            case HANDLERS -> new HttpResponse(status, headers.and(name, value), body, close);
            case SINGLE -> new HttpResponse(status, headers.with(name, value), body, close);
            case LENGTH -> new HttpResponse(status, headers, declared(value), close);
            case CONNECTION -> closing(value);
            case SERVERS -> throw new IllegalArgumentException(name + " belongs to the connection, and is the server's to send");
        };
    }

    private HttpResponse closing(String value) {
        if (!value.equalsIgnoreCase("close")) {
            throw new IllegalArgumentException("Connection is \"" + value + "\", but a response can only ask for close");
        }
        return new HttpResponse(status, headers, body, true);
    }

    private Body declared(String value) {
        long length = Connection.decimal(value);
        if (length < 0) {
            throw new IllegalArgumentException("Content-Length is \"" + value + "\", but must be a decimal number below 2^63");
        }
        if (body instanceof Body.Source(ByteSource source, long known) && known < 0) {
            return new Body.Source(source, length);
        }
        if (length != length()) {
            throw new IllegalArgumentException("Content-Length is " + length + ", but the body has " + length() + " bytes");
        }
        return body;
    }

    /// This response, which is of a region of a file, with the same region of another channel. Cheaper than a new one: the head is kept.
    ///
    /// @throws IllegalStateException when this is no such response
    public HttpResponse withFile(FileChannel file) {
        if (!(body instanceof Body.Region region)) {
            throw new IllegalStateException("a response without a file cannot be given another");
        }
        HttpResponse other = new HttpResponse(status, headers, new Body.Region(file, region.position(), region.count()), close);
        other.head = head();
        return other;
    }

    public int status() {
        return status;
    }

    /// The fields that were set; not those that the server adds.
    public Headers headers() {
        return headers;
    }

    public Body body() {
        return body;
    }

    /// The length of the body in bytes; −1 when it is not known.
    public long length() {
        return body.length();
    }

    /// Whether the handler asked for the connection to be closed after this response.
    public boolean closes() {
        return close;
    }

    ResponseHead head() {
        ResponseHead known = head;
        if (known == null) {
            known = ResponseHead.of(this);
            head = known;
        }
        return known;
    }

    /// Closes the file or source of a response that will not be sent.
    @Override
    public void close() {
        body.close();
    }

    @Override
    public String toString() {
        return Status.line(status);
    }
}
