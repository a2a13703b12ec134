package dev.sluice.metrics;

import dev.sluice.api.DrainPhase;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.api.ServerEvent;
import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The meters that events and requests move. Shared: its map is concurrent, and the phase is a volatile field.
final class EventMeters {

    private final MeterSet meters;
    private final Map<String, ListenerMeters> traffic = new ConcurrentHashMap<>();
    private final Counter reloadsApplied;
    private final Counter reloadsRefused;
    private volatile int phase;

    EventMeters(MeterSet meters) {
        this.meters = meters;
        reloadsApplied = meters.counter(SluiceMeter.CONFIG_RELOADS, "applied");
        reloadsRefused = meters.counter(SluiceMeter.CONFIG_RELOADS, "refused");
        meters.gauge(SluiceMeter.DRAIN_PHASE, () -> phase);
    }

    /// A probe that moves the meters of a traffic listener. Those of the listeners that follow one another under a name move the same.
    RequestProbe probe(String listener) {
        return new ListenerProbe(() -> meters(listener));
    }

    private ListenerMeters meters(String listener) {
        return traffic.computeIfAbsent(listener, name -> meters.part(own -> new ListenerMeters(own, name)));
    }

    /// The names of the listeners that have meters here.
    Set<String> traffic() {
        return traffic.keySet();
    }

    /// Registers the meters of these listeners, and takes those of others away. One that is about to come, or that has been forgotten too
    /// early, has them again with the next request.
    void follow(Set<String> listeners) {
        listeners.forEach(this::meters);
        traffic.keySet().forEach(name -> traffic.computeIfPresent(name, (same, known) -> {
            if (listeners.contains(name)) {
                return known;
            }
            known.close();
            return null;
        }));
    }

    /// Counts an event. One about a listener that has no meters is not counted: it is an admin listener, or gone.
    void on(ServerEvent event) {
        switch (event) {
            case ServerEvent.ConnectionEnded(Role role, var connection) -> {
                if (role == Role.TRAFFIC) {
                    ifMeasured(connection.listener(), listener -> listener.connectionEnded(connection.age()));
                }
            }
            case ServerEvent.HandlerFailed(var peer, _) -> ifMeasured(peer.listener(), ListenerMeters::handlerFailed);
            case ServerEvent.HandlerTimedOut(var peer, _, _) -> ifMeasured(peer.listener(), ListenerMeters::handlerTimedOut);
            case ServerEvent.Reloaded(var report) -> (report.applied() ? reloadsApplied : reloadsRefused).increment();
            case ServerEvent.PhaseBegan(DrainPhase began) -> phase = began.ordinal() + 1;
            case ServerEvent.DrainEnded _, ServerEvent.DrainCancelled _, ServerEvent.Stopped _ -> phase = 0;
            // The rest is read from the server's own totals, so that a scrape sees them in one consistent snapshot.
            case ServerEvent.Started _, ServerEvent.ListenerOpened _, ServerEvent.ListenerPaused _, ServerEvent.ListenerResumed _,
                    ServerEvent.ListenerClosed _, ServerEvent.AcceptFailed _, ServerEvent.ConnectionOpened _,
                    ServerEvent.ConnectionRefused _, ServerEvent.PoolResized _, ServerEvent.Kicked _, ServerEvent.PhaseEnded _ -> { }
        }
    }

    private void ifMeasured(String listener, Consumer<ListenerMeters> then) {
        ListenerMeters known = traffic.get(listener);
        if (known != null) {
            then.accept(known);
        }
    }
}
