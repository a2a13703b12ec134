package dev.sluice.api;

import java.time.Duration;

/// One connection, as it was when it was asked about.
///
/// @param id       its number: never used again
/// @param listener that accepted it
/// @param address  of the client; over a Unix domain socket `unix:` and its user
/// @param state    what it does
/// @param age      since it was accepted
/// @param idle     since its last byte in or out
/// @param queueWait how long it, or its last request, waited for a permit
/// @param requests it has made
/// @param bytesIn  received
/// @param bytesOut sent
/// @param pending  bytes of responses that are not yet sent, what is left of files included; what a source still holds is not known
/// @param thread   the name of the thread that serves it now; empty when there is none
/// @param op       the current or last request, as its protocol describes it; not escaped
/// @param opAge    since that request was decoded; zero when there was none
public record ConnectionInfo(
        long id,
        String listener,
        String address,
        ConnectionState state,
        Duration age,
        Duration idle,
        Duration queueWait,
        long requests,
        long bytesIn,
        long bytesOut,
        long pending,
        String thread,
        String op,
        Duration opAge) {}
