package dev.sluice.service.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.protocol.RecordingSink;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.service.HttpServices;
import dev.sluice.service.Requests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {

    @TempDir
    private Path folder;
    private Path root;
    private StaticFiles files;

    @BeforeEach
    void fillTheFolder() throws IOException {
        root = Files.createDirectories(folder.resolve("public"));
        Files.createDirectories(root.resolve("docs/empty"));
        Files.writeString(root.resolve("index.html"), "front");
        Files.writeString(root.resolve("docs/index.html"), "docs");
        Files.writeString(root.resolve("a b\u00E4.TXT"), "text");
        Files.writeString(root.resolve("noextension"), "raw");
        Files.writeString(root.resolve("nothing.css"), "");
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Files.createDirectories(folder.resolve("public-not"));
        Files.writeString(folder.resolve("public-not/x.txt"), "secret");
        files = new StaticFiles(FilesConfig.of(root));
    }

    @ParameterizedTest
    @CsvSource({
        "/, front, text/html; charset=utf-8", "/index.html, front, text/html; charset=utf-8", "/?q, front, text/html; charset=utf-8",
        "//index.html, front, text/html; charset=utf-8", "/docs/, docs, text/html; charset=utf-8",
        "/docs/empty/../, docs, text/html; charset=utf-8", "/a%20b%C3%A4.TXT, text, text/plain; charset=utf-8",
        "/noextension, raw, application/octet-stream", "/../index.html, front, text/html; charset=utf-8",
        "/nothing.css, '', text/css; charset=utf-8"
    })
    void servesFiles(String target, String content, String type) throws IOException {
        HttpResponse response = answer("GET", target);
        assertEquals(200, response.status());
        assertEquals(type, response.headers().first("Content-Type"));
        assertEquals(content.length(), response.length());
        assertEquals(content, body("GET", response));
    }

    @Test
    void answersHeadWithoutABody() throws IOException {
        HttpResponse response = answer("HEAD", "/");
        assertEquals(5, response.length());
        assertEquals("", body("HEAD", response));
    }

    @ParameterizedTest
    @CsvSource({
        "/missing, 404", "/docs/missing/x, 404", "/index.html/, 404", "/index.html/x, 404", "/docs/empty/, 404", "/%00, 404",
        "/index.html%00, 404",
        "/..%5Csecret.txt, 404", "/docs%5Cindex.html, 404", "/../secret.txt, 404", "/%2e%2e/secret.txt, 404", "/..%2fsecret.txt, 404",
        "/docs/%2e%2e%2f..%2Fsecret.txt, 404", "/../public-not/x.txt, 404", "/%ff, 404"
    })
    void findsNothingElse(String target, int status) throws IOException {
        assertEquals(status, answer("GET", target).status());
    }

    @Test
    void survivesANameTooLong() throws IOException {
        assertEquals(404, answer("GET", "/" + "a".repeat(5000)).status());
    }

    @ParameterizedTest
    @CsvSource({
        "/docs, /docs/", "/docs?a=b, /docs/?a=b", "//docs, /docs/", "/%64ocs, /docs/", "http://example.com/docs, /docs/",
        "//example.com/%2e%2e/docs, /docs/", "/docs/empty/../../docs, /docs/"
    })
    void sendsAFolderToItsSlash(String target, String location) throws IOException {
        HttpResponse response = answer("GET", target);
        assertEquals(301, response.status());
        assertEquals(location, response.headers().first("Location"));
    }

    @Test
    void writesTheLocationInPlainCharacters() throws IOException {
        Files.createDirectories(root.resolve("\u00E4 %?#"));
        assertEquals("/%C3%A4%20%25%3F%23/", answer("GET", "/%C3%A4%20%25%3F%23").headers().first("Location"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "TRACE", "PATCH"})
    void namesTheMethodsItKnows(String method) throws IOException {
        HttpResponse response = answer(method, "/");
        assertEquals(405, response.status());
        assertEquals("GET, HEAD, OPTIONS", response.headers().first("Allow"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/missing", "*", "http://h"})
    void saysWhatItKnowsWhenAsked(String target) throws IOException {
        HttpResponse response = answer("OPTIONS", target);
        assertEquals(204, response.status());
        assertEquals("GET, HEAD, OPTIONS", response.headers().first("Allow"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "BREW", "PROPFIND"})
    void doesNotKnowOtherMethods(String method) throws IOException {
        assertEquals(501, answer(method, "/").status());
    }

    @Test
    void followsLinksThatStayInsideAndNoOthers() throws IOException {
        Files.createSymbolicLink(root.resolve("inside.txt"), Path.of("noextension"));
        Files.createSymbolicLink(root.resolve("outside.txt"), folder.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(root.resolve("beside"), folder.resolve("public-not"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("gone"));
        assertEquals("raw", body("GET", answer("GET", "/inside.txt")));
        for (String target : new String[] {"/outside.txt", "/up/secret.txt", "/up", "/beside/x.txt", "/beside/", "/loop", "/dangling"}) {
            assertEquals(404, answer("GET", target).status(), target);
        }
    }

    @Test
    void refusesAnIndexThatLeadsOut() throws IOException {
        Files.createSymbolicLink(root.resolve("docs/empty/index.html"), folder.resolve("secret.txt"));
        assertEquals(404, answer("GET", "/docs/empty/").status());
    }

    @Test
    @Timeout(10)
    void opensNoPipe() throws Exception {
        Path pipe = root.resolve("pipe");
        boolean made;
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
            made = mkfifo.waitFor(5, TimeUnit.SECONDS) && mkfifo.exitValue() == 0;
        } catch (IOException absent) {
            made = false;
        }
        assumeTrue(made, "this system makes no pipes");
        assertEquals(404, answer("GET", "/pipe").status());
    }

    @Test
    void opensNoDevice() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/zero")), "this system has no such device");
        StaticFiles devices = new StaticFiles(FilesConfig.of(Path.of("/dev")));
        assertEquals(404, devices.handle(HttpRequest.of("GET", "/zero"), Requests.CALL).status());
    }

    @Test
    void forbidsWhatItMayNotRead() throws IOException {
        Path closed = Files.writeString(root.resolve("closed.txt"), "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(closed), "this user may read everything");
        assertEquals(403, answer("GET", "/closed.txt").status());
    }

    @Test
    void asksForAFolder() {
        assertThrows(UncheckedIOException.class, () -> HttpServices.files(folder.resolve("missing")));
        assertThrows(UncheckedIOException.class, () -> HttpServices.files(folder.resolve("secret.txt")));
        assertFalse(Files.exists(folder.resolve("missing")));
    }

    private HttpResponse answer(String method, String target) throws IOException {
        return files.handle(HttpRequest.of(method, target), Requests.CALL);
    }

    /// What follows the head, as it is sent; the file is closed by this.
    private static String body(String method, HttpResponse response) {
        RecordingSink out = new RecordingSink();
        new HttpProtocol().encode(HttpRequest.of(method, "/"), response, false, out);
        return out.text().substring(out.text().indexOf("\r\n\r\n") + 4);
    }
}
