package dev.sluice.metrics;

import dev.sluice.api.CancelReport;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ClosedConnection;
import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainReport;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.Role;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Server events for tests.
final class Events {

    private static final InetSocketAddress ADDRESS = new InetSocketAddress(7777);

    private Events() {}

    /// One of every kind, in an order a server might tell them in.
    static List<ServerEvent> all() {
        DrainReport report = report();
        return List.of(
                new ServerEvent.ListenerOpened("web", ADDRESS),
                new ServerEvent.Started("edge"),
                new ServerEvent.ConnectionOpened(Role.TRAFFIC, peer("web")),
                new ServerEvent.ConnectionRefused(Role.TRAFFIC, peer("web"), RefusalReason.SERVER_LIMIT),
                new ServerEvent.AcceptFailed("web", "Too many open files", Duration.ofMillis(5)),
                new ServerEvent.HandlerFailed(peer("web"), new IllegalStateException("broken")),
                new ServerEvent.HandlerTimedOut(peer("web"), Duration.ofSeconds(30), "Handler.handle:12"),
                ended(Role.TRAFFIC, "web", Duration.ofSeconds(4)),
                new ServerEvent.PoolResized(new ResizeReport("workers", 8, 16, 0)),
                reloaded(true),
                reloaded(false),
                new ServerEvent.Kicked(new Kick(Kick.Mode.NOW, "root", ""), new KickReport(1, 0, 1, 0, List.of(1L))),
                new ServerEvent.ListenerPaused("web"),
                new ServerEvent.ListenerResumed("web"),
                new ServerEvent.PhaseBegan(DrainPhase.MARK),
                new ServerEvent.PhaseEnded(new DrainReport.PhaseReport(DrainPhase.MARK, Duration.ZERO, Duration.ZERO, 0)),
                new ServerEvent.DrainCancelled(new CancelReport(true, List.of("web"), List.of())),
                new ServerEvent.ListenerClosed("web", ADDRESS),
                new ServerEvent.DrainEnded(report),
                new ServerEvent.Stopped(report));
    }

    static DrainReport report() {
        return new DrainReport(DrainReport.Result.CLEAN, Duration.ofSeconds(1), List.of(), List.of(), List.of());
    }

    static ServerEvent reloaded(boolean applied) {
        return new ServerEvent.Reloaded(new ReloadReport(List.of(), applied));
    }

    static ServerEvent ended(Role role, String listener, Duration age) {
        return new ServerEvent.ConnectionEnded(role,
                new ClosedConnection(1, listener, "127.0.0.1:50000", Instant.EPOCH, age, CloseReason.PEER, "", 3, 10, 20));
    }

    static Peer peer(String listener) {
        return new Peer(1, listener, ADDRESS, ADDRESS);
    }
}
