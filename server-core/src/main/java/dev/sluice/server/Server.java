package dev.sluice.server;

import dev.sluice.api.CancelReport;
import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import dev.sluice.api.ExchangeListener;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.Recent;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ResizeReport;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerListener;
import dev.sluice.api.ServerState;
import dev.sluice.api.ServerStats;
import dev.sluice.api.ThreadInfo;
import dev.sluice.drain.Drainer;
import dev.sluice.drain.Site;
import dev.sluice.engine.Connection;
import dev.sluice.engine.Listener;
import dev.sluice.engine.ListenerFactory;
import dev.sluice.engine.Rates;
import dev.sluice.engine.Security;
import dev.sluice.pool.Gate;
import dev.sluice.pool.LatencyWindow;
import dev.sluice.reload.ConfigDiff;
import dev.sluice.reload.Reconfiguration;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A running server: bound and accepting from the moment `start` returns until it is drained and stopped. It is not started twice.
///
/// Safe from any thread. `configuring` guards the configuration; it may be taken while the drainer's lock is held, never the other way round.
/// `applying` comes before both, and lets one application of a configuration wait for another; a drain does not.
public final class Server implements ServerControl, AutoCloseable {

    private final Site site;
    private final ListenerFactory factory;
    private final Rates rates;
    private final Drainer drainer;
    private final Instant startedAt = Instant.now();
    private final long startedNanos = System.nanoTime();
    private final ReentrantLock applying = new ReentrantLock();
    private final ReentrantLock configuring = new ReentrantLock();
    private volatile ServerConfig config;
    private volatile long generation = 1;

    private Server(ServerConfig config, Assembly assembly) {
        this.config = config;
        this.site = assembly.site();
        this.factory = assembly.factory();
        this.rates = assembly.rates();
        this.drainer = new Drainer(site, config.drain(), System::nanoTime);
    }

    /// What would keep listeners from speaking TLS, each with its listener, its file and what is allowed. Reads the files, and starts nothing.
    public static List<String> unusableCertificates(ServerConfig config) {
        List<String> unusable = new ArrayList<>();
        Instant now = Instant.now();
        config.listeners().forEach((name, listener) -> {
            try {
                Security.load(name, listener, now);
            } catch (IOException failed) {
                unusable.add(String.valueOf(failed.getMessage()));
            }
        });
        return List.copyOf(unusable);
    }

    /// Starts a server that nobody is told about.
    ///
    /// @return bound and accepting
    /// @throws IOException              when an address cannot be had; then nothing is left behind
    /// @throws IllegalArgumentException when there is no listener, or an executor of the user's own cannot be had
    public static Server start(ServerConfig config) throws IOException {
        return start(config, List.of(), RequestProbe.Factory.NONE);
    }

    /// Starts a server.
    ///
    /// @param listeners are told what is rare
    /// @param probes    are told of each request
    /// @return bound and accepting
    /// @throws IOException              when an address cannot be had; then nothing is left behind
    /// @throws IllegalArgumentException when there is no listener, or an executor of the user's own cannot be had
    public static Server start(ServerConfig config, List<? extends ServerListener> listeners, RequestProbe.Factory probes) throws IOException {
        return start(config, listeners, probes, ExchangeListener.NONE);
    }

    /// Starts a server.
    ///
    /// @param listeners are told what is rare
    /// @param probes    are told of each request, in numbers
    /// @param exchanges is told of each request, in words
    /// @return bound and accepting
    /// @throws IOException              when an address cannot be had; then nothing is left behind
    /// @throws IllegalArgumentException when there is no listener, or an executor of the user's own cannot be had
    public static Server start(ServerConfig config, List<? extends ServerListener> listeners, RequestProbe.Factory probes,
            ExchangeListener exchanges) throws IOException {
        return start(config, listeners, probes, exchanges, SelectorProvider.provider());
    }

    /// With channels and selectors of the caller's.
    static Server start(ServerConfig config, List<? extends ServerListener> listeners, RequestProbe.Factory probes, SelectorProvider provider)
            throws IOException {
        return start(config, listeners, probes, ExchangeListener.NONE, provider);
    }

    private static Server start(ServerConfig config, List<? extends ServerListener> listeners, RequestProbe.Factory probes,
            ExchangeListener exchanges, SelectorProvider provider) throws IOException {
        if (config.listeners().isEmpty()) {
            throw new IllegalArgumentException("the server has no listeners, but needs at least one");
        }
        Assembly assembly = Assembly.of(config, List.copyOf(listeners), probes, exchanges, provider);
        Server server = new Server(config, assembly);
        assembly.start();
        server.site.events().publish(new ServerEvent.Started(config.name()));
        return server;
    }

    // ---- what is seen ----

    @Override
    public ServerState state() {
        return drainer.state();
    }

    @Override
    public ServerConfig config() {
        return config;
    }

    @Override
    public ServerStats stats() {
        var account = site.clients().account();
        List<LatencyWindow> waits = site.pools().stream().map(Gate::queueWait).toList();
        List<LatencyWindow> services = site.roster().configured(Role.TRAFFIC).stream().map(Listener::serviceTime).toList();
        Duration oldest = site.pools().stream().map(Gate::oldestWaiting).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
        return new ServerStats(startedAt, Duration.ofNanos(System.nanoTime() - startedNanos),
                account.accepted(), account.admitted(), account.refused(), account.closed(),
                account.connections(), account.peak(), account.limit(), account.requests(),
                site.clients().failures(), inFlight(), site.pools().stream().mapToInt(Gate::waiting).sum(), oldest,
                rates.last(), rates.minute(), rates.peak(), LatencyWindow.merged(services), LatencyWindow.merged(waits),
                account.bytesIn(), account.bytesOut(), generation);
    }

    private int inFlight() {
        return (int) site.clients().living().stream()
                .filter(connection -> connection.state() == ConnectionState.HANDLING || connection.state() == ConnectionState.WRITING)
                .count();
    }

    @Override
    public long accessLogDropped() {
        return site.events().journal().dropped();
    }

    @Override
    public Recent recent() {
        return site.events().recent();
    }

    @Override
    public List<ListenerInfo> listeners() {
        return site.roster().shown().stream().map(Listener::info).toList();
    }

    /// Those that are leaving included.
    private Stream<Listener> all() {
        return Stream.concat(site.traffic().stream(), site.admin().stream());
    }

    private Map<String, Listener> configured() {
        return site.roster().now().listeners();
    }

    @Override
    public List<PoolInfo> pools() {
        return site.roster().pools().stream().map(Gate::info).toList();
    }

    @Override
    public List<ConnectionInfo> connections() {
        long now = System.nanoTime();
        return site.clients().living().stream()
                .map(connection -> connection.info(now))
                .sorted(Comparator.comparingLong(ConnectionInfo::id))
                .toList();
    }

    @Override
    public Optional<ConnectionDetail> connection(long id) {
        return Optional.<Connection<?, ?>>ofNullable(site.clients().find(id)).map(connection -> connection.detail(System.nanoTime()));
    }

    @Override
    public List<ThreadInfo> threads() {
        List<ThreadInfo> threads = new ArrayList<>();
        all().forEach(listener -> listener.eachThread((kind, thread) -> add(threads, kind, thread)));
        site.roster().pools().forEach(pool -> pool.living().forEach(thread -> add(threads, "worker", thread)));
        add(threads, "reaper", site.reaper().thread());
        add(threads, "closer", site.closer().thread());
        Thread writer = site.events().journal().writer();
        if (writer != null) {
            add(threads, "access-log", writer);
        }
        return List.copyOf(threads);
    }

    private void add(List<ThreadInfo> threads, String kind, Thread thread) {
        if (!thread.isAlive()) {
            return;
        }
        ConnectionInfo served = served(thread);
        String frame = Arrays.stream(thread.getStackTrace()).findFirst().map(StackTraceElement::toString).orElse("");
        threads.add(new ThreadInfo(thread.getName(), kind, thread.isVirtual(), thread.getState(), served == null ? 0 : served.id(),
                served == null ? "" : served.op(), served == null ? Duration.ZERO : served.opAge(), frame));
    }

    private @Nullable ConnectionInfo served(Thread thread) {
        for (Connection<?, ?> connection : site.clients().living()) {
            if (connection.serves(thread)) {
                return connection.info(System.nanoTime());
            }
        }
        return null;
    }

    @Override
    public List<LoopInfo> loops() {
        return all().flatMap(listener -> listener.loops().stream()).toList();
    }

    // ---- what is done ----

    @Override
    public KickReport kick(Predicate<? super ConnectionInfo> who, Kick how) {
        int closed = 0;
        int asked = 0;
        int skipped = 0;
        List<Long> ids = new ArrayList<>();
        for (Connection<?, ?> connection : clients(who)) {
            ids.add(connection.id());
            if (connection.state() == ConnectionState.CLOSING) {
                skipped++;
            } else if (connection.kick(how)) {
                closed++;
            } else {
                asked++;
            }
        }
        KickReport report = new KickReport(ids.size(), asked, closed, skipped, List.copyOf(ids));
        site.events().publish(new ServerEvent.Kicked(how, report));
        return report;
    }

    /// In the order of their ids.
    private List<? extends Connection<?, ?>> clients(Predicate<? super ConnectionInfo> who) {
        long now = System.nanoTime();
        return site.clients().living().stream().filter(connection -> who.test(connection.info(now)))
                .sorted(Comparator.comparingLong(Connection::id)).toList();
    }

    @Override
    public ResizeReport resize(String pool, int size) {
        ResizeReport report;
        List<Runnable> rest = new ArrayList<>();
        configuring.lock();
        try {
            Map<String, Gate> pools = site.roster().now().pools();
            Gate gate = pools.get(pool);
            PoolConfig before = config.pools().get(pool);
            if (gate == null || before == null) {
                throw new IllegalArgumentException("there is no pool " + pool + "; the pools are " + pools.keySet());
            }
            PoolConfig next = before.withSize(size);
            report = gate.resize(size, rest::add);
            config = config.withPool(pool, next);
            generation++;
        } finally {
            configuring.unlock();
        }
        rest.forEach(Runnable::run);
        site.events().publish(new ServerEvent.PoolResized(report));
        return report;
    }

    @Override
    public void pause(String listener) {
        configuring.lock(); // so that a successor knows of it
        try {
            accepting(listener).pause();
        } finally {
            configuring.unlock();
        }
        site.events().publish(new ServerEvent.ListenerPaused(listener));
    }

    @Override
    public void resume(String listener) {
        if (!resumed(listener)) {
            drainer.whileRunning(() -> reopen(listener));
        }
        site.events().publish(new ServerEvent.ListenerResumed(listener));
    }

    /// @return false when it is closed
    private boolean resumed(String name) {
        configuring.lock();
        try {
            Listener listener = configured().get(name);
            boolean closed = listener != null && listener.state() == ListenerState.CLOSED;
            if (!closed) {
                accepting(name).resume();
            }
            return !closed;
        } finally {
            configuring.unlock();
        }
    }

    /// One that could not be bound again when a drain was cancelled, if it is still closed, and still there: no change is made meanwhile.
    private void reopen(String name) {
        if (resumed(name)) {
            return;
        }
        Listener closed = Objects.requireNonNull(configured().get(name));
        try {
            closed.reopen();
        } catch (IOException taken) {
            throw new IllegalStateException("listener " + closed.name() + " cannot be bound again: " + taken.getMessage(), taken);
        }
    }

    private Listener accepting(String name) {
        Listener listener = configured().get(name);
        if (listener == null) {
            throw new IllegalArgumentException("there is no listener " + name + "; the listeners are " + configured().keySet());
        }
        ListenerState state = listener.state();
        if (state != ListenerState.LISTENING && state != ListenerState.PAUSED) {
            throw new IllegalStateException("listener " + name + " is " + state.name().toLowerCase(Locale.ROOT));
        }
        return listener;
    }

    @Override
    public ReloadReport plan(ServerConfig next) {
        return ConfigDiff.plan(config, next);
    }

    @Override
    public ReloadReport apply(ServerConfig next) {
        ReloadReport report;
        applying.lock();
        try {
            report = applied(next);
            configured().values().forEach(listener -> listener.lookAtCertificates(true));
        } finally {
            applying.unlock();
        }
        if (!report.changes().isEmpty()) {
            site.events().publish(new ServerEvent.Reloaded(report));
        }
        return report;
    }

    /// What may fail, and calls foreign code, is done before any lock is taken that a drain needs; if a drain came and was cancelled meanwhile, it is done again.
    private ReloadReport applied(ServerConfig next) {
        drainer.whileRunning(() -> {});
        ReloadReport plan = plan(next);
        AtomicReference<@Nullable ReloadReport> report = new AtomicReference<>();
        while (report.get() == null) {
            if (plan.refused() || plan.changes().isEmpty()) {
                return plan.refused() ? plan : plan.carriedOut();
            }
            try (Reconfiguration prepared = Reconfiguration.prepare(next, site.roster(), factory)) {
                drainer.whileRunning(() -> report.set(committed(next, prepared)));
            } catch (Reconfiguration.Impossible impossible) {
                return plan.refusedFor(impossible.key(), String.valueOf(impossible.getMessage()));
            }
        }
        return Objects.requireNonNull(report.get());
    }

    /// @return null when it does not fit any more
    private @Nullable ReloadReport committed(ServerConfig next, Reconfiguration prepared) {
        configuring.lock();
        try {
            if (!prepared.fits()) {
                return null;
            }
            ReloadReport plan = ConfigDiff.plan(config, next); // a pool may have been resized since
            prepared.commit(System.nanoTime());
            site.clients().limits(next.limits());
            config = next;
            generation++;
            return plan.carriedOut();
        } finally {
            configuring.unlock();
        }
    }

    // ---- how it ends ----

    @Override
    public DrainReport drain(DrainConfig policy) throws InterruptedException {
        return drainer.drain(policy, false);
    }

    @Override
    public DrainProgress drainProgress() {
        return drainer.progress();
    }

    @Override
    public CancelReport cancelDrain() {
        return drainer.cancel();
    }

    @Override
    public void forceDrain() {
        drainer.hurry();
    }

    @Override
    public DrainReport shutdown(DrainConfig policy) throws InterruptedException {
        return drainer.drain(policy, true);
    }

    @Override
    public void awaitStopped() throws InterruptedException {
        drainer.awaitStopped();
    }

    /// Shuts down with the configured budgets, and waits. When this thread is interrupted meanwhile, the shutdown hurries, and the flag is set again.
    @Override
    public void close() {
        boolean interrupted = false;
        boolean stopped = false;
        while (!stopped) {
            try {
                drainer.drain(config.drain(), true);
                stopped = true;
            } catch (InterruptedException hurry) {
                interrupted = true;
                drainer.hurry();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
