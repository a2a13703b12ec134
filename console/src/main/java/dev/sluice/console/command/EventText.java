package dev.sluice.console.command;

import dev.sluice.api.Addresses;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import java.util.List;
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
            case ServerEvent.ListenerClosed(var listener, var address) -> listener + " at " + Addresses.text(address);
            case ServerEvent.AcceptFailed(var listener, var detail, var backOff) ->
                listener + ": " + detail + "; next try in " + Units.duration(backOff);
            case ServerEvent.ConnectionOpened(var role, var peer) -> from(peer);
            case ServerEvent.ConnectionRefused(var role, var peer, var reason) ->
                peer.listener() + " from " + Addresses.text(peer) + ": " + Cell.word(reason);
            case ServerEvent.ConnectionEnded(var role, var closed) -> "#" + closed.id() + " " + closed.listener() + " from "
                    + closed.address() + ": " + Cell.word(closed.reason()) + " " + closed.detail();
            case ServerEvent.HandlerFailed(var peer, var failure) -> from(peer) + ": " + failure;
            case ServerEvent.HandlerTimedOut(var peer, var after, var frame) ->
                from(peer) + " after " + Units.duration(after) + " at " + frame;
            case ServerEvent.PoolResized(var report) -> report.pool() + " from " + report.before() + " to " + report.now();
            case ServerEvent.Reloaded(var report) -> counted(report.changes().size(), "change") + (report.applied() ? "" : ", refused");
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

    /// `1 change`, `2 changes`
    static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String from(Peer peer) {
        return "#" + peer.connection() + " " + peer.listener() + " from " + Addresses.text(peer);
    }

    private static String ended(DrainReport report) {
        return Cell.word(report.result()) + " after " + Units.duration(report.took()) + ", " + report.victims().size() + " closed by force";
    }

    /// The connections an event tells of.
    static List<Long> connections(ServerEvent event) {
        return switch (event) {
            case ServerEvent.ConnectionOpened opened -> List.of(opened.peer().connection());
            case ServerEvent.ConnectionEnded ended -> List.of(ended.connection().id());
            case ServerEvent.HandlerFailed failed -> List.of(failed.peer().connection());
            case ServerEvent.HandlerTimedOut timedOut -> List.of(timedOut.peer().connection());
            case ServerEvent.Kicked kicked -> kicked.report().ids();
            case ServerEvent.Started _, ServerEvent.Stopped _, ServerEvent.ListenerOpened _, ServerEvent.ListenerPaused _,
                    ServerEvent.ListenerResumed _, ServerEvent.ListenerClosed _, ServerEvent.AcceptFailed _,
                    ServerEvent.ConnectionRefused _, ServerEvent.PoolResized _, ServerEvent.Reloaded _, ServerEvent.PhaseBegan _,
                    ServerEvent.PhaseEnded _, ServerEvent.DrainEnded _, ServerEvent.DrainCancelled _ -> List.of();
        };
    }
}
