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
/// Safe from any thread; its own lock guards the changes of its fields, which are volatile for those who read, and the registry is not
/// called under it. Two servers that share a registry need tags that tell them apart.
public final class ServerMetrics implements MeterBinder, ServerListener, RequestProbe.Factory, AutoCloseable {

    private final Tags extra;
    private @Nullable MeterSet meters;
    private volatile @Nullable EventMeters events;
    private volatile @Nullable Following following;

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
    public void bindTo(MeterRegistry registry) {
        MeterSet bound = new MeterSet(registry, extra);
        synchronized (this) {
            if (meters != null) {
                throw new IllegalStateException("these metrics are bound already");
            }
            meters = bound;
        }
        events = new EventMeters(bound);
    }

    /// Registers what is read from the running server. Its figures come from one snapshot for all meters, taken when it is asked for and
    /// 100 ms old at most, by the registry's clock.
    ///
    /// Listeners, pools and loops that come later have their meters as soon as the change of configuration has been told of. The meters
    /// of what goes are taken away when nothing of it is left: at the next scrape after its last connection has ended, or at the next
    /// change. A listener that is replaced under its name keeps its meters, and what they count goes on.
    ///
    /// @throws IllegalStateException when it is not bound, or observes a server already
    public void observe(ServerControl control) {
        begun(control).begin(control.config().name());
    }

    private synchronized Following begun(ServerControl control) {
        MeterSet bound = meters;
        EventMeters moved = events;
        if (bound == null || moved == null || following != null) {
            throw new IllegalStateException(
                    following == null ? "bind these metrics to a registry first" : "these metrics observe a server");
        }
        Following begun = new Following(bound, new Snapshots(control, bound.registry().config().clock()), moved);
        following = begun;
        return begun;
    }

    /// The probe of a listener, with every meter resolved; of each that follows under its name another one, for the same meters. Admin
    /// listeners are not measured.
    ///
    /// @throws IllegalStateException when it is not bound, or closed
    @Override
    public RequestProbe of(String listener, Role role, String protocol) {
        EventMeters bound = events;
        if (bound == null) {
            throw new IllegalStateException("bind these metrics to a registry first");
        }
        return switch (role) {
            case TRAFFIC -> bound.probe(listener);
            case ADMIN -> RequestProbe.NONE;
        };
    }

    /// Counts an event, and after a change of configuration looks for what has come and gone; before it is bound, and once it is closed,
    /// nothing.
    @Override
    public void on(ServerEvent event) {
        EventMeters bound = events;
        Following observed = following;
        if (bound == null) {
            return;
        }
        bound.on(event);
        if (event instanceof ServerEvent.Reloaded && observed != null) {
            observed.look();
        }
    }

    /// Takes all its meters out of the registry. Probes that are still held count on unseen.
    @Override
    public void close() {
        MeterSet bound;
        synchronized (this) {
            events = null;
            bound = meters;
        }
        if (bound != null) {
            bound.close();
        }
    }
}
