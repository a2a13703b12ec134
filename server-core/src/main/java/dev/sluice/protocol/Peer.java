package dev.sluice.protocol;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of a connection.
///
/// @param connection the connection's number: unique while the server runs, never used again
/// @param listener   the name of the listener that accepted it
/// @param remote     the client's address: an [java.net.InetSocketAddress], or over a Unix domain socket a [java.net.UnixDomainSocketAddress]
///                   that as a rule has no name. Behind a balancer that speaks the PROXY protocol it is the one the balancer has named
/// @param local      the address it connected to; behind a balancer, there
/// @param user       over a Unix domain socket the user and group of the client's process, as `user:group`; else empty
/// @param tls        what was agreed on by TLS; null on a plain connection
public record Peer(long connection, String listener, SocketAddress remote, SocketAddress local, String user, @Nullable PeerTls tls) {

    /// Without a user.
    public Peer(long connection, String listener, SocketAddress remote, SocketAddress local) {
        this(connection, listener, remote, local, "");
    }

    /// Of a plain connection.
    public Peer(long connection, String listener, SocketAddress remote, SocketAddress local, String user) {
        this(connection, listener, remote, local, user, null);
    }

    /// The same, with what was agreed on by TLS.
    public Peer withTls(PeerTls agreed) {
        return new Peer(connection, listener, remote, local, user, agreed);
    }
}
