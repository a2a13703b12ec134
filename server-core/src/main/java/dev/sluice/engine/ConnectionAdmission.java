package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.transport.Closer;
import dev.sluice.wire.ResponseWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides on each socket that a listener has accepted: it becomes a connection, or is refused, counted either way.
///
/// Nothing of it is shared; whoever accepts calls it, one at a time.
final class ConnectionAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAdmission.class);

    private final Listener listener;
    private final Engine engine;
    private final Closer closer;
    private final Events events;

    ConnectionAdmission(Listener listener, Engine engine, Closer closer, Events events) {
        this.listener = listener;
        this.engine = engine;
        this.closer = closer;
        this.events = events;
    }

    /// @return null when it was refused, or is gone
    @Nullable Connection<?, ?> admit(Port port, SocketChannel accepted) {
        Arrival arrival;
        try {
            arrival = Arrival.at(port, accepted, listener.name(), listener.registry().nextId());
        } catch (IOException gone) {
            closeQuietly(accepted);
            listener.registry().refusedUnseen(listener, RefusalReason.ERROR);
            return null;
        }
        ProxyProtocol proxy = listener.config().proxyProtocol();
        if (proxy.required() && !proxy.trusts(arrival.peer())) {
            endUntrusted(arrival);
            return null;
        }
        Peer counted = proxy.required() ? null : arrival.peer();
        RefusalReason reason = listener.registry().reserve(listener, counted);
        if (reason != null) {
            refuse(accepted, arrival.peer(), reason);
            return null;
        }
        return connected(arrival, counted);
    }

    /// At once: who may not say for whom he speaks is nobody to say anything to.
    private void endUntrusted(Arrival arrival) {
        listener.registry().refusedUnseen(listener, RefusalReason.UNTRUSTED); // first, so that who sees the end finds it counted
        closeQuietly(arrival.channel());
        LOG.debug("event=untrusted-source listener={} address={} allowed=\"{}\"", listener.name(), Addresses.text(arrival.peer()),
                Rendered.text(listener.config().proxyProtocol().from()));
        events.publish(new ServerEvent.ConnectionRefused(listener.role(), arrival.peer(), RefusalReason.UNTRUSTED));
    }

    /// @param counted under whose address; null when a balancer has yet to say whose
    private @Nullable Connection<?, ?> connected(Arrival arrival, @Nullable Peer counted) {
        SocketChannel accepted = arrival.channel();
        Peer peer = arrival.peer();
        try {
            arrival.configure(listener.config().tcp());
            Connection<?, ?> connection = engine.connect(accepted, peer);
            if (counted == null) {
                connection.expectPreface();
            }
            if (engine.servesOnAcceptor()) {
                connection.admit(); // at once, so that a drain which ends the accepting knows of it
            }
            return connection;
        } catch (Throwable failed) {
            LOG.warn("event=connection-not-set-up listener={} cause={}", listener.name(), failed.toString());
            closeQuietly(accepted);
            listener.registry().refused(listener, counted, RefusalReason.ERROR);
            events.publish(new ServerEvent.ConnectionRefused(listener.role(), peer, RefusalReason.ERROR));
            return null;
        } finally {
            Thread.interrupted(); // the protocol has made a decoder
        }
    }

    /// Says so in the protocol's words, without ever waiting for the client.
    void refuse(SocketChannel accepted, Peer peer, RefusalReason reason) {
        closer.linger(accepted, words(reason), listener.config().timeouts().linger());
        events.publish(new ServerEvent.ConnectionRefused(listener.role(), peer, reason));
    }

    /// Under TLS there are none before a handshake, which is not begun for their sake.
    private ByteBuffer words(RefusalReason reason) {
        if (listener.identity() != null) {
            return ByteBuffer.allocate(0);
        }
        Refusal why = switch (reason) {
            case SERVER_LIMIT, LISTENER_LIMIT, ADDRESS_LIMIT, RATE_LIMIT -> new Refusal.TooManyConnections();
            case POOL_FULL, ERROR, UNTRUSTED -> new Refusal.Overloaded(); // the last is not said to anybody
            case DRAINING -> new Refusal.Draining();
        };
        ResponseWriter<?, ?> writer = new ResponseWriter<>(listener.endpoint().protocol());
        try {
            writer.refuse(null, why);
            return writer.words();
        } catch (RuntimeException | Error failed) {
            LOG.warn("event=refusal-failed listener={}", listener.name(), failed);
            return ByteBuffer.allocate(0);
        } finally {
            Thread.interrupted();
        }
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            LOG.debug("event=close-failed", gone);
        }
    }
}
