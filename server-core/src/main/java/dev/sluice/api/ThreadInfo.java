package dev.sluice.api;

import java.time.Duration;

/// One thread of the server's, virtual ones included.
///
/// @param name       of it
/// @param kind       acceptor, loop, receiver, sender, worker, reaper, closer, access-log
/// @param virtual    whether it is
/// @param state      of it
/// @param connection it serves; 0 when none
/// @param op         the request it serves; empty when none; not escaped
/// @param opAge      of that request
/// @param frame      its innermost line of code
public record ThreadInfo(
        String name, String kind, boolean virtual, Thread.State state, long connection, String op, Duration opAge, String frame) {}
