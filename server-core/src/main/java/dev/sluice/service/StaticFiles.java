package dev.sluice.service;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Serves the files below a folder: GET and HEAD, `index.html` for a folder, 301 to a folder's own path with a slash, 404 for what is
/// not there, 403 for what may not be read, 405 for other methods.
///
/// Nothing outside the folder is ever opened, not through `..`, encoded or not, and not through a symbolic link: a path is resolved
/// first, links and all, and what it comes to must lie in the folder. Only regular files are opened, so a pipe cannot hold a thread
/// and a device cannot be read. This holds against clients; not against somebody who may write in the folder and replaces files
/// while they are served.
///
/// Stateless, and shared by all connections. It blocks on the file system.
final class StaticFiles implements Handler<HttpRequest, HttpResponse> {

    private static final String INDEX = "index.html";
    private static final HttpResponse NOT_FOUND = HttpResponse.text(404, "404 Not Found\n");
    private static final HttpResponse FORBIDDEN = HttpResponse.text(403, "403 Forbidden\n");
    private static final HttpResponse WRONG_METHOD =
            HttpResponse.text(405, "405 Method Not Allowed: only GET and HEAD are\n").withHeader("Allow", "GET, HEAD");

    /// Resolved, so that what lies in it can be recognised.
    private final Path root;

    /// @throws UncheckedIOException when there is no such folder
    StaticFiles(Path root) {
        try {
            this.root = root.toRealPath();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
        if (!Files.isDirectory(this.root)) {
            throw new UncheckedIOException(new NotDirectoryException(root.toString()));
        }
    }

    @Override
    public HttpResponse handle(HttpRequest request, Call call) {
        String method = request.method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return WRONG_METHOD;
        }
        try {
            return answer(request);
        } catch (AccessDeniedException denied) {
            return FORBIDDEN;
        } catch (IOException | InvalidPathException missing) {
            // also a name too long, a file where a folder should be, a loop of links, a name this system cannot have
            return NOT_FOUND;
        }
    }

    private HttpResponse answer(HttpRequest request) throws IOException {
        String path = request.path();
        if (!path.startsWith("/") || path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0) {
            return NOT_FOUND;
        }
        boolean asFolder = path.endsWith("/");
        Path file = inside(root.resolve(path.substring(1)));
        if (!attributes(file).isDirectory()) {
            return asFolder ? NOT_FOUND : region(file);
        }
        return asFolder ? region(inside(file.resolve(INDEX))) : moved(path, request.query());
    }

    /// What the path comes to, which may not lie outside.
    private Path inside(Path path) throws IOException {
        Path real = path.toRealPath();
        if (!real.startsWith(root)) {
            throw new FileSystemException(path.toString(), null, "leads out of the folder that is served");
        }
        return real;
    }

    /// Of the file itself: the path has no links left.
    private static BasicFileAttributes attributes(Path real) throws IOException {
        return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static HttpResponse region(Path real) throws IOException {
        if (!attributes(real).isRegularFile()) {
            return NOT_FOUND;
        }
        FileChannel file = FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try {
            return HttpResponse.file(200, ContentTypes.of(real.getFileName().toString()), file, 0, file.size());
        } catch (IOException | RuntimeException failed) {
            file.close();
            throw failed;
        }
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
