package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an operator sees and changes of connections that are open already, on each engine.
class LiveTermsTest {

    private static final long LARGE = 64L << 20;

    @TempDir
    private Path folder;

    private Server server;

    @BeforeEach
    void start() throws IOException {
        Path large = folder.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(LARGE);
        }
        ListenerConfig files = ListenerConfig.at("127.0.0.1:0", new HttpProtocol(), (HttpRequest request, Call call) ->
                request.path().equals("/large") ? HttpResponse.file(200, "text/plain", FileChannel.open(large), 0, LARGE) : HttpResponse.of(204));
        server = Server.start(ServerConfig.named("live")
                .withPool("threads", PoolConfig.of(new PoolType.Virtual(), 10))
                .withListener("blocking", files.on(IoModel.blocking(), "threads"))
                .withListener("duplex", files.on(IoModel.duplex(), "threads"))
                .withListener("event-loop", files.on(IoModel.eventLoop(), "threads")));
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdown(new DrainConfig(Duration.ZERO, DrainConfig.Queued.RUN, Duration.ZERO, Duration.ZERO,
                Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofSeconds(5)));
    }

    private Socket ask(String listener, String path) throws IOException {
        int port = server.listeners().stream().filter(one -> one.name().equals(listener)).findFirst().orElseThrow().address().getPort();
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"blocking", "duplex", "event-loop"})
    void aSlowReaderShowsWhatIsUnsentAndTheThreadThatSendsIt(String listener) throws IOException {
        try (Socket client = ask(listener, "/large")) {
            await().until(() -> server.connections().stream().anyMatch(one -> one.state() == ConnectionState.WRITING && one.bytesOut() > 0));
            ConnectionInfo info = server.connections().getFirst();
            assertTrue(info.pending() > LARGE / 2, info::toString);
            assertTrue(info.pending() + info.bytesOut() >= LARGE, info::toString);
            ConnectionDetail detail = server.connection(info.id()).orElseThrow();
            boolean threadSends = detail.stack().stream().anyMatch(frame -> frame.contains("dev.sluice.engine.Sender."));
            assertEquals(!listener.equals("event-loop"), threadSends, detail::toString); // a loop does not wait with it
            assertTrue(client.isConnected());
        }
    }
}
