package dev.sluice.api;

import dev.sluice.protocol.Peer;
import java.net.SocketAddress;
import java.time.Duration;

/// What is rare: never once per request.
public sealed interface ServerEvent {

    /// The server accepts connections.
    record Started(String server) implements ServerEvent {}

    /// An address is bound.
    record ListenerOpened(String listener, SocketAddress address) implements ServerEvent {}

    record ListenerPaused(String listener) implements ServerEvent {}

    record ListenerResumed(String listener) implements ServerEvent {}

    /// An address is bound no more.
    record ListenerClosed(String listener, SocketAddress address) implements ServerEvent {}

    /// `accept` failed. One event for a burst of failures.
    ///
    /// @param detail  what the kernel said
    /// @param backOff until the next try
    record AcceptFailed(String listener, String detail, Duration backOff) implements ServerEvent {}

    record ConnectionOpened(Role role, Peer peer) implements ServerEvent {}

    record ConnectionRefused(Role role, Peer peer, RefusalReason reason) implements ServerEvent {}

    record ConnectionEnded(Role role, ClosedConnection connection) implements ServerEvent {}

    /// A handler, codec or source threw.
    record HandlerFailed(Peer peer, Throwable failure) implements ServerEvent {}

    /// A handler met its deadline.
    record HandlerTimedOut(Peer peer, Duration after, String frame) implements ServerEvent {}

    record PoolResized(ResizeReport report) implements ServerEvent {}

    /// A change of configuration was applied, or refused.
    record Reloaded(ReloadReport report) implements ServerEvent {}

    record Kicked(Kick kick, KickReport report) implements ServerEvent {}

    record PhaseBegan(DrainPhase phase) implements ServerEvent {}

    record PhaseEnded(DrainReport.PhaseReport report) implements ServerEvent {}

    record DrainEnded(DrainReport report) implements ServerEvent {}

    record DrainCancelled(CancelReport report) implements ServerEvent {}

    /// Nothing of the server is left.
    record Stopped(DrainReport report) implements ServerEvent {}
}
