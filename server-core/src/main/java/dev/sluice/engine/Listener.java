package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.LoopInfo;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.Role;
import dev.sluice.pool.Gate;
import dev.sluice.pool.LatencyWindow;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// One listener: its acceptor, its engine, what its connections serve and on what terms, and where they are accounted for.
///
/// The configuration is replaced as a whole by whoever applies one, the acceptor by the drainer alone, and the tally is guarded by the registry's lock.
public final class Listener {

    private static final Duration TO_END = Duration.ofSeconds(2);

    private final String name;
    private final ConnectionRegistry registry;
    private final @Nullable Gate gate;
    private final RequestProbe probe;
    private final LatencyWindow serviceTime = new LatencyWindow(System::nanoTime);
    private final LongAdder failed = new LongAdder();
    private final Shared shared;
    private final Engine engine;
    final Tally tally = new Tally();
    private volatile ListenerConfig config;
    private volatile Terms terms;
    private volatile Acceptor acceptor;

    /// What all listeners of a server share.
    ///
    /// @param provider makes channels and selectors
    public record Shared(Closer closer, Events events, SelectorProvider provider) {}

    private Listener(String name, ListenerConfig config, ConnectionRegistry registry, @Nullable Gate gate, RequestProbe probe, Shared shared)
            throws IOException {
        this.name = name;
        this.config = config;
        this.terms = Terms.of(config);
        this.registry = registry;
        this.gate = gate;
        this.probe = probe;
        this.shared = shared;
        this.engine = engine(config.io());
        try {
            this.acceptor = new Acceptor(this, engine, shared.closer(), shared.events(), shared.provider(), config.bind().getFirst());
        } catch (IOException | RuntimeException | Error failed) {
            engine.close();
            engine.eachThread((kind, thread) -> joinBriefly(thread));
            throw failed;
        }
    }

    /// A loop that has nothing to do ends at once.
    private static void joinBriefly(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /// Binds; nothing is accepted before [#start].
    ///
    /// @param gate of the pool that runs the handlers; null for inline
    /// @throws IOException when the address cannot be had; nothing is left behind
    public static Listener bind(
            String name, ListenerConfig config, ConnectionRegistry registry, @Nullable Gate gate, RequestProbe probe, Shared shared)
            throws IOException {
        return new Listener(name, config, registry, gate, probe, shared);
    }

    private Engine engine(IoModel io) throws IOException {
        return switch (io) {
            case IoModel.Blocking blocking -> new BlockingEngine(this, shared.closer(), shared.events());
            case IoModel.Duplex duplex -> new DuplexEngine(this, duplex, shared.closer(), shared.events());
            case IoModel.EventLoop(int loops) -> new LoopEngine(this, loops, shared.closer(), shared.events(), shared.provider());
        };
    }

    // ---- its life ----

    /// Begins to accept.
    public void start() {
        acceptor.start();
    }

    /// Undoes a bind that is not followed by [#start].
    public void abort() {
        acceptor.abort();
        engine.close();
    }

    public void pause() {
        acceptor.pause();
    }

    public void resume() {
        acceptor.resume();
    }

    /// Accepts what the backlog holds, then closes the listening socket; see [#closed].
    public void finish() {
        acceptor.finish();
    }

    /// Whether nothing more will be accepted.
    public boolean closed() {
        return acceptor.closed();
    }

    /// Binds the same address and port again after [#finish], and accepts; waits a moment for the acceptor before it to end.
    ///
    /// @throws IOException when it cannot be had; the listener stays closed
    public void reopen() throws IOException {
        Acceptor before = acceptor;
        if (before.rebind()) {
            return;
        }
        try {
            if (!before.thread().join(TO_END)) {
                throw new IOException("its acceptor has not ended");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while its acceptor ended");
        }
        Acceptor next = new Acceptor(this, engine, shared.closer(), shared.events(), shared.provider(), before.address());
        next.succeed(before);
        acceptor = next;
        next.start();
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
    public void reconfigure(ListenerConfig next) {
        config = next;
        terms = Terms.of(next);
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

    public List<SocketAddress> bind() {
        return List.of(acceptor.address());
    }

    public ListenerState state() {
        return acceptor.state();
    }

    public List<LoopInfo> loops() {
        return engine.loops();
    }

    public ListenerInfo info() {
        ConnectionRegistry.ListenerAccount account = registry.account(this);
        return new ListenerInfo(name, role(), bind(), endpoint().protocol().name(), endpoint().service(), config.io().name(), config.pool(), state(),
                account.accepted(), account.refused(), acceptor.errors(), account.connections(), 0, account.peak(), account.requests(),
                account.bytesIn(), account.bytesOut(), serviceTime.latency());
    }

    Terms terms() {
        return terms;
    }

    Endpoint<?, ?> endpoint() {
        return config.endpoint();
    }

    ConnectionRegistry registry() {
        return registry;
    }

    /// The gate of the pool that runs the handlers; null for inline.
    public @Nullable Gate gate() {
        return gate;
    }

    RequestProbe probe() {
        return probe;
    }

    /// Counts a request that a handler or codec failed.
    void failed() {
        failed.increment();
    }

    /// How many requests a handler or codec failed.
    public long failures() {
        return failed.sum();
    }

    public LatencyWindow serviceTime() {
        return serviceTime;
    }
}
