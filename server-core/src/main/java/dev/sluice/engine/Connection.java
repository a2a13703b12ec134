package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.ClosedConnection;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.Endpoint;
import dev.sluice.api.Kick;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerEvent;
import dev.sluice.pool.Gate;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.PeerTls;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.wire.RequestReader;
import dev.sluice.wire.ResponseWriter;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection, whichever engine serves it: who it is, what it does, what it has moved, and how it is ended from outside.
///
/// ```
///  QUEUED ─► IDLE ─► READING ─► HANDLING ─► WRITING ─► IDLE …            any ─► CLOSING ─► ended
///            │ └── a boundary ──┘ └─ a request in flight ─┘
///            └► PREFACE ─► IDLE, READING or HANDLING: once, where a PROXY header has to come
///            └► HANDSHAKE ─► IDLE: once, and after that, where TLS is spoken
/// ```
///
/// What other threads see is volatile and written by whoever serves the connection at the moment; the change from IDLE to CLOSING is a
/// compare-and-set, since two sides want it; that and what is counted is in [Vitals]. It ends once, by whoever ends it first.
///
/// @param <Q> the type of a request
/// @param <R> the type of a response
public abstract class Connection<Q, R> extends Vitals {

    private static final VarHandle OP = field("op", Object.class);
    static final long NEVER = Long.MAX_VALUE;
    /// In the clear, as it came.
    static final Refusal NOT_TLS = new Refusal.Malformed(400, "this port speaks TLS, and the request came in the clear");
    private static final Cause DRAINED_IDLE = new Cause(CloseReason.DRAINED, "idle");
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Peer accepted;
    private final Listener listener;
    private final long acceptedAt = System.nanoTime();
    /// Its client: whoever has connected, until a balancer names somebody else, which it does before anything of the protocol is read.
    private volatile Peer peer;
    /// Until its balancer has said who its client is; null where none has to.
    private volatile @Nullable PrefaceReader preface;
    /// Under whose address limits count it; null for none. Guarded by the registry's lock, but for the acceptor, before the registry knows of it.
    @Nullable Peer counted;
    /// Among the living; guarded by the registry's lock.
    int place;
    /// Set by the registry, once it has counted the connection.
    volatile boolean admitted;
    final SocketChannel channel;
    final Events events;
    final RequestReader<Q> reader;
    final ResponseWriter<Q, R> writer;
    final Dialogue<Q, R> dialogue;
    /// By the monotonic clock: when the reaper is to look; NEVER for not at all.
    volatile long deadline = NEVER;
    volatile long lastActive = acceptedAt;
    volatile long pending;
    volatile long queueWait;
    volatile @Nullable Thread servedBy;
    volatile @Nullable ActiveCall current;
    /// Written before `current` is read, by whoever ends the connection at once; read after `current` is written, by whoever begins a call.
    private volatile @Nullable CallEnding cancelled;
    /// What it does, or did last; null before that, and once `described` says it.
    private volatile @Nullable Q op;
    private volatile String described = "";
    private volatile long opSince;
    private volatile boolean lastAsked;
    private Stage stage = Stage.BETWEEN;
    /// When the body that is being read began, and how much had come before it.
    private long bodySince;
    private long bodyFrom;
    /// When it came to the boundary it stands at. Its idle time runs from there, and is looked up at each look of the reaper, so that a new one holds for
    /// those that are idle already.
    private volatile long idleSince = acceptedAt;

    /// To be ended at this boundary; written from outside, and forgotten by the thread that claims the connection.
    volatile @Nullable Intent intent;

    /// Why a connection ends, decided before it does.
    record Cause(CloseReason reason, String detail) {}

    /// To end a connection at a boundary.
    ///
    /// @param lastActive tells that boundary from a later one
    record Intent(Cause why, long lastActive) {}

    Connection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events) {
        this.channel = channel;
        this.accepted = peer;
        this.peer = peer;
        this.counted = peer;
        this.listener = listener;
        this.events = events;
        this.reader = new RequestReader<>(endpoint.protocol().newDecoder());
        this.writer = new ResponseWriter<>(endpoint.protocol());
        this.dialogue = new Dialogue<>(listener, peer, endpoint, writer, events);
    }

    // ---- how it is ended from outside: by the reaper, the drainer and operators; from any thread; none of these waits ----

    /// Ends a connection that stands at a boundary, and has for so long; what has arrived by then is served instead.
    ///
    /// @param idleFor nanoseconds
    /// @return whether it is being ended
    abstract boolean endIdle(Cause why, long idleFor);

    /// Closes the socket, whatever the connection does, and interrupts its handler.
    abstract void endNow(Cause why, CallEnding ending);

    /// The deadline has passed, or [#ending] is set.
    abstract void expire(long now);

    /// Whether it is to be ended at this boundary, at the reaper's next look.
    final boolean ending() {
        return intent != null;
    }

    /// Where a thread waits in a read: it is ended at the reaper's next look, if no byte has come since. The time between gives a thread that has just been
    /// woken by a request the chance to claim the connection.
    final boolean intend(Cause why, long idleFor) {
        long active = lastActive;
        if (state() != ConnectionState.IDLE || System.nanoTime() - active < idleFor) {
            return false;
        }
        if (intent == null) {
            intent = new Intent(why, active);
        }
        return true;
    }

    /// Wakes whatever waits in this connection to look at [#lastAsked] and the registry's draining anew.
    abstract void wake();

    /// Refuses what a drain took out of the pool's queue: the connection, or its request. Its gate has given it back.
    public abstract void turnAway();

    /// Ends the connection as an operator asks.
    ///
    /// @return whether it is ended or ending now, rather than after the request in flight
    public boolean kick(Kick kick) {
        Cause why = new Cause(CloseReason.KICKED, kick.reason().isEmpty() ? "by " + kick.by() : "by " + kick.by() + ": " + kick.reason());
        if (kick.mode() == Kick.Mode.NOW || state() == ConnectionState.QUEUED) {
            endNow(why, CallEnding.KICKED);
            return true;
        }
        because(why);
        lastAsked = true;
        boolean now = endIdle(why, 0);
        if (!now) {
            wake();
        }
        return now;
    }

    /// Ends the connection for a drain, if it has stood at a boundary for the grace, and its own moment within the spread has come.
    ///
    /// @param since when the drain began for it
    public void drainIdle(DrainConfig policy, long since, long now) {
        long grace = policy.idleGrace().toNanos();
        if (state() == ConnectionState.IDLE && now - since >= grace + share(policy.spread().toNanos())) {
            endIdle(DRAINED_IDLE, grace);
        }
    }

    /// Spreads connections over a time by their number: each has its own moment, and keeps it.
    private long share(long spread) {
        long mixed = (id() * 0x9E3779B97F4A7C15L) >>> 11;
        return (long) (mixed * 0x1.0p-53 * spread);
    }

    /// Closes the socket at once.
    public void shut(CloseReason reason, String detail) {
        endNow(new Cause(reason, detail), CallEnding.DRAINED);
    }

    /// Ends the connection because a drain is out of patience.
    public void force() {
        shut(CloseReason.FORCED, "the drain's budget was spent");
    }

    /// A drain has begun: endless sources are told, on a thread of their own, since what they do is not ours.
    public void drainBegan() {
        if (writer.output().hasSources()) {
            Thread.ofVirtual().name("sluice-ending-" + id()).start(writer.output()::drainBegan);
        }
    }

    // ---- who its client is ----

    /// It comes through a balancer, whose address counts for no limit. By the acceptor, before anybody else knows of it.
    final void expectPreface() {
        preface = new PrefaceReader();
        counted = null;
    }

    /// What has to come before its protocol; null when nothing has to, or any more.
    final @Nullable PrefaceReader preface() {
        return preface;
    }

    final void prefaceOver() {
        preface = null;
    }

    /// Its balancer has named the client.
    ///
    /// @return the limit that this client exceeds, or null
    final @Nullable CloseReason named(Peer client) {
        peer = client;
        dialogue.peer(client);
        return listener.registry().identify(this, client);
    }

    /// How long it may stand at the boundary it stands at, in nanoseconds.
    final long patience() {
        return preface == null ? listener.terms().idle() : listener.terms().preface();
    }

    /// Why it ends when it has.
    final Cause outOfPatience() {
        return new Cause(preface == null ? CloseReason.IDLE_TIMEOUT : CloseReason.SLOW_PREFACE, "");
    }

    /// How many nanoseconds its preface may still take, at least one.
    final long prefaceLeft() {
        return Math.max(1, idleSince + listener.terms().preface() - System.nanoTime());
    }

    // ---- TLS ----

    /// It begins to agree on TLS.
    final void handshakes() {
        deadline = System.nanoTime() + listener.terms().handshake();
        state(ConnectionState.HANDSHAKE);
    }

    /// It has, before anything of the protocol was read.
    final void agreed(PeerTls agreed) {
        peer = peer.withTls(agreed);
        dialogue.peer(peer);
        deadline = NEVER;
        lastActive = System.nanoTime(); // nothing plain has come, but it was not idle
    }

    /// It has not.
    final void disagreed(IOException failure) {
        String why = String.valueOf(failure.getMessage());
        LOG.debug("event=handshake-failed listener={} connection={} address={} cause=\"{}\"", listener.name(), id(), Addresses.text(peer), why);
        because(CloseReason.HANDSHAKE_FAILED, why);
    }

    // ---- what its engine says of it ----

    /// Counts it as admitted. Once, whoever comes first: the acceptor, or the pool's thread that begins to serve it.
    final void admit() {
        if (!admitted && listener.registry().admitted(this)) {
            events.publish(new ServerEvent.ConnectionOpened(listener.role(), peer));
        }
    }

    /// Counts it as ended. Once; the reason that was decided first holds.
    ///
    /// @param otherwise the reason when none was decided
    final void end(CloseReason otherwise, String detail) {
        if (!endsNow()) {
            return;
        }
        admit();
        Cause why = cause();
        CloseReason reason = why == null ? otherwise : why.reason();
        state(ConnectionState.CLOSING);
        deadline = NEVER;
        listener.registry().ended(this, reason);
        events.publish(new ServerEvent.ConnectionEnded(listener.role(), new ClosedConnection(
                id(), listener.name(), Addresses.text(peer), events.clock().instant(), Duration.ofNanos(System.nanoTime() - acceptedAt),
                reason, why == null ? detail : why.detail(), requests(), bytesIn(), bytesOut())));
        closeFiles();
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Connection.class, name, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// Keeps of the last request only what is said of it, once the connection has been idle for so long: an idle connection costs neither the
    /// fields nor the body of a request that was answered. One that comes meanwhile stays. Called by one thread at a time.
    ///
    /// @param shared gives a text that is equal, to be kept instead
    final void forgetRequest(long now, long idleFor, UnaryOperator<String> shared) {
        Q request = op;
        if (request != null && standsIdle(now, idleFor)) {
            described = shared.apply(described(request));
            OP.compareAndSet(this, request, null);
        }
    }

    /// Whether the deadline that holds now has passed.
    final boolean late(long now) {
        long at = due();
        return at != NEVER && now - at >= 0;
    }

    private long due() {
        return switch (state()) {
            case IDLE -> idleSince + patience();
            case PREFACE -> idleSince + listener.terms().preface();
            case QUEUED, HANDSHAKE, READING, HANDLING, WRITING, CLOSING -> deadline;
        };
    }

    /// Takes the next of what was read out of it. Clears the interrupt flag, as after every call of foreign code: one that is left set closes each
    /// channel that its thread then touches, and on a loop those are the channels of others.
    final Decoded<Q> next(ByteBuffer in, boolean peerEnded) {
        RequestLimits sizes = listener.terms().sizes();
        try {
            return peerEnded ? reader.last(in, sizes) : reader.next(in, sizes);
        } finally {
            Thread.interrupted();
        }
    }

    /// Writes a part of a body to its file. Blocks.
    ///
    /// @return why it could not be; null when it is written, and decoding goes on
    final @Nullable String stored(SpoolFile file, ByteBuffer bytes) {
        keep(file);
        long begun = System.nanoTime();
        try {
            listener.spools().append(file, bytes);
            return null;
        } catch (IOException failed) {
            LOG.debug("event=body-not-stored connection={}", id(), failed);
            return "the body could not be stored: " + failed;
        } finally {
            stalled(System.nanoTime() - begun);
        }
    }

    /// The disk has taken its time, which is not the client's fault. By the thread that reads, or for it.
    void stalled(long nanos) {
        bodySince += nanos;
    }

    /// A request has been decoded.
    final void decoded(Q request, long now) {
        countRequest();
        op = request;
        opSince = now;
    }

    /// The time that [#decoded] was given last.
    final long decodedAt() {
        return opSince;
    }

    /// The handler is about to be called with the last decoded request.
    final ActiveCall begin(long number, long now) {
        ActiveCall call = new ActiveCall(peer, number, now + listener.terms().handler());
        current = call;
        CallEnding already = cancelled;
        if (already != null) {
            call.cancel(already);
        }
        return call;
    }

    /// Cancels the call under way, or the one that is just about to begin: one of the two threads sees what the other wrote.
    final void cancelCall(CallEnding ending) {
        cancelled = ending;
        ActiveCall call = current;
        if (call != null) {
            call.cancel(ending);
        }
    }

    /// Why the reply about to be written is the last; null when it is not.
    ///
    /// @param number of the request it answers, on this connection
    /// @param more   whether bytes of further requests have arrived already: in a drain and under pressure they are served first
    final @Nullable CloseReason lastReason(long number, boolean more, long now) {
        Terms terms = listener.terms();
        if (lastAsked) {
            return CloseReason.KICKED;
        }
        if (terms.maxRequests() > 0 && number >= terms.maxRequests()
                || terms.maxAge() > 0 && now - acceptedAt >= terms.maxAge()) {
            return CloseReason.RETIRED;
        }
        if (more) {
            return null;
        }
        if (listener.draining()) {
            return CloseReason.DRAINED;
        }
        return underPressure() ? CloseReason.PRESSURE : null;
    }

    /// Whether the connection ends after a reply, whatever comes after it.
    final boolean ends(Ending ending, @Nullable CloseReason last) {
        return ending == Ending.CLOSE || last != null && last != CloseReason.DRAINED;
    }

    /// Whether, in a drain, the connection of a protocol that could not say so ends after a reply, unless more has come by then: it may bring one more
    /// request, and ends after the first that came after the drain began.
    final boolean endsUntold(@Nullable CloseReason last) {
        return last == CloseReason.DRAINED && opSince - listener.drainingSince() >= 0;
    }

    /// Whether others wait for the permit this connection holds for its life.
    boolean underPressure() {
        return false;
    }

    /// An operator has asked for the reply to come to be the last.
    final boolean lastAsked() {
        return lastAsked;
    }

    /// The decoder has come to this stage; the deadline of a stage runs from its beginning, and that of a body depends on what has come of it.
    final void stage(Stage next, long now) {
        if (next == stage && deadline != NEVER) {
            deadline = next == Stage.BODY ? bodySince + listener.terms().bodyTime(bytesIn() - bodyFrom) : deadline;
            return;
        }
        stage = next;
        bodySince = now;
        bodyFrom = bytesIn();
        if (next == Stage.BETWEEN) {
            rests(now);
        }
        Terms terms = listener.terms();
        deadline = now + switch (next) {
            case BETWEEN -> terms.idle();
            case HEAD -> terms.head();
            case BODY -> terms.bodyTime(0);
        };
    }

    /// It has come to a boundary.
    final void rests(long now) {
        idleSince = now;
    }

    final Stage stage() {
        return stage;
    }

    /// The next message is a new one: its deadlines begin anew.
    final void boundary() {
        stage = Stage.BETWEEN;
        deadline = NEVER;
    }

    final void received(int count, long now) {
        countIn(count);
        lastActive = now;
    }

    final void sent(long count) {
        countOut(count);
    }

    // ---- what is seen of it ----

    public final long id() {
        return accepted.connection();
    }

    public final Peer peer() {
        return peer;
    }

    public final Listener listener() {
        return listener;
    }

    /// Nanoseconds without a byte in or out.
    public final long idleFor(long now) {
        return Math.max(0, now - lastActive);
    }

    /// Whether it stands at a boundary, and has for so long.
    final boolean standsIdle(long now, long idleFor) {
        return state() == ConnectionState.IDLE && idleFor(now) >= idleFor;
    }

    /// Whether it is ending, or about to, and will give its permit back.
    final boolean leavesUnderPressure() {
        return intent != null || state() == ConnectionState.CLOSING;
    }

    public final ConnectionInfo info(long now) {
        Q request = op;
        String said = request == null ? described : described(request);
        Thread thread = servedBy;
        return new ConnectionInfo(id(), listener.name(), Addresses.text(peer), state(), Duration.ofNanos(now - acceptedAt),
                Duration.ofNanos(idleFor(now)), Duration.ofNanos(state() == ConnectionState.QUEUED ? now - acceptedAt : queueWait),
                requests(), bytesIn(), bytesOut(), pending, thread == null ? "" : thread.getName(),
                said, said.isEmpty() ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - opSince)));
    }

    private String described(Q request) {
        StringBuilder text = new StringBuilder();
        boolean interrupted = Thread.currentThread().isInterrupted();
        try {
            dialogue.protocol().describe(request, text);
        } catch (Throwable failure) {
            LOG.warn("event=describe-failed listener={} connection={}", listener.name(), id(), failure);
        } finally {
            Events.clearUnless(interrupted);
        }
        return text.toString();
    }

    public final ConnectionDetail detail(long now) {
        Gate gate = listener.gate();
        long at = due();
        String runs = at == NEVER ? "" : state() + " ends in " + Rendered.duration(rounded(Math.max(0, at - now)));
        return new ConnectionDetail(info(now), Addresses.text(peer.local()), peer.remote() == accepted.remote() ? "" : Addresses.text(accepted),
                accepted.user(), dialogue.protocol().name(),
                gate == null ? "inline" : gate.info().name(), stack(), runs, Optional.ofNullable(peer.tls()));
    }

    /// To what a person reads: seconds, or hundredths of one.
    private static Duration rounded(long nanos) {
        return nanos >= 10_000_000_000L ? Duration.ofSeconds(nanos / 1_000_000_000) : Duration.ofMillis(nanos / 10_000_000 * 10);
    }

    /// The stack of the thread that serves it now, innermost first; empty when there is none.
    public final List<String> stack() {
        Thread thread = servedBy;
        return thread == null ? List.of() : Arrays.stream(thread.getStackTrace()).map(StackTraceElement::toString).toList();
    }

    /// Whether this thread serves it now.
    public boolean serves(Thread thread) {
        return servedBy == thread;
    }

    /// Closes the socket; what is sent and not yet read may be lost to its reader.
    ///
    /// Our FIN goes first: a close that meets a virtual thread which is just about to read can leave the kernel's socket open although its file
    /// is gone (seen on Linux 6.18 with JDK 25, once in some 10,000), and the client would wait for ever.
    void closeChannel() {
        try {
            if (channel.isConnected()) {
                channel.shutdownOutput();
            }
        } catch (IOException gone) {
            LOG.trace("event=end-not-sent connection={}", id(), gone);
        }
        try {
            channel.close();
        } catch (IOException gone) {
            LOG.debug("event=close-failed connection={}", id(), gone);
        }
    }
}
