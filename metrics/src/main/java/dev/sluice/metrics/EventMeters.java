package dev.sluice.metrics;

import dev.sluice.api.DrainPhase;
import dev.sluice.api.Role;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The meters that events and requests move. Shared: its maps are concurrent, and the phase is a volatile field.
final class EventMeters {

    private final MeterSet meters;
    private final Map<String, ListenerMeters> traffic = new ConcurrentHashMap<>();
    private final Set<String> admin = ConcurrentHashMap.newKeySet();
    private final Counter reloadsApplied;
    private final Counter reloadsRefused;
    private volatile int phase;

    EventMeters(MeterSet meters) {
        this.meters = meters;
        reloadsApplied = meters.counter(SluiceMeter.CONFIG_RELOADS, "applied");
        reloadsRefused = meters.counter(SluiceMeter.CONFIG_RELOADS, "refused");
        meters.gauge(SluiceMeter.DRAIN_PHASE, () -> phase);
    }

    /// The meters of a traffic listener.
    ListenerMeters traffic(String listener) {
        return traffic.computeIfAbsent(listener, name -> new ListenerMeters(meters, name));
    }

    /// This listener is not to be measured.
    void exclude(String listener) {
        admin.add(listener);
    }

    void on(ServerEvent event) {
        switch (event) {
            case ServerEvent.ConnectionEnded(Role role, var connection) -> {
                if (role == Role.TRAFFIC) {
                    traffic(connection.listener()).connectionEnded(connection.age());
                }
            }
            case ServerEvent.HandlerFailed(Peer peer, _) -> ifTraffic(peer, ListenerMeters::handlerFailed);
            case ServerEvent.HandlerTimedOut(Peer peer, _, _) -> ifTraffic(peer, ListenerMeters::handlerTimedOut);
            case ServerEvent.Reloaded(var report) -> (report.applied() ? reloadsApplied : reloadsRefused).increment();
            case ServerEvent.PhaseBegan(DrainPhase began) -> phase = began.ordinal() + 1;
            case ServerEvent.DrainEnded _, ServerEvent.DrainCancelled _, ServerEvent.Stopped _ -> phase = 0;
            // The rest is read from the server's own totals, so that a scrape sees them in one consistent snapshot.
            case ServerEvent.Started _, ServerEvent.ListenerOpened _, ServerEvent.ListenerPaused _, ServerEvent.ListenerResumed _,
                    ServerEvent.ListenerClosed _, ServerEvent.AcceptFailed _, ServerEvent.ConnectionOpened _,
                    ServerEvent.ConnectionRefused _, ServerEvent.PoolResized _, ServerEvent.Kicked _, ServerEvent.PhaseEnded _ -> { }
        }
    }

    private void ifTraffic(Peer peer, Consumer<ListenerMeters> then) {
        if (!admin.contains(peer.listener())) {
            then.accept(traffic(peer.listener()));
        }
    }
}
