package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ListenerState;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.transport.Closer;
import dev.sluice.wire.ResponseWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts the connections of one listener, at all its addresses, on a thread of its own that waits in a selector and never in `accept`, so that
/// pausing, backing off, draining and handing a socket over are wake-ups.
///
/// ```
///              pause                 finish, release               backlog empty
///  ACCEPTING ◄───────► PAUSED   any ─────────────────► SWEEPING ───────────────────────► CLOSED, the thread ends
///      │  ▲                                            (each is queued, however full)
///      ▼  │ room, time
///   HOLDING one for which its pool has no room, or BACKING OFF after a failure of accept
/// ```
///
/// What is handed over leaves with `release` and is not swept: it was never closed, and whoever takes it over accepts what its backlog holds.
///
/// The flags are volatile and written by whoever asks; `accepting` guards which ports there are, their use and end, between this thread, a drain's sweep of an
/// iterative listener, whose acceptor may be busy serving, and a handing over. For an iterative listener it also guards the admission of what comes out of them,
/// so that such a sweep leaves nothing behind that a drain does not know; elsewhere admission, which calls a protocol and observers, is this thread's alone.
final class Acceptor {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final long FIRST_BACK_OFF = 5;
    private static final long LONGEST_BACK_OFF = 1_000;
    private static final long SILENCE = 1_000_000_000;
    private static final long SWEPT_BACKLOGS = 4;
    /// Connections taken from one address before the others have their turn.
    private static final int TURN = 64;
    /// How far apart turns are when connections come in crowds, in nanoseconds: to be woken for each of them would cost more than to accept it.
    private static final long GATHERING = TimeUnit.MICROSECONDS.toNanos(500);

    private final Listener listener;
    private final Engine engine;
    private final Closer closer;
    private final Events events;
    private final Selector selector;
    private final Thread thread;
    private final ReentrantLock accepting = new ReentrantLock();
    /// Of an iterative listener: accepted by a drain's sweep, to be served by the acceptor.
    private final Queue<Connection<?, ?>> swept = new ConcurrentLinkedQueue<>();
    private volatile List<Port> ports = List.of();
    private volatile boolean paused;
    private volatile boolean finishing;
    /// The thread has decided to end; guarded by `accepting`.
    private boolean ended;
    private volatile boolean held;
    private volatile boolean closed;
    private volatile long errors;
    private long backOff;
    private long turnEnded = System.nanoTime();
    private long toldAt = System.nanoTime() - SILENCE;
    /// What the last accept has thrown, until it is told.
    private volatile @Nullable Throwable acceptFailure;

    /// It listens nowhere yet.
    Acceptor(Listener listener, Engine engine, Closer closer, Events events, SelectorProvider provider) throws IOException {
        this.listener = listener;
        this.engine = engine;
        this.closer = closer;
        this.events = events;
        selector = provider.openSelector();
        thread = Thread.ofPlatform().name("sluice-acceptor-" + listener.name()).daemon(false).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Accepts at these from now on.
    void adopt(List<Port> all) {
        accepting.lock();
        try {
            all.forEach(this::register);
            ports = List.copyOf(all);
        } finally {
            accepting.unlock();
        }
        selector.wakeup();
    }

    private void register(Port port) {
        try {
            port.register(selector);
        } catch (IOException closed) { // which nobody but this acceptor could have done
            LOG.error("event=registration-failed listener={} address={}", listener.name(), Addresses.text(port.bound()), closed);
        }
    }

    /// Tells of ports that were bound.
    void announce(List<Port> fresh) {
        fresh.forEach(port -> events.publish(new ServerEvent.ListenerOpened(listener.name(), port.bound())));
    }

    /// Hands ports over to another acceptor, and finishes with the others.
    void release(List<Port> given) {
        accepting.lock();
        try {
            given.forEach(port -> port.deregister(selector)); // at the selector's next look, before which the other one may accept already
            ports = ports.stream().filter(port -> !given.contains(port)).toList();
            finishing = true;
        } finally {
            accepting.unlock();
        }
        finish();
    }

    /// It never adopted anything, and may not even have a thread.
    void abort() {
        finish();
        if (thread.getState() == Thread.State.NEW) {
            closeSelector();
        }
    }

    /// Goes on with these ports, if those before are closed and the thread still serves what was swept.
    ///
    /// @return false when it does not: another acceptor is needed
    boolean resumeAt(List<Port> reopened) {
        accepting.lock();
        try {
            if (ended || !closed) {
                return false;
            }
            adopt(reopened);
            finishing = false;
            closed = false;
        } finally {
            accepting.unlock();
        }
        selector.wakeup();
        return true;
    }

    /// Goes on where another left off: whether it is paused, and what it counted.
    void succeed(Acceptor before) {
        paused = before.paused;
        errors = before.errors;
    }

    /// Where it accepts, or did last.
    List<Port> ports() {
        return ports;
    }

    Thread thread() {
        return thread;
    }

    /// Failures of accept.
    long errors() {
        return errors;
    }

    ListenerState state() {
        if (closed) {
            return ListenerState.CLOSED;
        }
        if (finishing) {
            return ListenerState.DRAINING;
        }
        return paused ? ListenerState.PAUSED : ListenerState.LISTENING;
    }

    void pause() {
        paused = true;
        selector.wakeup();
    }

    void resume() {
        paused = false;
        selector.wakeup();
    }

    /// Accepts what the backlogs hold, and closes the ports. Returns at once; see [#closed]. The drain of an iterative listener sweeps on the
    /// calling thread, since the acceptor may be serving; it then serves what was swept.
    void finish() {
        finishing = true;
        selector.wakeup();
        if (engine.servesOnAcceptor()) {
            sweep();
        }
        selector.wakeup();
    }

    /// Whether it accepts, or would but for a pause.
    boolean open() {
        return !finishing && !closed;
    }

    /// Whether its ports are closed or handed over, and whatever was in the backlogs of the closed ones is admitted or refused.
    boolean closed() {
        return closed;
    }

    // ---- the thread ----

    private void run() {
        while (!isOver()) {
            try {
                turn();
                gather();
            } catch (Throwable failure) {
                LOG.error("event=acceptor-failed listener={}", listener.name(), failure);
                backOff();
            }
        }
        closeSelector();
        ports.forEach(port -> events.publish(new ServerEvent.ListenerClosed(listener.name(), port.bound())));
    }

    private boolean isOver() {
        accepting.lock();
        try {
            ended = closed && swept.isEmpty();
            return ended;
        } finally {
            accepting.unlock();
        }
    }

    private void turn() throws IOException {
        try {
            look();
        } finally {
            engine.turnEnded();
        }
    }

    /// After a turn that came soon after the one before it, waits for a moment, so that the next one finds several connections. Whoever comes after
    /// a pause is accepted at once.
    private void gather() {
        long pause = GATHERING - (System.nanoTime() - turnEnded);
        if (pause > 0 && !held && !finishing && !engine.servesOnAcceptor()) {
            LockSupport.parkNanos(pause);
        }
        turnEnded = System.nanoTime();
    }

    private void look() throws IOException {
        serveSwept();
        if (finishing && !closed) {
            sweep();
            tellFailure();
            return;
        }
        boolean wanted = !paused && !held && backOff == 0;
        if (!interested(wanted)) {
            selector.selectNow(); // so that what is gone is forgotten
            return;
        }
        selector.select(backOff);
        selector.selectedKeys().clear();
        if (!paused && !held) {
            ports.forEach(this::acceptSome);
        }
    }

    /// @return false when a port was swept or handed over meanwhile
    private boolean interested(boolean wanted) {
        try {
            return ports.stream().allMatch(port -> port.interest(selector, wanted));
        } catch (CancelledKeyException gone) {
            return false;
        }
    }

    private void serveSwept() {
        for (Connection<?, ?> next = swept.poll(); next != null; next = swept.poll()) {
            serve(next, true);
        }
    }

    private void acceptSome(Port port) {
        for (int i = 0; i < TURN && !paused && !held; i++) {
            SocketChannel accepted;
            Connection<?, ?> connection = null;
            accepting.lock();
            try {
                if (finishing) {
                    return; // the port may be another's by now
                }
                accepted = accept(port);
                if (accepted != null && engine.servesOnAcceptor()) {
                    connection = admitted(port, accepted);
                }
            } finally {
                accepting.unlock();
            }
            if (accepted == null) {
                tellFailure();
                return;
            }
            connection = engine.servesOnAcceptor() ? connection : admitted(port, accepted);
            if (connection != null) {
                serve(connection, false);
            }
        }
    }

    /// A socket that was accepted; null when there is none. The acceptor alone backs off after a failure: workers go on. Under the lock.
    private @Nullable SocketChannel accept(Port port) {
        try {
            SocketChannel accepted = port.accept();
            backOff = 0;
            return accepted;
        } catch (ClosedChannelException expected) {
            return null;
        } catch (IOException | RuntimeException | Error failed) {
            errors++;
            acceptFailure = failed;
            return null;
        }
    }

    /// Once for a burst, and at most once a second, since bursts may follow each other as files come free one by one; outside the lock, since those who are
    /// told may take their time.
    private void tellFailure() {
        Throwable failed = acceptFailure;
        if (failed == null) {
            return;
        }
        acceptFailure = null;
        boolean first = backOff == 0;
        backOff();
        long now = System.nanoTime();
        if (first && now - toldAt >= SILENCE) {
            toldAt = now;
            LOG.warn("event=accept-failed listener={} cause=\"{}\" next-try-ms={}", listener.name(), failed.getMessage(), backOff);
            events.publish(new ServerEvent.AcceptFailed(listener.name(), String.valueOf(failed.getMessage()), Duration.ofMillis(backOff)));
        }
    }

    private void backOff() {
        backOff = backOff == 0 ? FIRST_BACK_OFF : Math.min(2 * backOff, LONGEST_BACK_OFF);
    }

    /// Takes what the kernel holds until there is no more, and closes the ports.
    ///
    /// The selector lets go of them first: it would keep the kernel listening beyond the close, and whoever connects between the last accept and the
    /// end of listening is reset.
    private void sweep() {
        accepting.lock();
        try {
            if (closed) {
                return;
            }
            deregister();
            ports.forEach(this::sweep);
            closed = true;
        } finally {
            accepting.unlock();
        }
    }

    /// A flood that refills the backlog as fast as it is emptied must not hold the port open for ever: several times what the kernel could hold at
    /// its beginning is enough.
    private void sweep(Port port) {
        conceal(port);
        long left = listener.config().tcp().backlog() * SWEPT_BACKLOGS;
        for (SocketChannel accepted = accept(port); accepted != null; accepted = --left > 0 ? accept(port) : null) {
            Connection<?, ?> connection = admitted(port, accepted);
            if (connection == null) {
                continue;
            }
            if (engine.servesOnAcceptor()) {
                swept.add(connection);
            } else {
                serve(connection, true);
            }
        }
        try {
            port.close();
        } catch (IOException failed) {
            LOG.warn("event=close-failed listener={}", listener.name(), failed);
        }
    }

    private void conceal(Port port) {
        try {
            port.conceal();
        } catch (IOException failed) {
            LOG.warn("event=file-not-removed listener={} address={}", listener.name(), Addresses.text(port.bound()), failed);
        }
    }

    private void deregister() {
        try {
            ports.forEach(port -> port.deregister(selector));
            selector.selectNow();
        } catch (IOException failed) {
            LOG.warn("event=deregistration-failed listener={}", listener.name(), failed);
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException failed) {
            LOG.warn("event=close-failed listener={}", listener.name(), failed);
        }
    }

    // ---- admission ----

    private @Nullable Connection<?, ?> admitted(Port port, SocketChannel accepted) {
        Arrival arrival;
        try {
            arrival = Arrival.at(port, accepted, listener.name(), listener.registry().nextId());
        } catch (IOException gone) {
            closeQuietly(accepted);
            listener.registry().refusedUnseen(listener, RefusalReason.ERROR);
            return null;
        }
        ProxyProtocol proxy = listener.config().proxyProtocol();
        if (proxy.required() && !proxy.trusts(arrival.peer())) {
            endUntrusted(arrival);
            return null;
        }
        Peer counted = proxy.required() ? null : arrival.peer();
        RefusalReason reason = listener.registry().reserve(listener, counted);
        if (reason != null) {
            refuse(accepted, arrival.peer(), reason);
            return null;
        }
        return connected(arrival, counted);
    }

    /// At once: who may not say for whom he speaks is nobody to say anything to.
    private void endUntrusted(Arrival arrival) {
        listener.registry().refusedUnseen(listener, RefusalReason.UNTRUSTED); // first, so that who sees the end finds it counted
        closeQuietly(arrival.channel());
        LOG.debug("event=untrusted-source listener={} address={} allowed=\"{}\"", listener.name(), Addresses.text(arrival.peer()),
                Rendered.text(listener.config().proxyProtocol().from()));
        events.publish(new ServerEvent.ConnectionRefused(listener.role(), arrival.peer(), RefusalReason.UNTRUSTED));
    }

    /// @param counted under whose address; null when a balancer has yet to say whose
    private @Nullable Connection<?, ?> connected(Arrival arrival, @Nullable Peer counted) {
        SocketChannel accepted = arrival.channel();
        Peer peer = arrival.peer();
        try {
            arrival.configure(listener.config().tcp());
            Connection<?, ?> connection = engine.connect(accepted, peer);
            if (counted == null) {
                connection.expectPreface();
            }
            if (engine.servesOnAcceptor()) {
                connection.admit(); // at once, so that a drain which ends the accepting knows of it
            }
            return connection;
        } catch (Throwable failed) {
            LOG.warn("event=connection-not-set-up listener={} cause={}", listener.name(), failed.toString());
            closeQuietly(accepted);
            listener.registry().refused(listener, counted, RefusalReason.ERROR);
            events.publish(new ServerEvent.ConnectionRefused(listener.role(), peer, RefusalReason.ERROR));
            return null;
        } finally {
            Thread.interrupted(); // the protocol has made a decoder
        }
    }

    private void serve(Connection<?, ?> connection, boolean sweep) {
        if (!sweep) {
            held = true; // before it is handed over, since its room may be found before `serve` returns
        }
        Engine.Taken taken;
        try {
            taken = engine.serve(connection, sweep, this::roomFound);
        } catch (Throwable failure) {
            held = false;
            connection.shut(CloseReason.ERROR, failure.toString());
            throw failure;
        }
        switch (taken) {
            case TAKEN -> {
                held = false;
                connection.admit();
            }
            case HELD -> connection.admit();
            case REFUSED -> {
                held = false;
                connection.dialogue.end();
                listener.registry().refused(listener, connection.counted, RefusalReason.POOL_FULL);
                refuse(connection.channel, connection.peer(), RefusalReason.POOL_FULL);
            }
        }
    }

    private void roomFound() {
        held = false;
        selector.wakeup();
    }

    /// Says so in the protocol's words, without ever waiting for the client.
    private void refuse(SocketChannel accepted, Peer peer, RefusalReason reason) {
        closer.linger(accepted, words(reason), listener.config().timeouts().linger());
        events.publish(new ServerEvent.ConnectionRefused(listener.role(), peer, reason));
    }

    /// Under TLS there are none before a handshake, which is not begun for their sake.
    private ByteBuffer words(RefusalReason reason) {
        if (listener.identity() != null) {
            return ByteBuffer.allocate(0);
        }
        Refusal why = switch (reason) {
            case SERVER_LIMIT, LISTENER_LIMIT, ADDRESS_LIMIT, RATE_LIMIT -> new Refusal.TooManyConnections();
            case POOL_FULL, ERROR, UNTRUSTED -> new Refusal.Overloaded(); // the last is not said to anybody
            case DRAINING -> new Refusal.Draining();
        };
        ResponseWriter<?, ?> writer = new ResponseWriter<>(listener.endpoint().protocol());
        try {
            writer.refuse(null, why);
            return writer.words();
        } catch (RuntimeException | Error failed) {
            LOG.warn("event=refusal-failed listener={}", listener.name(), failed);
            return ByteBuffer.allocate(0);
        } finally {
            Thread.interrupted();
        }
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            LOG.debug("event=close-failed", gone);
        }
    }
}
