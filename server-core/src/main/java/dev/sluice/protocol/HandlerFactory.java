package dev.sluice.protocol;

/// Makes the handler of each new connection. Shared by all threads.
///
/// @param <Q> the type of a request
/// @param <R> the type of a response
@FunctionalInterface
public interface HandlerFactory<Q, R> {

    /// A handler for one connection; the same one for all when it keeps no state and is not [AutoCloseable]. Called where
    /// handlers run, before the first request; what it throws ends the connection.
    Handler<Q, R> open(Peer peer);

    /// One stateless handler, shared by all connections.
    static <Q, R> HandlerFactory<Q, R> of(Handler<Q, R> handler) {
        return peer -> handler;
    }
}
