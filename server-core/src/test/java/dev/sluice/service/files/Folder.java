package dev.sluice.service.files;

import dev.sluice.api.Settings;
import dev.sluice.protocol.RecordingSink;
import dev.sluice.protocol.http.Headers;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.http.HttpVersion;
import dev.sluice.service.Requests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The service over a folder, at a time of our own, with what it starts in the background held back.
final class Folder {

    static final Instant LONG_AGO = Instant.parse("2026-01-02T03:04:05.678Z");
    static final String LONG_AGO_TEXT = "Fri, 02 Jan 2026 03:04:05 GMT";

    /// Ahead of the files', so that none was changed just now.
    static final InstantSource CLOCK = () -> Instant.now().plusSeconds(10);

    final Path root;
    final AtomicLong ticks = new AtomicLong();
    int started;
    private final Map<String, String> settings = new HashMap<>(Map.of("root", "."));
    private StaticFiles files;

    Folder(Path root) throws IOException {
        this.root = root.toRealPath();
        this.files = made();
    }

    Folder with(String key, String value) {
        settings.put(key, value);
        files = made();
        return this;
    }

    private StaticFiles made() {
        return new StaticFiles(FilesConfig.of(new Settings(root, settings)), CLOCK, ticks::get, task -> started++);
    }

    /// A file that was changed long ago.
    Path file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Path file(String name, byte[] bytes) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, bytes);
        return Files.setLastModifiedTime(path, FileTime.from(LONG_AGO));
    }

    PageCache cache() {
        return files.cache();
    }

    void pass(long millis) {
        ticks.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    Answer get(String target, String... fields) throws IOException {
        return ask("GET", target, fields);
    }

    Answer ask(String method, String target, String... fields) throws IOException {
        HttpRequest request = HttpRequest.of(method, target, HttpVersion.HTTP_1_1, Headers.of(fields), new byte[0]);
        return Answer.of(request, response(request));
    }

    HttpResponse response(HttpRequest request) throws IOException {
        return files.handle(request, Requests.CALL);
    }

    /// As it is sent.
    record Answer(int status, String head, String body) {

        static Answer of(HttpRequest request, HttpResponse response) {
            return of(request, response, CLOCK);
        }

        /// @param clock of `Date`
        static Answer of(HttpRequest request, HttpResponse response, InstantSource clock) {
            RecordingSink out = new RecordingSink();
            new HttpProtocol(clock).encode(request, response, false, out);
            int end = out.text().indexOf("\r\n\r\n");
            return new Answer(response.status(), out.text().substring(0, end + 2), out.text().substring(end + 4));
        }

        /// The value of a field; nothing where there is none.
        String field(String name) {
            return head.lines().filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
                    .map(line -> line.substring(name.length() + 2)).findFirst().orElse("");
        }
    }
}
