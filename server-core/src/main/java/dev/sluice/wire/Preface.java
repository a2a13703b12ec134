package dev.sluice.wire;

import java.net.InetSocketAddress;

/// What a [PrefaceDecoder] has made of the bytes so far.
public sealed interface Preface {

    /// All bytes were taken, and more are needed.
    record Incomplete() implements Preface {}

    /// The balancer speaks for somebody.
    ///
    /// @param source      the client
    /// @param destination where the client has connected to
    record Proxied(InetSocketAddress source, InetSocketAddress destination) implements Preface {}

    /// The balancer speaks for itself, as for a look at whether we live, or for a client that it has no TCP address of.
    record Unknown() implements Preface {}

    /// It is no PROXY header.
    ///
    /// @param reason for a person; what it holds of the sender's text is printable
    record Malformed(String reason) implements Preface {}
}
