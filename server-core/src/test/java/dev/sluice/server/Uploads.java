package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Endpoint;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.service.HttpServices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A server of one listener that takes bodies, and what is seen of their files.
///
/// `/echo` sends the body back, `/fail` fails, `/wait` waits until it is interrupted or told to go on, `/text` says how long the body is.
final class Uploads implements AutoCloseable {

    static final int IN_MEMORY = 64 << 10;

    final Server server;
    final Queue<Path> files = new ConcurrentLinkedQueue<>();
    final CountDownLatch waits = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);

    Uploads(Cell cell, UnaryOperator<ListenerConfig> terms) throws IOException {
        this(cell, terms, UnaryOperator.identity());
    }

    Uploads(Cell cell, UnaryOperator<ListenerConfig> terms, UnaryOperator<ServerConfig> whole) throws IOException {
        ServerConfig config = ServerConfig.named("uploads").withDrain(House.QUICK);
        if (cell.pool() != null) {
            config = config.withPool("pool", new PoolConfig(cell.pool(), 8, 100, PoolConfig.WhenFull.REFUSE));
        }
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", new Endpoint<>(new HttpProtocol(), "uploads", HandlerFactory.of(this::handle)));
        listener = listener.withKeepAlive(listener.keepAlive().withMaxRequests(0)).on(cell.io(), cell.inline() ? ServerConfig.INLINE : "pool");
        server = Server.start(whole.apply(config.withListener("uploads", terms.apply(listener))));
    }

    private static final Handler<HttpRequest, HttpResponse> ECHO = HttpServices.echo();

    private HttpResponse handle(HttpRequest request, Call call) throws Exception {
        Path file = request.body().file();
        if (file != null) {
            files.add(file);
        }
        return switch (request.path()) {
            case "/echo" -> ECHO.handle(request, call);
            case "/fail" -> throw new IllegalStateException("asked to fail");
            case "/wait" -> {
                waits.countDown();
                goOn.await();
                yield HttpResponse.text(200, request.body().toString());
            }
            default -> HttpResponse.text(200, request.body().toString());
        };
    }

    /// Changes the limits of the running server.
    void limit(UnaryOperator<ListenerLimits> change) {
        ServerConfig config = server.config();
        ListenerConfig listener = Objects.requireNonNull(config.listeners().get("uploads"));
        assertTrue(server.apply(config.withListener("uploads", listener.withLimits(change.apply(listener.limits())))).applied());
    }

    Client client() throws IOException {
        return new Client(server.listeners().getFirst().bind().getFirst(), Speech.HTTP);
    }

    /// The server's own folder, in which a first large body has been.
    Path folder() throws IOException {
        try (Client client = client()) {
            client.send(request("/text", bytes(IN_MEMORY + 1), 0)).expect(IN_MEMORY + 1 + " bytes");
        }
        return Objects.requireNonNull(Objects.requireNonNull(files.peek()).getParent());
    }

    static void awaitFiles(Path folder, int count) {
        await(count + " files").pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
            try (Stream<Path> there = Files.list(folder)) {
                return there.count() == count;
            }
        });
    }

    static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /// @param chunk the size of its chunks; 0 for a Content-Length
    static byte[] request(String path, byte[] body, int chunk) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String framing = chunk == 0 ? "Content-Length: " + body.length : "Transfer-Encoding: chunked";
        all.writeBytes(("POST " + path + " HTTP/1.1\r\nHost: test\r\n" + framing + "\r\n\r\n").getBytes(ISO_8859_1));
        if (chunk == 0) {
            all.writeBytes(body);
            return all.toByteArray();
        }
        for (int i = 0; i < body.length; i += chunk) {
            int size = Math.min(chunk, body.length - i);
            all.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
            all.write(body, i, size);
            all.writeBytes("\r\n".getBytes(ISO_8859_1));
        }
        all.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        return all.toByteArray();
    }

    @Override
    public void close() {
        goOn.countDown();
        try {
            server.shutdown(House.QUICK);
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
