package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.CloseReason;
import dev.sluice.protocol.Peer;
import dev.sluice.transport.Wire;
import dev.sluice.wire.Preface;
import dev.sluice.wire.PrefaceDecoder;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a balancer says of a connection before anything else: the PROXY header, from its first byte to the client being known, the same in
/// every engine. An engine reads, and does with the connection what the verdict says.
///
/// ```
///  silent (IDLE) ─ bytes ─► begun (PREFACE) ─ whole ─► named, counted under its own address ─► the protocol's first byte
///     │                       │                 └─ a limit by address is met: refused in the protocol's words
///     └ the deadline, the peer's end, what is no header: dropped without a word, since nobody knows to whom
/// ```
///
/// Confined to the thread that reads the connection.
final class PrefaceReader {

    private static final Logger LOG = LoggerFactory.getLogger(PrefaceReader.class);

    private final PrefaceDecoder decoder = new PrefaceDecoder();
    private boolean begun;

    /// What is to become of the connection.
    sealed interface Verdict {

        /// Read on.
        record More() implements Verdict {}

        /// The protocol begins with what is left.
        record Known() implements Verdict {}

        /// The client has too many connections: say so, and end it.
        record Refused(CloseReason reason) implements Verdict {}

        /// End it, and say nothing.
        record Dropped(CloseReason reason, String detail) implements Verdict {}
    }

    private static final Verdict MORE = new Verdict.More();
    private static final Verdict KNOWN = new Verdict.Known();

    /// Goes on with what was read; leaves in `in` what does not belong to the header.
    ///
    /// @param count what the read has answered: how many bytes, −1 at the peer's end, or [Wire#TIMED_OUT]
    Verdict take(Connection<?, ?> connection, ByteBuffer in, int count) {
        Verdict verdict = count < 0 ? broken(count) : judged(connection, decoder.decode(in));
        begun = true;
        if (!(verdict instanceof Verdict.More)) {
            connection.prefaceOver();
        }
        if (verdict instanceof Verdict.Dropped(CloseReason reason, String detail)) {
            LOG.debug("event=connection-dropped connection={} listener={} via={} reason={} detail=\"{}\"",
                    connection.id(), connection.listener().name(), Addresses.text(connection.peer()), reason, detail);
        }
        return verdict;
    }

    private Verdict broken(int count) {
        if (count == Wire.TIMED_OUT) {
            return new Verdict.Dropped(CloseReason.SLOW_PREFACE, "");
        }
        return begun ? new Verdict.Dropped(CloseReason.BAD_PREFACE, "its PROXY header ends in the middle") : new Verdict.Dropped(CloseReason.PEER, "");
    }

    private static Verdict judged(Connection<?, ?> connection, Preface preface) {
        return switch (preface) {
            case Preface.Incomplete more -> MORE;
            case Preface.Unknown nobody -> KNOWN;
            case Preface.Malformed(String reason) -> new Verdict.Dropped(CloseReason.BAD_PREFACE, "no PROXY header: " + reason);
            case Preface.Proxied named -> named(connection, named);
        };
    }

    private static Verdict named(Connection<?, ?> connection, Preface.Proxied named) {
        Peer balancer = connection.peer();
        Peer client = new Peer(balancer.connection(), balancer.listener(), named.source(), named.destination());
        CloseReason limit = connection.named(client);
        LOG.debug("event=client-named connection={} client={} via={}", client.connection(), Addresses.text(client), Addresses.text(balancer));
        if (limit != null && connection.listener().identity() != null) {
            return new Verdict.Dropped(limit, ""); // under TLS there are no words before a handshake
        }
        return limit == null ? KNOWN : new Verdict.Refused(limit);
    }
}
