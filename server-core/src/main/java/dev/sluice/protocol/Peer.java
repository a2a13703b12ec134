package dev.sluice.protocol;

import java.net.InetSocketAddress;

/// Who is at the other end of a connection.
///
/// @param connection the connection's number: unique while the server runs, never used again
/// @param listener   the name of the listener that accepted it
/// @param remote     the client's address
/// @param local      the address it connected to
public record Peer(long connection, String listener, InetSocketAddress remote, InetSocketAddress local) {}
