package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ListenerState;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ServerEvent;
import dev.sluice.transport.Closer;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
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
    private static final long SWEPT_BACKLOGS = 4;
    /// Connections taken from one address before the others have their turn.
    private static final int TURN = 64;
    /// From how many on a turn has found a crowd.
    private static final int CROWD = 3;
    /// How long it waits then for more, in nanoseconds: to be woken for each of them would cost more than to accept it.
    private static final long GATHERING = TimeUnit.MICROSECONDS.toNanos(300);

    private final Listener listener;
    private final Engine engine;
    private final ConnectionAdmission admission;
    private final Events events;
    private final AcceptFailures failures;
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

    /// It listens nowhere yet.
    Acceptor(Listener listener, Engine engine, Closer closer, Events events, SelectorProvider provider) throws IOException {
        this.listener = listener;
        this.engine = engine;
        this.admission = new ConnectionAdmission(listener, engine, closer, events);
        this.events = events;
        this.failures = new AcceptFailures(listener.name(), events);
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
        failures.succeed(before.failures);
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
        return failures.count();
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
            } catch (Throwable failure) {
                LOG.error("event=acceptor-failed listener={}", listener.name(), failure);
                failures.backOff();
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
        serveSwept();
        if (finishing && !closed) {
            sweep();
            failures.tell();
            return;
        }
        boolean wanted = !paused && !held && failures.pause() == 0;
        if (!interested(wanted)) {
            selector.selectNow(); // so that what is gone is forgotten
            return;
        }
        selector.select(failures.pause());
        selector.selectedKeys().clear();
        if (!paused && !held) {
            gather(ports.stream().mapToInt(this::acceptSome).sum());
        }
    }

    /// After a turn that found a crowd, and has taken all of it, waits for a moment, so that the next one does.
    ///
    /// @param accepted how many it found
    private void gather(int accepted) {
        if (accepted >= CROWD && accepted < TURN && engine.servesCrowds() && !finishing) {
            LockSupport.parkNanos(GATHERING);
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

    /// @return how many
    private int acceptSome(Port port) {
        int count = 0;
        while (count < TURN && !paused && !held && acceptOne(port)) {
            count++;
        }
        return count;
    }

    /// @return false when nobody waits, or not here any more
    private boolean acceptOne(Port port) {
        SocketChannel accepted;
        Connection<?, ?> connection = null;
        accepting.lock();
        try {
            if (finishing) {
                return false; // the port may be another's by now
            }
            accepted = accept(port);
            if (accepted != null && engine.servesOnAcceptor()) {
                connection = admission.admit(port, accepted);
            }
        } finally {
            accepting.unlock();
        }
        if (accepted == null) {
            failures.tell();
            return false;
        }
        connection = engine.servesOnAcceptor() ? connection : admission.admit(port, accepted);
        if (connection != null) {
            serve(connection, false);
        }
        return true;
    }

    /// A socket that was accepted; null when there is none. The acceptor alone backs off after a failure: workers go on. Under the lock.
    private @Nullable SocketChannel accept(Port port) {
        try {
            SocketChannel accepted = port.accept();
            failures.over();
            return accepted;
        } catch (ClosedChannelException expected) {
            return null;
        } catch (IOException | RuntimeException | Error failed) {
            failures.add(failed);
            return null;
        }
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
            Connection<?, ?> connection = admission.admit(port, accepted);
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

    // ---- serving ----

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
                admission.refuse(connection.channel, connection.peer(), RefusalReason.POOL_FULL);
            }
        }
    }

    private void roomFound() {
        held = false;
        selector.wakeup();
    }
}
