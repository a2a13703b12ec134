package dev.sluice.service;

import dev.sluice.protocol.Handler;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.service.files.FilesConfig;
import dev.sluice.service.files.StaticFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Handlers of HTTP requests. Each may be shared by all connections.
public final class HttpServices {

    private static final HttpResponse HELLO = HttpResponse.text(200, "Hello, World!");

    private HttpServices() {}

    /// Answers any method on any path with 200 and the body of the request, and its type or `application/octet-stream`. A large body is sent from the file
    /// it came into.
    public static Handler<HttpRequest, HttpResponse> echo() {
        return (request, call) -> {
            String type = request.header("Content-Type");
            return HttpResponse.of(200, type == null ? "application/octet-stream" : type, request.body());
        };
    }

    /// Answers any method on any path with 200 and `Hello, World!`: for a first trial, and for measuring.
    public static Handler<HttpRequest, HttpResponse> hello() {
        return (request, call) -> HELLO;
    }

    /// Serves the files below a folder, as the service `files` does by default; other settings are given through [BuiltIn.HttpFiles].
    ///
    /// @throws UncheckedIOException when there is no such folder
    public static Handler<HttpRequest, HttpResponse> files(Path root) {
        try {
            return new StaticFiles(FilesConfig.of(root));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
