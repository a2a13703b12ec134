package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernel is told of each connection that is accepted, read from the accepted socket itself.
class ArrivalTest {

    private final BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();
    private final ConnectionRegistry registry = new ConnectionRegistry(ServerLimits.DEFAULT, new AtomicLong());
    private Closer closer;
    private Listener listener;

    /// Hears of what is accepted.
    private final class Keeping extends Relaying {
        @Override
        Ear relay(ServerSocketChannel real) {
            return new Ear(this, real) {
                @Override
                public SocketChannel accept() throws IOException {
                    SocketChannel one = real.accept();
                    if (one != null) {
                        accepted.add(one);
                    }
                    return one;
                }
            };
        }
    }

    @BeforeEach
    void start() throws IOException {
        closer = new Closer("sluice-closer", SelectorProvider.provider());
        Events events = new Events(List.of(), InstantSource.system());
        ListenerConfig config = ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (request, call) -> request)
                .on(IoModel.blocking(), ServerConfig.INLINE);
        listener = Listener.bind("kept", config, registry, null, RequestProbe.NONE,
                new Listener.Shared(closer, events, new Keeping(), new SpoolFolder(Path.of("")), new Ticks(InstantSource.system(), System::nanoTime)));
        listener.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        listener.finish();
        await().until(listener::closed);
        closer.close();
        closer.thread().join();
    }

    private static TcpConfig with(boolean noDelay, boolean keepAlive) {
        return new TcpConfig(TcpConfig.DEFAULT.backlog(), noDelay, keepAlive, false);
    }

    @Test
    void noDelayAndKeepAliveReachTheSocketsThatAreAcceptedFromThenOn() throws Exception {
        for (boolean noDelay : List.of(true, false)) {
            for (boolean keepAlive : List.of(false, true)) {
                listener.reconfigure(listener.config().withTcp(with(noDelay, keepAlive)), null);
                try (Socket client = new Socket(listener.info().address().getAddress(), listener.info().address().getPort())) {
                    client.setSoTimeout(20_000);
                    client.getOutputStream().write('\n');
                    assertEquals('\n', client.getInputStream().read(), "it is served, with its options");
                    SocketChannel served = accepted.poll(20, TimeUnit.SECONDS);
                    assertEquals(noDelay, served.getOption(StandardSocketOptions.TCP_NODELAY));
                    assertEquals(keepAlive, served.getOption(StandardSocketOptions.SO_KEEPALIVE));
                }
                await().pollDelay(Duration.ZERO).until(() -> registry.account().connections() == 0);
            }
        }
    }
}
