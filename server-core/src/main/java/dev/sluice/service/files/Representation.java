package dev.sluice.service.files;

import dev.sluice.protocol.http.Headers;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.service.files.ByteRanges.Span;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// One form of what a path stands for: a file as it was at one moment, in a content coding or in none, and the answers that send it.
/// Immutable, but for the number of those that the file is being sent to.
final class Representation {

    private static final byte[] NONE = {};

    /// Null when the bytes are in memory.
    private final @Nullable SharedFile file;
    private final byte[] bytes;
    private final long size;
    private final String type;
    private final String tag;
    private final Dates dates;
    private final Headers fields;
    private final boolean coded;
    /// Of a file in memory, to be sent as it is; else for its head.
    private final HttpResponse whole;
    private final HttpResponse unmodified;

    /// When a file was changed last, in seconds since 1970.
    ///
    /// The `Date` of an answer is of a clock that goes by steps and may be a little behind, and no `Last-Modified` may be later (RFC 9110,
    /// 8.8.2.1). So what was changed within the last second, or will be, is told to be a second old. Conditions go by the change itself:
    /// who was told less has no date that holds.
    ///
    /// @param changed as the file says
    /// @param told    in `Last-Modified`
    record Dates(long changed, long told) {

        private static final long SECOND = 1_000_000_000;

        /// @param changed in nanoseconds
        /// @param now     in nanoseconds
        static Dates of(long changed, long now) {
            return new Dates(Math.floorDiv(changed, SECOND), Math.floorDiv(Math.min(changed, now - SECOND), SECOND));
        }

        /// Whether another look tells the same.
        boolean settled() {
            return changed == told;
        }
    }

    /// @param contents what is in it
    /// @param type     of the file itself, before any coding
    /// @param tag      an entity tag
    /// @param dates    of its last change
    /// @param coding   or null
    /// @param varies   whether the same path has other forms
    /// @param control  what `Cache-Control` says, or null
    Representation(Contents contents, String type, String tag, Dates dates, @Nullable String coding, boolean varies,
            @Nullable String control) {
        this.file = contents.file();
        this.bytes = contents.bytes();
        this.size = contents.size();
        this.type = type;
        this.tag = tag;
        this.dates = dates;
        this.coded = coding != null;
        List<String> common = new ArrayList<>(List.of("ETag", tag));
        add(common, "Vary", varies ? "Accept-Encoding" : null);
        add(common, "Cache-Control", control);
        List<String> all = new ArrayList<>(List.of("Last-Modified", HttpDate.text(dates.told()), "Accept-Ranges", "bytes"));
        add(all, "Content-Encoding", coding);
        all.addAll(common);
        this.fields = Headers.of(all.toArray(String[]::new));
        this.whole = with(HttpResponse.of(200, type, file == null ? new HttpResponse.Body.Bytes(bytes) : pattern(file, size)), fields);
        this.unmodified = with(HttpResponse.of(304), Headers.of(common.toArray(String[]::new)));
    }

    /// What a file holds: bytes, or where they are.
    ///
    /// @param file  null when they are in memory
    /// @param bytes none when they are not
    record Contents(@Nullable SharedFile file, byte[] bytes, long size) {

        static Contents of(byte[] bytes) {
            return new Contents(null, bytes, bytes.length);
        }

        static Contents of(SharedFile file, long size) {
            return new Contents(file, NONE, size);
        }
    }

    /// For the head alone, and so given back at once.
    private static HttpResponse.Body pattern(SharedFile file, long size) {
        HttpResponse.Body body = new HttpResponse.Body.Region(Objects.requireNonNull(file.borrow(), "just opened"), 0, size);
        body.close();
        return body;
    }

    private static void add(List<String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.add(name);
            fields.add(value);
        }
    }

    private static HttpResponse with(HttpResponse response, Headers fields) {
        HttpResponse all = response;
        for (int i = 0; i < fields.size(); i++) {
            all = all.withHeader(fields.name(i), fields.value(i));
        }
        return all;
    }

    long size() {
        return size;
    }

    String tag() {
        return tag;
    }

    /// The second of the last change, by which conditions are judged.
    long modified() {
        return dates.changed();
    }

    /// Whether it is in a content coding.
    boolean coded() {
        return coded;
    }

    int memory() {
        return bytes.length;
    }

    boolean open() {
        return file != null;
    }

    /// Nobody will ask this for answers any more; those it gave are sent all the same.
    void release() {
        if (file != null) {
            file.release();
        }
    }

    /// 304, with the fields that RFC 9110, 15.4.5, has it repeat.
    HttpResponse unmodified() {
        return unmodified;
    }

    /// 200; null when this was released.
    @Nullable HttpResponse whole() {
        if (file == null) {
            return whole;
        }
        FileChannel channel = file.borrow();
        return channel == null ? null : whole.withFile(channel);
    }

    /// 206 with one part; null when this was released.
    @Nullable HttpResponse part(Span span) {
        HttpResponse.Body body = body(span);
        return body == null ? null : with(HttpResponse.of(206, type, body), fields).withHeader("Content-Range", span.text(size));
    }

    /// 206 with several parts (RFC 9110, 14.6), in the order they were asked for; null when this was released.
    @Nullable HttpResponse parts(List<Span> spans) {
        String boundary = boundary();
        List<HttpResponse.Body> bodies = new ArrayList<>();
        String before = "";
        for (Span span : spans) {
            bodies.add(text(before + "--" + boundary + "\r\nContent-Type: " + type + "\r\nContent-Range: " + span.text(size) + "\r\n\r\n"));
            HttpResponse.Body body = body(span);
            if (body == null) {
                new HttpResponse.Body.Parts(bodies).close();
                return null;
            }
            bodies.add(body);
            before = "\r\n";
        }
        bodies.add(text("\r\n--" + boundary + "--\r\n"));
        return with(HttpResponse.of(206, "multipart/byteranges; boundary=" + boundary, new HttpResponse.Body.Parts(bodies)), fields);
    }

    private HttpResponse.@Nullable Body body(Span span) {
        if (file == null) {
            return new HttpResponse.Body.Bytes(Arrays.copyOfRange(bytes, (int) span.first(), (int) span.last() + 1));
        }
        FileChannel channel = file.borrow();
        return channel == null ? null : new HttpResponse.Body.Region(channel, span.first(), span.length());
    }

    private static HttpResponse.Body text(String text) {
        return new HttpResponse.Body.Bytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Nothing that a file would hold by chance, and new each time, so that nobody can have put it into one.
    private static String boundary() {
        byte[] random = new byte[16];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
