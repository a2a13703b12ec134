package dev.sluice.bench;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.server.handlers.resource.ResourceHandler;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.xnio.Options;

/// Undertow: `loops` (I/O threads); handlers on them, or with `dispatch` on its worker pool of `size` threads; with `files` a folder.
final class UndertowServer {

    private UndertowServer() {}

    public static void main(String[] words) {
        dev.sluice.bench.Options options = dev.sluice.bench.Options.of(words);
        HttpHandler handler = options.has("files") ? files(options.text("files", "")) : hello(Work.of(options));
        Undertow.builder()
                .addHttpListener(options.port(), Work.HOST)
                .setIoThreads(options.number("loops", 1))
                .setWorkerThreads(options.number("size", 16))
                .setSocketOption(Options.BACKLOG, Work.BACKLOG)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setHandler(options.has("dispatch") ? exchange -> exchange.dispatch(handler) : handler)
                .build()
                .start();
    }

    private static HttpHandler hello(Work work) {
        return exchange -> answer(exchange, work.perform());
    }

    private static void answer(HttpServerExchange exchange, byte[] body) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Work.CONTENT_TYPE);
        exchange.getResponseSender().send(ByteBuffer.wrap(body));
    }

    /// Without its cache of contents: the others read files from the kernel's.
    private static HttpHandler files(String root) {
        return new ResourceHandler(PathResourceManager.builder().setBase(Path.of(root)).setTransferMinSize(1_024).build());
    }
}
