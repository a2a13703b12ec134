package dev.sluice.protocol;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A wire format: how bytes become requests of type `Q` and responses of type `R` become bytes.
///
/// One instance serves every connection of a listener, from many threads at once, so it keeps no state of
/// its own: what belongs to a connection lives in the [Decoder]. No method blocks, reads a clock or starts a
/// thread; a protocol that needs the date is given a [java.time.InstantSource]. Requests should be immutable:
/// they are described from other threads while they are served.
///
/// Whatever a method throws ends the one connection it was called for, and nothing else.
///
/// @param <Q> the type of a request
/// @param <R> the type of a response
public interface Protocol<Q, R> {

    /// The name of this protocol in configuration, metrics and the console, for example `http`.
    String name();

    /// What this protocol is called when client and server agree on one under TLS (ALPN, RFC 7301), the best first. A client that insists on others is
    /// refused; with none, nothing is agreed on.
    default List<String> applicationProtocols() {
        return List.of();
    }

    /// This protocol by the server's own clock: right within a tenth of a second while the server keeps up, and free to ask. One that was given a clock
    /// by its user, or needs none, answers itself. Asked when a listener opens.
    default Protocol<Q, R> withClock(InstantSource clock) {
        return this;
    }

    /// A decoder for one new connection. Called once for each connection.
    Decoder<Q> newDecoder();

    /// Writes the response to a request.
    ///
    /// Nothing that is given to `out` leaves before this method returns. If it throws, what it wrote is dropped,
    /// and [#refuse] is asked to write a [Refusal.HandlerFailed] in its place.
    ///
    /// @param request  the request that is answered
    /// @param response what the handler returned
    /// @param last     whether the server would like to close after this response, so that a protocol which
    ///                 can say so does (`Connection: close`)
    /// @param out      takes the bytes; not to be kept
    /// @return [Ending#CLOSE] when the client now knows, from this response or from its own request, that the
    ///         connection ends after it; [Ending#KEEP_OPEN] otherwise
    Ending encode(Q request, R response, boolean last, ByteSink out);

    /// Writes what this protocol says when there is no response to give. May write nothing, when the protocol
    /// has no words for it.
    ///
    /// @param request the request as far as it is known (a refused HEAD gets no body), or null
    /// @param why     the reason
    /// @param out     takes the bytes; not to be kept
    /// @return whether the connection ends after it; after a [Refusal.Malformed], [Refusal.TimedOut],
    ///         [Refusal.Draining] or [Refusal.Kicked] it always does
    Ending refuse(@Nullable Q request, Refusal why, ByteSink out);

    /// Describes a request in one line for people: `GET /index.html`. Whoever prints it escapes it.
    default void describe(Q request, StringBuilder into) {
        into.append(request);
    }

    /// What an access log says of a request and its answer. Asked only where somebody is told.
    ///
    /// @param request  as far as it is known; null when nothing is
    /// @param response of the handler; null when there was none to send
    /// @param refusal  what was said in its place; null when there is a response
    default Summary summary(@Nullable Q request, @Nullable R response, @Nullable Refusal refusal) {
        StringBuilder text = new StringBuilder();
        if (request != null) {
            describe(request, text);
        }
        return new Summary(text.toString(), "", "", "", "", 0, -1);
    }

    /// How a response counts in the metrics.
    default Outcome outcome(R response) {
        return Outcome.SUCCESS;
    }
}
