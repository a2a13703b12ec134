package dev.sluice.engine;

import dev.sluice.api.Endpoint;
import dev.sluice.pool.Gate;
import dev.sluice.protocol.Peer;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/// One thread for each connection, which reads, handles and writes, for the connection's life: a thread of the pool, or with an
/// inline pool the acceptor itself, which is the iterative server.
final class BlockingEngine implements Engine {

    private final Listener listener;
    private final Closer closer;
    private final Events events;

    BlockingEngine(Listener listener, Closer closer, Events events) {
        this.listener = listener;
        this.closer = closer;
        this.events = events;
    }

    @Override
    public Connection<?, ?> connect(SocketChannel channel, Peer peer) throws IOException {
        return connect(channel, peer, listener.endpoint());
    }

    private <Q, R> Connection<Q, R> connect(SocketChannel channel, Peer peer, Endpoint<Q, R> endpoint) throws IOException {
        return new BlockingConnection<>(channel, peer, listener, endpoint, events, closer);
    }

    @Override
    public Taken serve(Connection<?, ?> connection, boolean sweep, Runnable room) {
        BlockingConnection<?, ?> blocking = (BlockingConnection<?, ?>) connection;
        Gate gate = listener.gate();
        if (gate == null) {
            blocking.admit();
            blocking.run(0);
            return Taken.TAKEN;
        }
        blocking.onRoom(room);
        return switch (sweep ? gate.submitBeyondCapacity(blocking) : gate.submit(blocking)) {
            case ACCEPTED -> Taken.TAKEN;
            case WAITING -> Taken.HELD;
            case REFUSED, CLOSED -> Taken.REFUSED;
        };
    }

    @Override
    public boolean servesOnAcceptor() {
        return listener.gate() == null;
    }
}
