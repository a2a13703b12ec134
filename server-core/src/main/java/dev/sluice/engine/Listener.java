package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.api.TcpConfig;
import dev.sluice.pool.Gate;
import dev.sluice.pool.LatencyWindow;
import dev.sluice.protocol.Outcome;
import dev.sluice.transport.Closer;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One listener: its acceptor, its engine, what its connections serve and on what terms, and where they are accounted for.
///
/// When its address, service, model or pool changes, another one succeeds it: the sockets of the addresses that stay are handed over, and this one leaves,
/// which is a drain of its connections on the terms they were accepted under. Both share one account.
///
/// ```
///  opened ─► LISTENING ⇄ PAUSED ─► DRAINING ─► CLOSED ─► (a drain is cancelled) LISTENING
///     │           └── a successor starts, or its name is gone: leaving ─► its last connection ended ─► gone
///     └── abort
/// ```
///
/// The configuration is replaced as a whole by whoever applies one, the acceptor by the drainer alone, and the tally is guarded by the registry's lock. What
/// its ports are changes with the server's configuration, one change at a time.
public final class Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Duration TO_END = Duration.ofSeconds(2);

    private final String name;
    private final ConnectionRegistry registry;
    private final @Nullable Gate gate;
    private final RequestProbe probe;
    private final LatencyWindow serviceTime;
    private final Shared shared;
    private final Telling telling;
    private final Engine engine;
    private final Security security;
    final Tally tally;
    private final Ports ports;
    private volatile ListenerConfig config;
    private volatile Terms terms;
    /// By the server's clock.
    private final Endpoint<?, ?> endpoint;
    private volatile Acceptor acceptor;
    /// Whom it succeeds, until it has started.
    private @Nullable Listener predecessor;
    private volatile boolean leaving;
    private volatile long leavingSince;

    /// What all listeners of a server share.
    ///
    /// @param provider makes channels and selectors
    /// @param spools   takes what is too large for memory
    /// @param ticks    tell the time, roughly
    public record Shared(Closer closer, Events events, SelectorProvider provider, SpoolFolder spools, Ticks ticks) {}

    private Listener(String name, ListenerConfig config, ConnectionRegistry registry, @Nullable Gate gate, RequestProbe probe, Shared shared,
            @Nullable Listener before) throws IOException {
        this.name = name;
        this.config = config;
        this.terms = Terms.of(config);
        this.endpoint = timed(config.endpoint(), shared.ticks());
        this.security = new Security(name, config, shared.events().clock());
        this.registry = registry;
        this.gate = gate;
        this.probe = probe;
        this.shared = shared;
        this.ports = new Ports(name, shared.provider());
        this.predecessor = before;
        this.tally = before == null ? new Tally() : before.tally;
        this.serviceTime = before == null ? new LatencyWindow(System::nanoTime) : before.serviceTime;
        this.telling = new Telling(name, shared.events());
        this.engine = engine(config.io());
        try {
            this.acceptor = acceptor();
        } catch (IOException | RuntimeException | Error failed) {
            endEngine();
            throw failed;
        }
    }

    /// Opens a listener that listens nowhere yet; see [#bind(SocketAddress)], [#inherit] and [#start].
    ///
    /// @param gate   of the pool that runs the handlers; null for inline
    /// @param before whom it succeeds; null for a new one
    public static Listener open(String name, ListenerConfig config, ConnectionRegistry registry, @Nullable Gate gate, RequestProbe probe,
            Shared shared, @Nullable Listener before) throws IOException {
        Listener opened = new Listener(name, config, registry, gate, probe, shared, before);
        try {
            opened.acceptor.start();
            return opened;
        } catch (RuntimeException | Error failed) {
            opened.abort();
            throw failed;
        }
    }

    /// Opens a listener and binds its addresses; nothing is accepted before [#start].
    ///
    /// @param gate of the pool that runs the handlers; null for inline
    /// @throws IOException when an address cannot be had; nothing is left behind
    public static Listener bind(
            String name, ListenerConfig config, ConnectionRegistry registry, @Nullable Gate gate, RequestProbe probe, Shared shared)
            throws IOException {
        Listener opened = open(name, config, registry, gate, probe, shared, null);
        try {
            for (SocketAddress address : config.bind()) {
                opened.bind(address);
            }
            return opened;
        } catch (IOException | RuntimeException | Error failed) {
            opened.abort();
            throw failed;
        }
    }

    private Acceptor acceptor() throws IOException {
        return new Acceptor(this, engine, shared.closer(), shared.events(), shared.provider());
    }

    private static <Q, R> Endpoint<Q, R> timed(Endpoint<Q, R> given, Ticks ticks) {
        return new Endpoint<>(given.protocol().withClock(ticks), given.service(), given.handlers());
    }

    private Engine engine(IoModel io) throws IOException {
        return switch (io) {
            case IoModel.Blocking blocking -> new BlockingEngine(this, shared.closer(), shared.events());
            case IoModel.Duplex duplex -> new DuplexEngine(this, duplex, shared.closer(), shared.events());
            case IoModel.EventLoop(int loops) -> new LoopEngine(this, loops, shared.closer(), shared.events(), shared.ticks(), shared.provider());
        };
    }

    // ---- its life ----

    /// Binds one of its addresses. From here on the kernel holds whoever connects there.
    ///
    /// @throws java.net.BindException when it cannot be had: naming listener and address
    public void bind(SocketAddress address) throws IOException {
        ports.bind(address, config);
    }

    /// Takes over the socket of one of its addresses, from the moment it starts.
    ///
    /// @return false when the other one does not listen there
    public boolean inherit(SocketAddress address, Listener from) {
        TcpConfig before = from.config.tcp();
        boolean sameOptions = config.tcp().backlog() == before.backlog() && config.tcp().reusePort() == before.reusePort();
        return ports.inherit(address, from.acceptor.open() ? from.acceptor.ports() : List.of(), from.ports, sameOptions);
    }

    /// Begins to accept, unless whom it succeeds is paused, and has begun to leave.
    public void start() {
        if (predecessor != null) {
            acceptor.succeed(predecessor.acceptor);
            predecessor = null;
        }
        acceptor.adopt(ports.all());
        ports.allow(ports.all(), config.unix());
    }

    /// Tells of the addresses it has bound. Calls foreign code.
    public void announce() {
        acceptor.announce(ports.fresh());
    }

    /// Undoes what is not followed by [#start].
    public void abort() {
        acceptor.abort();
        joinBriefly(acceptor.thread());
        ports.close(ports.fresh());
        endEngine();
    }

    /// Whether what its successors inherit is still its own.
    public boolean holdsWhatItGives() {
        return ports.given().isEmpty() || acceptor.open() && acceptor.ports().containsAll(ports.given());
    }

    /// Those who were to take its sockets over have aborted.
    public void keepAll() {
        ports.keepAll();
    }

    /// A loop that has nothing to do ends at once.
    private void endEngine() {
        engine.close();
        engine.eachThread((kind, thread) -> joinBriefly(thread));
    }

    private static void joinBriefly(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /// Accepts no more, and drains its connections; its successors have what they inherited, the rest is swept and closed. Returns at once; see [#gone].
    public void leave(long now) {
        leavingSince = now;
        leaving = true;
        acceptor.release(ports.given());
        connections().forEach(this::tellOfDrain);
    }

    /// Waits a moment, after [#leave], for the addresses that nobody inherits to be free.
    public void awaitClosed() {
        if (!acceptor.closed()) {
            joinBriefly(acceptor.thread());
        }
    }

    private void tellOfDrain(Connection<?, ?> connection) {
        try {
            connection.drainBegan();
        } catch (Throwable failure) {
            LOG.error("event=drain-action-failed connection={}", connection.id(), failure);
        }
    }

    /// A look at its connections, while it leaves: those at a boundary are ended when their grace is over, all when the budget is.
    void drain(DrainConfig policy, long now) {
        if (!leaving) {
            return; // it is about to
        }
        long patience = policy.idleGrace().plus(policy.spread()).plus(policy.grace()).toNanos();
        for (Connection<?, ?> connection : connections()) {
            if (now - leavingSince >= patience) {
                connection.force();
            } else {
                connection.drainIdle(policy, leavingSince, now);
            }
        }
    }

    private List<Connection<?, ?>> connections() {
        List<Connection<?, ?>> own = new ArrayList<>();
        registry.living().forEach(connection -> {
            if (connection.listener() == this) {
                own.add(connection);
            }
        });
        return own;
    }

    /// Whether it has left and nothing of it serves any more: its acceptor has ended, and its last connection.
    boolean empty() {
        return leaving && !acceptor.thread().isAlive() && connections().isEmpty();
    }

    /// Whether it is empty, and the engine's own threads have ended.
    boolean gone() {
        return empty() && threads() == 0;
    }

    private int threads() {
        AtomicInteger alive = new AtomicInteger();
        eachThread((kind, thread) -> alive.addAndGet(thread.isAlive() ? 1 : 0));
        return alive.get();
    }

    public void pause() {
        acceptor.pause();
    }

    public void resume() {
        acceptor.resume();
    }

    /// Accepts what the backlog holds, then closes the listening sockets; see [#closed].
    public void finish() {
        acceptor.finish();
    }

    /// Whether nothing more will be accepted.
    public boolean closed() {
        return acceptor.closed();
    }

    /// Binds the same addresses and ports again after [#finish], and accepts; waits a moment for the acceptor before it to end.
    ///
    /// @throws IOException when one cannot be had; the listener stays closed
    public void reopen() throws IOException {
        Acceptor before = acceptor;
        if (leaving) {
            throw new IOException("it has left: the configuration has changed");
        }
        if (!before.closed()) {
            awaitEnd(before); // it is just closing its ports
        }
        List<Port> reopened = ports.boundAgain(before.ports(), config);
        try {
            if (!before.resumeAt(reopened)) {
                acceptor = next(before, reopened);
            }
            acceptor.announce(reopened);
        } catch (IOException | RuntimeException | Error failed) {
            ports.close(reopened);
            throw failed;
        }
    }

    private static void awaitEnd(Acceptor before) throws IOException {
        try {
            if (!before.thread().join(TO_END)) {
                throw new IOException("its acceptor has not ended");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while its acceptor ended");
        }
    }

    private Acceptor next(Acceptor before, List<Port> reopened) throws IOException {
        awaitEnd(before);
        Acceptor next = acceptor();
        next.succeed(before);
        try {
            next.start();
        } catch (RuntimeException | Error failed) {
            next.abort();
            throw failed;
        }
        next.adopt(reopened);
        return next;
    }

    /// Ends the engine's own threads; the connections are gone.
    public void close() {
        engine.close();
    }

    /// Every thread of its own, by kind: acceptor, loop, receiver, sender.
    public void eachThread(BiConsumer<String, Thread> action) {
        action.accept("acceptor", acceptor.thread());
        engine.eachThread(action);
    }

    /// Takes over what may change while it serves: limits, timeouts and keep-alive.
    ///
    /// @param identity what it speaks TLS with from now on; null when it speaks in the clear
    public void reconfigure(ListenerConfig next, @Nullable TlsIdentity identity) {
        config = next;
        terms = Terms.of(next);
        security.adopt(next, identity);
        if (!closed()) {
            ports.allow(acceptor.ports(), config.unix());
        }
    }

    /// Called once a second by one thread.
    public void sample() {
        serviceTime.sample();
        engine.sample();
    }

    /// Where others wait for a permit that a connection of this blocking listener holds for its life, the connection longest idle is ended, so that idle
    /// keep-alive clients never starve those that wait.
    void relievePressure(long now) {
        Gate pool = gate;
        if (!(config.io() instanceof IoModel.Blocking) || pool == null || pool.waiting() == 0) {
            return;
        }
        long enough = terms.pressureIdle();
        long leaving = registry.living().stream().filter(connection -> connection.listener().gate() == pool && connection.leavesUnderPressure()).count();
        if (leaving >= pool.waiting()) {
            return; // each waiter has its permit on the way
        }
        registry.living().stream()
                .filter(connection -> connection.listener().gate() == pool && connection.standsIdle(now, enough))
                .max(Comparator.comparingLong(connection -> connection.idleFor(now)))
                .ifPresent(longest -> longest.endIdle(new Connection.Cause(CloseReason.PRESSURE, "others wait for its permit"), enough));
    }

    /// Looks whether its certificates have changed. Reads files.
    ///
    /// @param surely whether what cannot be used is told of at once
    public void lookAtCertificates(boolean surely) {
        security.look(surely);
    }

    /// Reads what it would speak TLS with under its next configuration.
    ///
    /// @return null when that speaks in the clear
    /// @throws IOException saying what cannot be used, and why
    public @Nullable TlsIdentity identity(ListenerConfig next) throws IOException {
        return security.load(next);
    }

    /// With which a new connection speaks TLS; null when it speaks in the clear.
    public @Nullable TlsIdentity identity() {
        return security.identity();
    }

    // ---- what is seen of it ----

    public String name() {
        return name;
    }

    public Role role() {
        return config.role();
    }

    public ListenerConfig config() {
        return config;
    }

    /// The addresses it is bound to; the last ones when it is closed.
    public List<SocketAddress> bind() {
        List<Port> now = acceptor.ports();
        return (now.isEmpty() ? ports.all() : now).stream().map(Port::bound).toList();
    }

    public ListenerState state() {
        return leaving ? ListenerState.DRAINING : acceptor.state();
    }

    public List<LoopInfo> loops() {
        return engine.loops();
    }

    public ListenerInfo info() {
        ConnectionRegistry.ListenerAccount account = registry.account(this);
        return new ListenerInfo(name, role(), bind(), endpoint().protocol().name(), endpoint().service(), config.io().name(), config.pool(), state(),
                account.accepted(), account.refused(), acceptor.errors(), account.connections(), account.retiring(), account.peak(), account.requests(),
                account.bytesIn(), account.bytesOut(), serviceTime.latency(), security.certificates());
    }

    /// Who is told of each exchange.
    Telling telling() {
        return telling;
    }

    Terms terms() {
        return terms;
    }

    Endpoint<?, ?> endpoint() {
        return endpoint;
    }

    SpoolFolder spools() {
        return shared.spools();
    }

    Ticks ticks() {
        return shared.ticks();
    }

    ConnectionRegistry registry() {
        return registry;
    }

    /// The gate of the pool that runs the handlers; null for inline.
    public @Nullable Gate gate() {
        return gate;
    }

    /// Whether replies are to say that they are the last: the server drains, or this listener leaves.
    boolean draining() {
        return leaving || registry.draining();
    }

    /// When that began.
    long drainingSince() {
        return leaving ? leavingSince : registry.drainingSince();
    }

    /// Whether the other one has the same account: it succeeds this one, or the other way round.
    boolean continues(Listener other) {
        return tally == other.tally;
    }

    /// Counts a request that was answered or refused.
    ///
    /// @param queueWait   nanoseconds it waited for a permit
    /// @param service     nanoseconds from the call of its handler to the encoded response; 0 when it never reached one
    void count(Outcome outcome, long queueWait, long service) {
        if (outcome == Outcome.FAILED) {
            registry.failed();
        }
        try {
            probe.ended(outcome, queueWait, service);
        } catch (Throwable failure) {
            LOG.warn("event=probe-failed listener={}", name, failure);
        }
    }

    public LatencyWindow serviceTime() {
        return serviceTime;
    }
}
