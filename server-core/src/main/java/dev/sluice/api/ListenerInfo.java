package dev.sluice.api;

import java.net.InetSocketAddress;
import java.util.Map;

/// One listener, as it was when it was asked about.
///
/// @param name         as configured
/// @param role         of it
/// @param address      it is bound to, with the port the kernel chose; the last one when it is closed
/// @param protocol     it speaks
/// @param service      that answers
/// @param io           its I/O model
/// @param pool         that runs its handlers
/// @param state        of it
/// @param accepted     connections
/// @param refused      of those, by reason; every reason is present
/// @param acceptErrors failures of `accept` itself
/// @param connections  now
/// @param peak         of connections
/// @param requests     answered or refused
/// @param bytesIn      received
/// @param bytesOut     sent
/// @param serviceTime  of its requests: from the call of the handler to the encoded response
public record ListenerInfo(
        String name,
        Role role,
        InetSocketAddress address,
        String protocol,
        String service,
        String io,
        String pool,
        ListenerState state,
        long accepted,
        Map<RefusalReason, Long> refused,
        long acceptErrors,
        int connections,
        int peak,
        long requests,
        long bytesIn,
        long bytesOut,
        Latency serviceTime) {}
