package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.protocol.PeerTls;
import dev.sluice.protocol.Refusal;
import dev.sluice.transport.tls.NotTls;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What comes before the protocol of a connection on a loop, where something does: the PROXY header of its balancer, and TLS.
///
/// ```
///   PREFACE ─► HANDSHAKE ─► the protocol begins          either may be missing
/// ```
///
/// Confined to the loop's thread; the work that a handshake has done elsewhere comes back to it.
final class LoopOpening implements Handshake.Host {

    private final LoopConnection<?, ?> connection;
    private final LoopConduit conduit;
    /// Null before it has begun, and when it is over.
    private @Nullable Handshake handshake;

    LoopOpening(LoopConnection<?, ?> connection, LoopConduit conduit) {
        this.connection = connection;
        this.conduit = conduit;
    }

    // ---- the PROXY header ----

    /// Takes what a balancer has to say first.
    ///
    /// @param count of the bytes that are in it; −1 at the peer's end
    /// @return whether the protocol begins, or has to say that there is one connection too many
    boolean prefaced(PrefaceReader preface, ByteBuffer in, int count) throws IOException {
        return switch (preface.take(connection, in, count)) {
            case PrefaceReader.Verdict.More more -> {
                connection.state(ConnectionState.PREFACE);
                yield false;
            }
            case PrefaceReader.Verdict.Known known -> {
                connection.boundary();
                TlsIdentity identity = connection.listener().identity();
                if (identity != null) {
                    shake(identity, in);
                }
                yield identity == null;
            }
            case PrefaceReader.Verdict.Refused(CloseReason reason) -> {
                connection.conversation.refuse(null, new Refusal.TooManyConnections(), reason, "");
                yield true;
            }
            case PrefaceReader.Verdict.Dropped(CloseReason reason, String detail) -> {
                connection.drop(reason, detail);
                yield false;
            }
        };
    }

    // ---- TLS ----

    /// Agrees on TLS.
    ///
    /// @param early what has been read by now; it is TLS's
    void shake(TlsIdentity identity, ByteBuffer early) throws IOException {
        connection.handshakes();
        handshake = new Handshake(connection.channel, identity, early, connection.id(), this);
        early.limit(early.position());
        shake();
    }

    boolean shakes() {
        return handshake != null;
    }

    /// Goes on with it.
    void shake() throws IOException {
        Handshake current = handshake;
        if (current == null || connection.ended()) {
            return;
        }
        PeerTls agreement = null;
        try {
            agreement = current.advance();
        } catch (NotTls clear) {
            handshake = null;
            connection.conversation.refuse(null, Connection.NOT_TLS, CloseReason.HANDSHAKE_FAILED, String.valueOf(clear.getMessage()));
            connection.conversation.advance();
        } catch (IOException failed) {
            handshake = null;
            connection.disagreed(failed);
            conduit.linger(current.farewell());
            connection.finish(CloseReason.HANDSHAKE_FAILED, "");
        }
        if (agreement != null) {
            handshake = null;
            conduit.over(current.link());
            connection.agreed(agreement);
            connection.conversation.begin();
        }
    }

    @Override
    public void interest(int operations) {
        conduit.want(operations);
    }

    @Override
    public void goOn() {
        connection.execute(() -> {
            Handshake current = handshake;
            if (current != null) {
                current.worked();
                shake();
            }
        });
    }
}
