package dev.sluice.protocol;

/// Answers requests: plain, synchronous code that may block where its pool allows.
///
/// Calls for one connection never overlap and each sees what the one before left, under every server model, so that state
/// per connection can be plain fields. A handler that is [AutoCloseable] is closed once, after its last call, on a thread of the same kind.
///
/// A request that is [AutoCloseable] is closed by the server, once it is answered and its response encoded.
///
/// The thread is interrupted when the request's deadline passes, when its client is kicked at once, and when a drain is out of patience.
///
/// @param <Q> the type of a request
/// @param <R> the type of a response
@FunctionalInterface
public interface Handler<Q, R> {

    /// Answers one request.
    ///
    /// @param request as decoded
    /// @param call    what surrounds it; not to be used after the return, except for [Call#cancelled()]
    /// @return the response, not null
    /// @throws Exception for whatever went wrong; logged, and told to the client as [Refusal.HandlerFailed]
    R handle(Q request, Call call) throws Exception;
}
