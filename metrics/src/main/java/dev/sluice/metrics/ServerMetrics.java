package dev.sluice.metrics;

import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/// The meters of one server, as [SluiceMeter] documents them. Made before the server, which is given it as listener and as probe
/// factory, and shown the running server afterwards:
///
/// ```
/// var metrics = new ServerMetrics(registry);
/// // start the server with metrics as its listener and as its probe factory
/// metrics.observe(control);
/// // once the server has stopped
/// metrics.close();
/// ```
/// Safe from any thread; its own lock guards the changes of its fields, which are volatile for those who read. Two servers that share a
/// registry need tags that tell them apart.
public final class ServerMetrics implements MeterBinder, ServerListener, RequestProbe.Factory, AutoCloseable {

    private final Tags extra;
    private @Nullable MeterSet meters;
    private boolean observing;
    private volatile @Nullable EventMeters events;

    /// Bound to no registry yet, for those who call [#bindTo] (as frameworks do).
    public ServerMetrics() {
        extra = Tags.empty();
    }

    /// Bound to a registry.
    public ServerMetrics(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /// Bound to a registry, with these tags on every meter on top of its own.
    public ServerMetrics(MeterRegistry registry, Iterable<Tag> extra) {
        this.extra = Tags.of(extra);
        bindTo(registry);
    }

    /// Registers what events and requests move; must come before the server starts.
    ///
    /// @throws IllegalStateException when it is bound already; several registries are one `CompositeMeterRegistry`
    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        if (meters != null) {
            throw new IllegalStateException("these metrics are bound already");
        }
        meters = new MeterSet(registry, extra);
        events = new EventMeters(meters);
    }

    /// Registers what is read from the running server, for the traffic listeners, pools and loops it has now. Its figures come from
    /// one snapshot for all meters, taken when it is asked for and 100 ms old at most, by the registry's clock.
    ///
    /// @throws IllegalStateException when it is not bound, or observes a server already
    public synchronized void observe(ServerControl control) {
        MeterSet bound = meters;
        if (bound == null || observing) {
            throw new IllegalStateException(bound == null ? "bind these metrics to a registry first" : "these metrics observe a server");
        }
        observing = true;
        Snapshots snapshots = new Snapshots(control, bound.registry().config().clock());
        new ControlMeters(bound, snapshots).register(control.config().name());
    }

    /// The probe of a listener, with every meter resolved. Admin listeners are not measured.
    ///
    /// @throws IllegalStateException when it is not bound, or closed
    @Override
    public RequestProbe of(String listener, Role role, String protocol) {
        EventMeters bound = events;
        if (bound == null) {
            throw new IllegalStateException("bind these metrics to a registry first");
        }
        return switch (role) {
            case TRAFFIC -> bound.traffic(listener);
            case ADMIN -> {
                bound.exclude(listener);
                yield RequestProbe.NONE;
            }
        };
    }

    /// Counts an event; before it is bound, and once it is closed, nothing.
    @Override
    public void on(ServerEvent event) {
        EventMeters bound = events;
        if (bound != null) {
            bound.on(event);
        }
    }

    /// Takes all its meters out of the registry. Probes that are still held count on unseen.
    @Override
    public synchronized void close() {
        events = null;
        MeterSet bound = meters;
        if (bound != null) {
            bound.close();
        }
    }
}
