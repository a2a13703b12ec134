package dev.sluice.console.command;

import dev.sluice.api.Addresses;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import java.util.Locale;

/// Events in words.
final class EventText {

    private EventText() {}

    /// `listener-opened`
    static String name(ServerEvent event) {
        return event.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /// What happened, to whom. Not escaped.
    static String detail(ServerEvent event) {
        return switch (event) {
            case ServerEvent.Started(var server) -> server;
            case ServerEvent.ListenerOpened(var listener, var address) -> listener + " at " + Addresses.text(address);
            case ServerEvent.ListenerPaused(var listener) -> listener;
            case ServerEvent.ListenerResumed(var listener) -> listener;
            case ServerEvent.ListenerClosed(var listener) -> listener;
            case ServerEvent.AcceptFailed(var listener, var detail, var backOff) ->
                listener + ": " + detail + "; next try in " + Units.duration(backOff);
            case ServerEvent.ConnectionOpened(var role, var peer) -> from(peer);
            case ServerEvent.ConnectionRefused(var role, var listener, var remote, var reason) ->
                listener + " from " + Addresses.text(remote) + ": " + Cell.word(reason);
            case ServerEvent.ConnectionEnded(var role, var closed) -> "#" + closed.id() + " " + closed.listener() + " from "
                    + closed.address() + ": " + Cell.word(closed.reason()) + " " + closed.detail();
            case ServerEvent.HandlerFailed(var peer, var failure) -> from(peer) + ": " + failure;
            case ServerEvent.HandlerTimedOut(var peer, var after, var frame) ->
                from(peer) + " after " + Units.duration(after) + " at " + frame;
            case ServerEvent.PoolResized(var report) -> report.pool() + " from " + report.before() + " to " + report.now();
            case ServerEvent.Reloaded(var report) -> report.changes().size() + " changes" + (report.applied() ? "" : ", refused");
            case ServerEvent.Kicked(var kick, var report) -> report.matched() + " by " + kick.by()
                    + (kick.reason().isEmpty() ? "" : ": " + kick.reason());
            case ServerEvent.PhaseBegan(var phase) -> phase.name();
            case ServerEvent.PhaseEnded(var phase) ->
                phase.phase() + " after " + Units.duration(phase.took()) + (phase.left() == 0 ? "" : ", " + phase.left() + " left");
            case ServerEvent.DrainEnded(var report) -> ended(report);
            case ServerEvent.DrainCancelled(var report) -> "listening: " + String.join(", ", report.listening());
            case ServerEvent.Stopped(var report) -> ended(report);
        };
    }

    private static String from(Peer peer) {
        return "#" + peer.connection() + " " + peer.listener() + " from " + Addresses.text(peer.remote());
    }

    private static String ended(DrainReport report) {
        return Cell.word(report.result()) + " after " + Units.duration(report.took()) + ", " + report.victims().size() + " closed by force";
    }

    /// The connection an event tells of; 0 when it tells of none.
    static long connection(ServerEvent event) {
        return switch (event) {
            case ServerEvent.ConnectionOpened opened -> opened.peer().connection();
            case ServerEvent.ConnectionEnded ended -> ended.connection().id();
            case ServerEvent.HandlerFailed failed -> failed.peer().connection();
            case ServerEvent.HandlerTimedOut timedOut -> timedOut.peer().connection();
            case ServerEvent.Started e -> 0;
            case ServerEvent.ListenerOpened e -> 0;
            case ServerEvent.ListenerPaused e -> 0;
            case ServerEvent.ListenerResumed e -> 0;
            case ServerEvent.ListenerClosed e -> 0;
            case ServerEvent.AcceptFailed e -> 0;
            case ServerEvent.ConnectionRefused e -> 0;
            case ServerEvent.PoolResized e -> 0;
            case ServerEvent.Reloaded e -> 0;
            case ServerEvent.Kicked e -> 0;
            case ServerEvent.PhaseBegan e -> 0;
            case ServerEvent.PhaseEnded e -> 0;
            case ServerEvent.DrainEnded e -> 0;
            case ServerEvent.DrainCancelled e -> 0;
            case ServerEvent.Stopped e -> 0;
        };
    }
}
