package dev.sluice.protocol;

import java.net.SocketAddress;

/// Who is at the other end of a connection.
///
/// @param connection the connection's number: unique while the server runs, never used again
/// @param listener   the name of the listener that accepted it
/// @param remote     the client's address: an [java.net.InetSocketAddress], or over a Unix domain socket a [java.net.UnixDomainSocketAddress]
///                   that as a rule has no name. Behind a balancer that speaks the PROXY protocol it is the one the balancer has named
/// @param local      the address it connected to; behind a balancer, there
/// @param user       over a Unix domain socket the user and group of the client's process, as `user:group`; else empty
public record Peer(long connection, String listener, SocketAddress remote, SocketAddress local, String user) {

    /// Without a user.
    public Peer(long connection, String listener, SocketAddress remote, SocketAddress local) {
        this(connection, listener, remote, local, "");
    }
}
