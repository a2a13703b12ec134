package dev.sluice.engine;

import dev.sluice.api.LoopInfo;
import dev.sluice.protocol.Peer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.BiConsumer;

/// A server model: decides which thread reads, handles and writes the connections of one listener.
interface Engine {

    /// What became of a connection that was handed over.
    enum Taken {
        /// It is served, or waits in the pool's queue.
        TAKEN,
        /// It waits for room in the pool's queue: accept no more until `room` is run.
        HELD,
        /// The pool is full: refuse it.
        REFUSED
    }

    /// Makes the connection's object; nothing is read yet.
    Connection<?, ?> connect(SocketChannel channel, Peer peer) throws Exception;

    /// Begins to serve a connection.
    ///
    /// @param sweep whether it comes from the sweep of a backlog, for which a full queue makes room
    /// @param room  to be run when a connection that was held has found room
    Taken serve(Connection<?, ?> connection, boolean sweep, Runnable room);

    /// Whether it gains by being handed several connections soon after each other, rather than one now and then.
    default boolean servesCrowds() {
        return false;
    }

    /// Whether `serve` does all the work before it returns, on the acceptor's own thread.
    default boolean servesOnAcceptor() {
        return false;
    }

    /// Its loops, if it has any.
    default List<LoopInfo> loops() {
        return List.of();
    }

    /// Its own threads that live, by kind.
    default void eachThread(BiConsumer<String, Thread> action) {}

    /// Called once a second by one thread.
    default void sample() {}

    /// Ends its own threads; its connections are gone.
    default void close() {}
}
