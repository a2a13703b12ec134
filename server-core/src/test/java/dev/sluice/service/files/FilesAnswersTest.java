package dev.sluice.service.files;

import static dev.sluice.service.files.Folder.LONG_AGO_TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.protocol.http.Headers;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpVersion;
import dev.sluice.service.Requests;
import dev.sluice.service.files.Folder.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is answered, as it is sent; of a small file, which is held in memory, and of a large one, which is not.
class FilesAnswersTest {

    private static final String LARGE = "0123456789".repeat(2 * PageLoader.SMALL / 10);

    @TempDir
    private Path temporary;
    private Folder folder;

    @BeforeEach
    void fill() throws IOException {
        folder = new Folder(Files.createDirectory(temporary.resolve("public")));
        folder.file("small.txt", "0123456789");
        folder.file("large.txt", LARGE);
        folder.file("empty.txt", "");
    }

    private static String content(String target) {
        return target.startsWith("/large") ? LARGE : "0123456789";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/small.txt", "/large.txt"})
    void tellsWhatAFileIs(String target) throws IOException {
        Answer answer = folder.get(target);
        assertEquals(200, answer.status());
        assertEquals(content(target), answer.body());
        assertEquals(LONG_AGO_TEXT, answer.field("Last-Modified"));
        assertEquals("bytes", answer.field("Accept-Ranges"));
        assertTrue(answer.field("ETag").matches("\"[\\w-]{16}\""), answer::head);
        assertEquals("", answer.field("Vary"));
        assertEquals("", answer.field("Cache-Control"));
        Answer head = folder.ask("HEAD", target);
        assertEquals("", head.body());
        assertEquals(answer.head().replaceAll("Date.*", ""), head.head().replaceAll("Date.*", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/small.txt", "/large.txt"})
    void answersConditions(String target) throws IOException {
        Answer whole = folder.with("cache-control.*", "max-age=5").get(target);
        String tag = whole.field("ETag");
        for (String method : new String[] {"GET", "HEAD"}) {
            Answer unmodified = folder.ask(method, target, "If-None-Match", "W/" + tag, "Range", "bytes=0-1");
            assertEquals(304, unmodified.status());
            assertEquals(tag, unmodified.field("ETag"));
            assertEquals("max-age=5", unmodified.field("Cache-Control"));
            assertFalse(unmodified.field("Date").isEmpty());
            assertEquals("", unmodified.field("Content-Length") + unmodified.field("Content-Type") + unmodified.body());
            assertEquals(304, folder.ask(method, target, "If-Modified-Since", LONG_AGO_TEXT).status());
            assertEquals(412, folder.ask(method, target, "If-Match", "\"other\"").status());
        }
        assertEquals(200, folder.get(target, "If-Match", tag, "If-None-Match", "\"other\"").status());
        assertEquals(404, folder.get("/none", "If-None-Match", "*").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/small.txt", "/large.txt"})
    void answersARange(String target) throws IOException {
        String content = content(target);
        Answer part = folder.get(target, "Range", "bytes=3-6");
        assertEquals(206, part.status());
        assertEquals("3456", part.body());
        assertEquals("bytes 3-6/" + content.length(), part.field("Content-Range"));
        assertEquals("4", part.field("Content-Length"));
        assertEquals("text/plain; charset=utf-8", part.field("Content-Type"));
        assertEquals(folder.get(target).field("ETag"), part.field("ETag"));
        assertEquals("789", folder.get(target, "Range", "bytes=-3").body());
        assertEquals("89", folder.get(target, "Range", "bytes=8-9, " + content.length() + "-").body(), "one of two is there");
        Answer none = folder.get(target, "Range", "bytes=" + content.length() + "-");
        assertEquals(416, none.status());
        assertEquals("bytes */" + content.length(), none.field("Content-Range"));
        assertEquals(200, folder.ask("HEAD", target, "Range", "bytes=3-6").status(), "ranges are of GET");
        assertEquals(200, folder.get(target, "Range", "bytes=6-3").status());
        assertEquals(200, folder.get(target, "Range", "bytes=3-6", "Range", "bytes=3-6").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/small.txt", "/large.txt"})
    void answersSeveralRangesInParts(String target) throws IOException {
        Answer parts = folder.get(target, "Range", "bytes=7-8,0-2,-1");
        assertEquals(206, parts.status());
        assertEquals("", parts.field("Content-Range"));
        String boundary = parts.field("Content-Type").replace("multipart/byteranges; boundary=", "");
        String head = "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ";
        int size = content(target).length();
        assertEquals("--" + boundary + head + "7-8/" + size + "\r\n\r\n78\r\n--" + boundary + head + "0-2/" + size + "\r\n\r\n012\r\n--"
                + boundary + head + (size - 1) + "-" + (size - 1) + "/" + size + "\r\n\r\n9\r\n--" + boundary + "--\r\n", parts.body());
        assertEquals(String.valueOf(parts.body().length()), parts.field("Content-Length"));
        folder.pass(1001);
        folder.cache().sweep();
        folder.pass(1001);
        folder.cache().sweep();
        assertEquals(0, folder.cache().files(), "each part has given its file back");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-,0-", "bytes=0-5,5-6", "bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,0-0,1-1,2-2,3-3,4-4,5-5,6-6"})
    void sendsAllOnceRatherThanPartsOfItTwice(String range) throws IOException {
        Answer answer = folder.get("/small.txt", "Range", range);
        assertEquals(200, answer.status());
        assertEquals("0123456789", answer.body());
    }

    @Test
    void answersARangeOfWhatTheClientHas() throws IOException {
        String tag = folder.get("/small.txt").field("ETag");
        assertEquals(206, folder.get("/small.txt", "Range", "bytes=0-1", "If-Range", tag).status());
        assertEquals(206, folder.get("/small.txt", "Range", "bytes=0-1", "If-Range", LONG_AGO_TEXT).status());
        assertEquals(200, folder.get("/small.txt", "Range", "bytes=0-1", "If-Range", "\"other\"").status());
        assertEquals(200, folder.get("/small.txt", "Range", "bytes=90-", "If-Range", "\"other\"").status());
        assertEquals(416, folder.get("/small.txt", "Range", "bytes=90-", "If-Range", tag).status());
    }

    @Test
    void answersRangesOfAnEmptyFile() throws IOException {
        assertEquals(200, folder.get("/empty.txt").status());
        assertEquals(416, folder.get("/empty.txt", "Range", "bytes=0-").status());
        assertEquals(200, folder.get("/empty.txt", "Range", "bytes=-1").status());
    }

    @Test
    void servesCompressedNeighboursToThoseThatTakeThem() throws IOException {
        folder.file("app.js", "plain");
        folder.file("app.js.gz", "zipped");
        folder.file("app.js.br", "b");
        Answer br = folder.get("/app.js", "Accept-Encoding", "gzip, br");
        assertEquals("b br text/javascript; charset=utf-8 Accept-Encoding", String.join(" ", br.body(), br.field("Content-Encoding"),
                br.field("Content-Type"), br.field("Vary")));
        Answer gz = folder.get("/app.js", "Accept-Encoding", "gzip");
        assertEquals("zipped gzip", gz.body() + " " + gz.field("Content-Encoding"));
        Answer plain = folder.get("/app.js");
        assertEquals("plain  Accept-Encoding", String.join(" ", plain.body(), plain.field("Content-Encoding"), plain.field("Vary")));
        assertNotEquals(gz.field("ETag"), plain.field("ETag"));
        assertNotEquals(gz.field("ETag"), br.field("ETag"));
        Answer unmodified = folder.get("/app.js", "Accept-Encoding", "gzip", "If-None-Match", gz.field("ETag"));
        assertEquals("304 Accept-Encoding", unmodified.status() + " " + unmodified.field("Vary"));
        assertEquals(200, folder.get("/app.js", "If-None-Match", gz.field("ETag")).status());
        Answer part = folder.get("/app.js", "Accept-Encoding", "gzip", "Range", "bytes=1-2");
        assertEquals("206 ip gzip bytes 1-2/6",
                String.join(" ", part.status() + "", part.body(), part.field("Content-Encoding"), part.field("Content-Range")));
        assertEquals(200, folder.get("/app.js", "Accept-Encoding", "gzip", "Range", "bytes=1-2,4-5").status());
        assertEquals("406 Accept-Encoding", folder.get("/app.js", "Accept-Encoding", "*;q=0").status() + " "
                + folder.get("/app.js", "Accept-Encoding", "*;q=0").field("Vary"));
        assertEquals("application/gzip", folder.get("/app.js.gz").field("Content-Type"));
        assertEquals("", folder.get("/app.js.gz").field("Content-Encoding"));
        assertEquals("plain", folder.with("precompressed", "false").get("/app.js", "Accept-Encoding", "br").body());
        assertEquals("", folder.get("/app.js", "Accept-Encoding", "br").field("Vary"));
    }

    @Test
    void servesNoNeighbourThatIsNoFileOrElsewhere() throws IOException {
        folder.file("a.js", "plain");
        Files.createDirectory(folder.root.resolve("a.js.br"));
        Files.createSymbolicLink(folder.root.resolve("a.js.gz"), Files.writeString(temporary.resolve("secret"), "secret"));
        Answer answer = folder.get("/a.js", "Accept-Encoding", "br, gzip");
        assertEquals("plain", answer.body());
        assertEquals("", answer.field("Vary"));
    }

    @Test
    void controlsCachesByPattern() throws IOException {
        folder.with("cache-control.*.txt", "max-age=3600").with("cache-control./large*", "no-store").with("types.txt", "text/x");
        assertEquals("max-age=3600", folder.get("/small.txt").field("Cache-Control"));
        assertEquals("no-store", folder.get("/large.txt", "Range", "bytes=0-1").field("Cache-Control"));
        assertEquals("text/x", folder.get("/small.txt").field("Content-Type"));
        assertEquals("", folder.get("/none.txt").field("Cache-Control"));
    }

    @Test
    void servesTheFirstIndexThereIs() throws IOException {
        folder.with("index", "first.html second.html");
        folder.file("second.html", "second");
        assertEquals("second", folder.get("/").body());
        folder.file("first.html", "first");
        folder.pass(1000);
        assertEquals("first", folder.get("/").body());
        assertEquals(404, folder.with("index", "").get("/").status());
    }

    @Test
    void hidesWhatHasADot() throws IOException {
        for (String name : new String[] {".env", ".git/config", "a/.b/c", ".well-known/x", ".well-known/.x", "a.b/c..d",
                ".hidden/index.html"}) {
            folder.file(name, "text");
        }
        for (String hidden : new String[] {"/.env", "/.git/config", "/.git", "/a/.b/c", "/.well-known/.x",
                "/.hidden/", "/%2eenv", "/a/%2Eb/c"}) {
            assertEquals(404, folder.get(hidden).status(), hidden);
        }
        for (String open : new String[] {"/.well-known/x", "/a.b/c..d"}) {
            assertEquals(200, folder.get(open).status(), open);
        }
        assertEquals(200, folder.with("dot-files", "true").get("/.env").status());
    }

    @ParameterizedTest
    @CsvSource({"inside, 200, 404, 200, 404", "never, 404, 404, 404, 404", "any, 200, 200, 200, 200"})
    void followsTheLinksItIsTold(String links, int file, int out, int inner, int outer) throws IOException {
        folder.with("links", links);
        folder.file("sub/x.txt", "x");
        Files.createDirectory(temporary.resolve("public-not"));
        Files.writeString(temporary.resolve("public-not/x.txt"), "secret");
        Files.createSymbolicLink(folder.root.resolve("file"), Path.of("small.txt"));
        Files.createSymbolicLink(folder.root.resolve("out"), temporary.resolve("public-not/x.txt"));
        Files.createSymbolicLink(folder.root.resolve("inner"), Path.of("sub"));
        Files.createSymbolicLink(folder.root.resolve("outer"), temporary.resolve("public-not"));
        assertEquals(file, folder.get("/file").status());
        assertEquals(out, folder.get("/out").status());
        assertEquals(inner, folder.get("/inner/x.txt").status());
        assertEquals(outer, folder.get("/outer/x.txt").status());
        assertEquals(200, folder.get("/sub/x.txt").status());
    }

    @Test
    void servesARootThatIsALink() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder.root);
        assertEquals("0123456789", new Folder(link).with("links", "never").get("/small.txt").body());
    }

    @Test
    void tellsADateAheadOfUsAsNow() throws IOException {
        Path file = folder.file("future.txt", "x");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(100_000)));
        Answer answer = folder.get("/future.txt");
        long told = HttpDate.second(answer.field("Last-Modified"), 0);
        assertTrue(told <= HttpDate.second(answer.field("Date"), 0), answer::head);
        assertTrue(answer.field("ETag").startsWith("\""), answer::head);
    }

    /// `Date` is of a clock that goes by steps of 50 ms: it may still be in the second before that of the change.
    @Test
    void tellsAFileThatWasChangedJustNowAsOfASecondAgo() throws IOException {
        Path file = folder.file("new.txt", "0123456789");
        Instant second = Instant.now().plusSeconds(10).truncatedTo(ChronoUnit.SECONDS);
        Files.setLastModifiedTime(file, FileTime.from(second.plusMillis(10)));
        AtomicReference<Instant> now = new AtomicReference<>(second.plusMillis(40));
        StaticFiles files = new StaticFiles(FilesConfig.of(folder.root), now::get, folder.ticks::get, task -> {});
        Told young = Told.of(files, second.minusMillis(10));
        assertTrue(young.modified() <= young.date(), young::toString);
        assertEquals(200, Told.status(files, "If-Modified-Since", HttpDate.text(young.modified())), "there may be another change");
        assertEquals(200, Told.status(files, "Range", "bytes=0-1", "If-Range", HttpDate.text(young.modified())));
        assertEquals(304, Told.status(files, "If-None-Match", young.tag()));
        assertEquals(206, Told.status(files, "Range", "bytes=0-1", "If-Range", young.tag()));
        now.set(second.plusMillis(1010));
        folder.pass(1000);
        Told old = Told.of(files, now.get());
        assertEquals(second.getEpochSecond(), old.modified());
        assertEquals(young.tag(), old.tag());
        assertEquals(304, Told.status(files, "If-Modified-Since", HttpDate.text(old.modified())));
        assertEquals(200, Told.status(files, "If-Modified-Since", HttpDate.text(young.modified())));
    }

    /// What is told of a new file, its dates in seconds.
    private record Told(long modified, long date, String tag) {

        static Told of(StaticFiles files, Instant date) throws IOException {
            HttpRequest request = HttpRequest.of("GET", "/new.txt");
            Answer answer = Answer.of(request, files.handle(request, Requests.CALL), () -> date);
            return new Told(HttpDate.second(answer.field("Last-Modified"), 0), HttpDate.second(answer.field("Date"), 0),
                    answer.field("ETag"));
        }

        static int status(StaticFiles files, String... fields) throws IOException {
            return files.handle(HttpRequest.of("GET", "/new.txt", HttpVersion.HTTP_1_1, Headers.of(fields), new byte[0]),
                    Requests.CALL).status();
        }
    }

    @Test
    void forbidsAnIndexItMayNotReadAndGoesOnWithoutANeighbour() throws IOException {
        folder.file("a.txt", "plain");
        Path closed = folder.file("index.html", "x");
        Path neighbour = folder.file("a.txt.gz", "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(neighbour, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(closed), "this user may read everything");
        assertEquals(403, folder.get("/").status());
        assertEquals("plain", folder.get("/a.txt", "Accept-Encoding", "gzip").body());
    }

    @Test
    void findsNothingUnderNamesThatAreTooLong() throws IOException {
        assertEquals(404, folder.get("/" + "a".repeat(256)).status());
        folder.file("b".repeat(255), "x"); // for whose neighbours there are no names
        assertEquals(200, folder.get("/" + "b".repeat(255)).status());
        assertEquals(404, folder.get("/" + "a/".repeat(3000)).status());
    }
}
