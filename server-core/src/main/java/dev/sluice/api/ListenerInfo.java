package dev.sluice.api;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/// One listener, as it was when it was asked about.
///
/// @param name         as configured
/// @param role         of it
/// @param bind         the addresses it is bound to, with the ports the kernel chose; the last ones when it is closed
/// @param protocol     it speaks
/// @param service      that answers
/// @param io           its I/O model
/// @param pool         that runs its handlers
/// @param state        of it
/// @param accepted     connections
/// @param refused      of those, by reason; every reason is present
/// @param acceptErrors failures of `accept` itself
/// @param connections  now, with those that are retiring
/// @param retiring     connections that were accepted before it was changed, and drain on the old terms
/// @param peak         of connections
/// @param requests     answered or refused
/// @param bytesIn      received
/// @param bytesOut     sent
/// @param serviceTime  of its requests: as [RequestProbe] is told
/// @param certificates that its clients are shown, the first by default; none when it speaks in the clear
public record ListenerInfo(
        String name,
        Role role,
        List<SocketAddress> bind,
        String protocol,
        String service,
        String io,
        String pool,
        ListenerState state,
        long accepted,
        Map<RefusalReason, Long> refused,
        long acceptErrors,
        int connections,
        int retiring,
        int peak,
        long requests,
        long bytesIn,
        long bytesOut,
        Latency serviceTime,
        List<CertificateInfo> certificates) {

    /// The first of its TCP addresses.
    ///
    /// @throws java.util.NoSuchElementException when it has none
    public InetSocketAddress address() {
        return bind.stream().filter(InetSocketAddress.class::isInstance).map(InetSocketAddress.class::cast).findFirst().orElseThrow();
    }
}
