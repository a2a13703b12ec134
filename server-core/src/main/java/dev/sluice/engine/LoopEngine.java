package dev.sluice.engine;

import dev.sluice.api.Endpoint;
import dev.sluice.api.LoopInfo;
import dev.sluice.protocol.Peer;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/// A few threads that read and write without blocking. Handlers run on the loop with an inline pool, and on the pool otherwise, which is
/// half-sync/half-async (Schmidt and Cranor, 1995).
final class LoopEngine implements Engine {

    private final Listener listener;
    private final Closer closer;
    private final Events events;
    private final List<Loop> loops = new ArrayList<>();

    LoopEngine(Listener listener, int count, Closer closer, Events events, Ticks ticks, SelectorProvider provider) throws IOException {
        this.listener = listener;
        this.closer = closer;
        this.events = events;
        try {
            for (int i = 0; i < count; i++) {
                Loop loop = new Loop(listener.name(), i, ticks, provider);
                loops.add(loop);
                loop.start();
            }
        } catch (Throwable failed) {
            close();
            throw failed;
        }
    }

    @Override
    public Connection<?, ?> connect(SocketChannel channel, Peer peer) throws IOException {
        channel.configureBlocking(false);
        return connect(channel, peer, listener.endpoint());
    }

    private <Q, R> Connection<Q, R> connect(SocketChannel channel, Peer peer, Endpoint<Q, R> endpoint) {
        return new LoopConnection<>(channel, peer, listener, endpoint, events, closer, quietest());
    }

    private Loop quietest() {
        return loops.size() == 1 ? loops.getFirst() : loops.stream().min(Comparator.comparingInt(Loop::connections)).orElseThrow();
    }

    @Override
    public Taken serve(Connection<?, ?> connection, boolean sweep, Runnable room) {
        connection.admit();
        ((LoopConnection<?, ?>) connection).join();
        return Taken.TAKEN;
    }

    @Override
    public boolean servesCrowds() {
        return true;
    }

    @Override
    public List<LoopInfo> loops() {
        return loops.stream().map(Loop::info).toList();
    }

    @Override
    public void eachThread(BiConsumer<String, Thread> action) {
        loops.forEach(loop -> action.accept("loop", loop.thread()));
    }

    @Override
    public void sample() {
        loops.forEach(Loop::sample);
    }

    @Override
    public void close() {
        loops.forEach(Loop::close);
    }
}
