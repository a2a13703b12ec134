package dev.sluice.service.files;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.http.Headers;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Serves the files below a folder: GET and HEAD, whole and in ranges, under conditions, an index for a folder, compressed neighbours for
/// clients that take them, 301 to a folder's own path with a slash, 404 for what is not there, 403 for what may not be read. OPTIONS is
/// answered with 204 and `Allow`, other methods of RFC 9110 and PATCH with 405, those that are not known with 501.
///
/// Nothing outside the folder is ever opened, not through `..`, encoded or not, and not through a symbolic link, unless the configuration
/// has it so. Only regular files are opened, so a pipe cannot hold a thread and a device cannot be read. This holds against clients; not
/// against somebody who may write in the folder and replaces files while they are opened.
///
/// Shared by all connections; its state is that of its cache. It waits for the file system: for a file that is kept at most once a second,
/// and each time for what is not kept, as a 404, a 301, or a file for which there is no room.
public final class StaticFiles implements Handler<HttpRequest, HttpResponse> {

    private static final HttpResponse NOT_FOUND = HttpResponse.text(404, "404 Not Found\n");
    private static final HttpResponse FORBIDDEN = HttpResponse.text(403, "403 Forbidden\n");
    private static final HttpResponse FAILED = HttpResponse.text(412, "412 Precondition Failed\n");
    private static final String ALLOWED = "GET, HEAD, OPTIONS";
    private static final HttpResponse OPTIONS = HttpResponse.of(204).withHeader("Allow", ALLOWED);
    private static final HttpResponse WRONG_METHOD =
            HttpResponse.text(405, "405 Method Not Allowed: only " + ALLOWED + " are\n").withHeader("Allow", ALLOWED);
    private static final HttpResponse UNKNOWN_METHOD = HttpResponse.text(501, "501 Not Implemented: this method is not known here\n");
    private static final HttpResponse NOT_ACCEPTABLE =
            HttpResponse.text(406, "406 Not Acceptable: Accept-Encoding excludes every form there is\n")
                    .withHeader("Vary", "Accept-Encoding");

    private final PageCache cache;
    private final InstantSource clock;

    public StaticFiles(FilesConfig config) {
        this(config, InstantSource.system(), System::nanoTime, task -> Thread.ofVirtual().name("sluice-open-files").start(task));
    }

    /// @param clock      of the same time as the file system's
    /// @param ticker     in nanoseconds, as [System#nanoTime]
    /// @param background starts the thread that looks at open files
    StaticFiles(FilesConfig config, InstantSource clock, LongSupplier ticker, Executor background) {
        this.cache = new PageCache(new PageLoader(config, clock), config.limits(), ticker, background);
        this.clock = clock;
    }

    PageCache cache() {
        return cache;
    }

    /// @throws IOException when a file is there and cannot be read, other than for want of a right
    @Override
    public HttpResponse handle(HttpRequest request, Call call) throws IOException {
        String method = request.method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return without(method);
        }
        try {
            HttpResponse answer = answered(request, cache.page(request.path()));
            while (answer == null) { // what was kept was closed just now
                answer = answered(request, cache.loose(request.path()));
            }
            return answer;
        } catch (AccessDeniedException denied) {
            return FORBIDDEN;
        } catch (NoSuchFileException missing) {
            return NOT_FOUND;
        }
    }

    private static HttpResponse without(String method) {
        return switch (method) {
            case "OPTIONS" -> OPTIONS;
            case "POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH" -> WRONG_METHOD;
            case String unknown -> UNKNOWN_METHOD;
        };
    }

    private @Nullable HttpResponse answered(HttpRequest request, @Nullable Page page) {
        if (page == null) {
            return moved(request.path(), request.query());
        }
        try {
            Representation form = form(page, request.headers());
            return form == null ? NOT_ACCEPTABLE : answer(form, request);
        } finally {
            if (!page.kept()) {
                page.release();
            }
        }
    }

    /// Null when the client takes none.
    private static @Nullable Representation form(Page page, Headers headers) {
        List<Representation> forms = page.forms();
        if (forms.size() == 1) {
            return forms.getFirst();
        }
        int chosen = new AcceptEncoding(headers.all("Accept-Encoding")).choose(page.codings());
        return chosen < 0 ? null : forms.get(chosen);
    }

    private @Nullable HttpResponse answer(Representation form, HttpRequest request) {
        Headers headers = request.headers();
        if (plain(headers)) {
            return form.whole();
        }
        Conditions conditions = new Conditions(headers, form.tag(), form.modified(), clock.instant().getEpochSecond());
        return switch (conditions.verdict()) {
            case FAILED -> FAILED;
            case NOT_MODIFIED -> form.unmodified();
            case PASS -> {
                List<String> ranges = request.method().equals("GET") ? headers.all("Range") : List.of();
                yield ranges.size() == 1 && conditions.rangeHolds() ? ranged(form, ranges.getFirst()) : form.whole();
            }
        };
    }

    /// Whether nothing is asked that begins with `If-`, or is a range: so most requests are.
    private static boolean plain(Headers headers) {
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.regionMatches(true, 0, "If-", 0, 3) || name.equalsIgnoreCase("Range")) {
                return false;
            }
        }
        return true;
    }

    /// Several parts of what is compressed would be a compressed body by its field, and are none: such a one is sent whole.
    private static @Nullable HttpResponse ranged(Representation form, String range) {
        return switch (ByteRanges.of(range, form.size())) {
            case ByteRanges.Whole() -> form.whole();
            case ByteRanges.Nothing() -> HttpResponse.text(416, "416 Range Not Satisfiable\n")
                    .withHeader("Content-Range", "bytes */" + form.size());
            case ByteRanges.Parts(List<ByteRanges.Span> spans) ->
                    spans.size() == 1 ? form.part(spans.getFirst()) : form.coded() ? form.whole() : form.parts(spans);
        };
    }

    /// The path is written anew from what it means, so that `//host/..` cannot become the address of another server.
    private static HttpResponse moved(String path, @Nullable String query) {
        String location = encoded(path) + "/" + (query == null ? "" : "?" + query);
        return HttpResponse.text(301, "301 Moved Permanently: " + location + "\n").withHeader("Location", location);
    }

    private static String encoded(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = octet >= '0' && octet <= '9' || (octet | 0x20) >= 'a' && (octet | 0x20) <= 'z'
                    || "/-._~!$&'()*+,;=:@".indexOf(octet) >= 0;
            if (plain) {
                out.append((char) octet);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(octet >> 4 & 0xF, 16)))
                        .append(Character.toUpperCase(Character.forDigit(octet & 0xF, 16)));
            }
        }
        return out.toString();
    }
}
