package dev.sluice.metrics;

import dev.sluice.api.RequestProbe;
import dev.sluice.protocol.Outcome;
import java.util.function.Supplier;

/// Moves the meters of one listener, which it looks up once: when it is made, and again only if they have been taken away, which happens
/// when the last of a listener is gone while another one of its name is about to come.
///
/// Shared: the meters are in a volatile field, and whoever finds them closed replaces them.
final class ListenerProbe implements RequestProbe {

    private final Supplier<ListenerMeters> registered;
    private volatile ListenerMeters meters;

    /// @param registered the meters of the listener, which are in the registry
    ListenerProbe(Supplier<ListenerMeters> registered) {
        this.registered = registered;
        this.meters = registered.get();
    }

    @Override
    public void ended(Outcome outcome, long queueWait, long serviceTime) {
        ListenerMeters now = meters;
        if (now.closed()) {
            now = registered.get();
            meters = now;
        }
        now.ended(outcome, queueWait, serviceTime);
    }
}
