package dev.sluice.engine;

import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.protocol.Peer;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Two threads for each connection: a receiver that reads and decodes, and a sender that encodes and writes, joined to the pool by bounded
/// queues, so that receiving, processing and sending overlap. They are no threads of the pool, so no configuration can fill it with readers.
final class DuplexEngine implements Engine {

    private static final Logger LOG = LoggerFactory.getLogger(DuplexEngine.class);

    private final Listener listener;
    private final Closer closer;
    private final Events events;
    private final IoModel.Duplex.Threads kind;
    /// By the part they play.
    private final Map<Thread, String> threads = new ConcurrentHashMap<>();

    DuplexEngine(Listener listener, IoModel.Duplex model, Closer closer, Events events) {
        this.listener = listener;
        this.kind = model.threads();
        this.closer = closer;
        this.events = events;
    }

    @Override
    public Connection<?, ?> connect(SocketChannel channel, Peer peer) throws IOException {
        return connect(channel, peer, listener.endpoint());
    }

    private <Q, R> Connection<Q, R> connect(SocketChannel channel, Peer peer, Endpoint<Q, R> endpoint) throws IOException {
        return new DuplexConnection<>(channel, peer, listener, endpoint, events, closer);
    }

    @Override
    public Taken serve(Connection<?, ?> connection, boolean sweep, Runnable room) {
        DuplexConnection<?, ?> duplex = (DuplexConnection<?, ?>) connection;
        Thread sender = thread("sender", connection.id(), duplex::runSender);
        Thread receiver = thread("receiver", connection.id(), duplex::runReceiver);
        connection.admit();
        if (!started(sender, "sender")) {
            duplex.failed(2);
        } else if (!started(receiver, "receiver")) {
            duplex.failed(1);
        }
        return Taken.TAKEN;
    }

    private Thread thread(String part, long id, Runnable body) {
        Thread.Builder builder = switch (kind) {
            case VIRTUAL -> Thread.ofVirtual();
            case PLATFORM -> Thread.ofPlatform().daemon(false);
        };
        return builder.name("sluice-" + listener.name() + "-" + part + "-" + id).unstarted(() -> {
            try {
                body.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
    }

    private boolean started(Thread thread, String part) {
        threads.put(thread, part);
        try {
            thread.start();
            return true;
        } catch (Throwable refused) {
            threads.remove(thread);
            LOG.warn("event=thread-not-started thread={} cause={}", thread.getName(), refused.toString());
            return false;
        }
    }

    @Override
    public void eachThread(BiConsumer<String, Thread> action) {
        threads.forEach((thread, part) -> action.accept(part, thread));
    }
}
