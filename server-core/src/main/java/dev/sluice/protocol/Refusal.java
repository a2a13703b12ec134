package dev.sluice.protocol;

/// Why there is no response to give. A [Protocol] says it to the client in its own words, or keeps silent.
public sealed interface Refusal {

    /// The bytes are no request.
    ///
    /// @param code   the decoder's own code, from [Decoded.Malformed]; 0 when it has none
    /// @param detail for a person
    record Malformed(int code, String detail) implements Refusal {}

    /// The client was too slow.
    ///
    /// @param stage where the request stood; [Stage#BETWEEN] means that none had begun
    record TimedOut(Stage stage) implements Refusal {}

    /// The pool and its queue are full. The request was not started.
    record Overloaded() implements Refusal {}

    /// A limit on connections was met as this one arrived.
    record TooManyConnections() implements Refusal {}

    /// The server is draining. The request was not started.
    record Draining() implements Refusal {}

    /// The handler or the encoder threw, or the request could not be stored ([Decoded.Spool]). The failure is in the server's log, not here: it is not
    /// for the client.
    record HandlerFailed() implements Refusal {}

    /// The handler met its deadline without a response.
    record HandlerTimedOut() implements Refusal {}

    /// An operator ends the connection.
    record Kicked() implements Refusal {}
}
