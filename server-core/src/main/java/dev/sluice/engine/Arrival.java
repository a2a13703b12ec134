package dev.sluice.engine;

import dev.sluice.api.TcpConfig;
import dev.sluice.protocol.Peer;
import dev.sluice.transport.Credentials;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/// A connection that has just come out of a port: who is at its other end, and how the kernel is to treat it.
///
/// @param channel as accepted
record Arrival(SocketChannel channel, Peer peer) {

    /// Finds out who it is.
    ///
    /// @param id the connection's number
    /// @throws IOException when it is gone already
    static Arrival at(Port port, SocketChannel channel, String listener, long id) throws IOException {
        SocketAddress remote = channel.getRemoteAddress();
        SocketAddress local = channel.getLocalAddress();
        if (remote == null || local == null) {
            throw new ClosedChannelException();
        }
        if (!(remote instanceof UnixDomainSocketAddress)) {
            return new Arrival(channel, new Peer(id, listener, remote, local));
        }
        return new Arrival(channel, new Peer(id, listener, remote, port.bound(), Credentials.user(channel)));
    }

    /// Gives the socket its options, as far as it has them: those of TCP.
    void configure(TcpConfig tcp) throws IOException {
        if (!(peer.remote() instanceof UnixDomainSocketAddress)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, tcp.noDelay());
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, tcp.keepAlive());
        }
    }
}
