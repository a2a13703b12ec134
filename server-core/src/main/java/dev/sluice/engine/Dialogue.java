package dev.sluice.engine;

import dev.sluice.api.AccessLog;
import dev.sluice.api.Endpoint;
import dev.sluice.api.Exchange;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import dev.sluice.protocol.Summary;
import dev.sluice.wire.ResponseWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lies between decoding and sending, the same in every engine: the handler is called, and what came of it is written. Every
/// call into foreign code is made here or in the wire package, behind one boundary that turns whatever is thrown into a refusal.
///
/// `call` is confined to one thread at a time, with a happens-before between two calls; `answer` likewise, though on another thread in duplex.
///
/// ```
///   FREE ── call ──► CALLING ── returns ──► FREE          ENDED: the handler is closed
///    │ end               │ end
///    ▼                   ▼
///   ENDED ◄── returns ── ENDING
/// ```
final class Dialogue<Q, R> {

    private static final Logger LOG = LoggerFactory.getLogger(Dialogue.class);
    private static final int FREE = 0;
    private static final int CALLING = 1;
    private static final int ENDING = 2;
    private static final int ENDED = 3;
    private static final VarHandle STAGE;

    static {
        try {
            STAGE = MethodHandles.lookup().findVarHandle(Dialogue.class, "stage", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Listener listener;
    /// Before the first call it may become another's.
    private volatile Peer peer;
    private final Endpoint<Q, R> endpoint;
    private final ResponseWriter<Q, R> writer;
    private final Events events;
    private volatile int stage = FREE;
    private @Nullable Handler<Q, R> handler;
    private long answered;

    Dialogue(Listener listener, Peer peer, Endpoint<Q, R> endpoint, ResponseWriter<Q, R> writer, Events events) {
        this.listener = listener;
        this.peer = peer;
        this.endpoint = endpoint;
        this.writer = writer;
        this.events = events;
    }

    /// A balancer has named the client; before the first call.
    void peer(Peer client) {
        peer = client;
    }

    Protocol<Q, R> protocol() {
        return endpoint.protocol();
    }

    /// Calls the handler, on this thread.
    ///
    /// @param start by the monotonic clock: now
    Result<R> call(Q request, ActiveCall call, long start, long queueWait) {
        if (!STAGE.compareAndSet(this, FREE, CALLING)) {
            return Result.unstarted(new Refusal.Kicked());
        }
        try {
            return call.enter() ? entered(request, call, start, queueWait) : cancelled(call, start, queueWait);
        } finally {
            if (!STAGE.compareAndSet(this, CALLING, FREE)) {
                stage = ENDED;
                closeHandler();
            }
        }
    }

    private Result<R> entered(Q request, ActiveCall call, long start, long queueWait) {
        R response = null;
        Throwable failure = null;
        try {
            response = Objects.requireNonNull(opened().handle(request, call), "the handler returned null");
        } catch (Throwable thrown) {
            failure = thrown;
        } finally {
            call.exit(); // before anything is logged or told, which an interrupt would disturb
        }
        if (call.ended() == CallEnding.DEADLINE || failure != null && call.cancelled()) {
            drop(response);
            return cancelled(call, start, queueWait);
        }
        if (failure == null) {
            return Result.of(response, start, queueWait);
        }
        Result<R> result = failed(failure, start, queueWait);
        return handler == null ? result.ending() : result; // with none opened, the next request would fare no better
    }

    private Handler<Q, R> opened() {
        Handler<Q, R> opened = handler;
        if (opened == null) {
            opened = Objects.requireNonNull(endpoint.handlers().open(peer), "the handler factory returned null");
            handler = opened;
        }
        return opened;
    }

    private Result<R> failed(Throwable failure, long start, long queueWait) {
        LOG.warn("event=handler-failed listener={} connection={}", listener.name(), peer.connection(), failure);
        events.publish(new ServerEvent.HandlerFailed(peer, failure));
        return Result.refused(new Refusal.HandlerFailed(), Outcome.FAILED, start, queueWait);
    }

    private Result<R> cancelled(ActiveCall call, long start, long queueWait) {
        return switch (Objects.requireNonNull(call.ended())) {
            case DEADLINE -> Result.refused(new Refusal.HandlerTimedOut(), Outcome.TIMED_OUT, start, queueWait);
            case DRAINED -> Result.refused(new Refusal.Draining(), Outcome.REFUSED, start, queueWait);
            case KICKED, CLIENT_LEFT -> Result.refused(new Refusal.Kicked(), Outcome.REFUSED, start, queueWait);
        };
    }

    /// Whether somebody wants to know of each request how long it took.
    boolean timesEach() {
        return listener.telling().wanted(listener.terms().accessLog());
    }

    /// Writes what came of a request, lets go of what the request holds, and counts it.
    ///
    /// @return how the protocol ends it
    Ending answer(@Nullable Q request, Result<R> result, boolean last) {
        return answer(request, result, last, null);
    }

    /// The same.
    ///
    /// @param batch that the request is counted with later; null to count it now
    Ending answer(@Nullable Q request, Result<R> result, boolean last, @Nullable Batch batch) {
        answered++;
        Outcome outcome = result.outcome();
        Ending ending;
        R response = result.response();
        Refusal refusal = result.refusal();
        try {
            if (request != null && response != null) {
                ending = writer.respond(request, response, last);
                outcome = judged(response);
            } else {
                ending = writer.refuse(request, Objects.requireNonNull(result.refusal()));
            }
        } catch (Throwable failure) {
            failed(failure, 0, 0);
            outcome = Outcome.FAILED;
            ending = refuseAtLast(request);
            response = null;
            refusal = new Refusal.HandlerFailed();
        }
        if (batch != null && result.startedAt() != 0) {
            batch.add(outcome);
        } else {
            long service = count(outcome, result);
            AccessLog format = listener.terms().accessLog();
            if (listener.telling().wanted(format) && (request != null || asked(refusal))) {
                tell(format, request, response, refusal, outcome, result.queueWait(), service);
            }
        }
        drop(request);
        if (listener.draining()) {
            writer.output().drainBegan(); // a source that was not there when the drain began
        }
        Thread.interrupted();
        return result.ends() ? Ending.CLOSE : ending;
    }

    /// Whether there was a request, though nothing of it is known.
    private static boolean asked(@Nullable Refusal refusal) {
        return refusal instanceof Refusal.Malformed || refusal instanceof Refusal.TimedOut(Stage stage) && stage != Stage.BETWEEN;
    }

    private void tell(AccessLog format, @Nullable Q request, @Nullable R response, @Nullable Refusal refusal, Outcome outcome, long queueWait,
            long service) {
        try {
            Summary summary = protocol().summary(request, response, refusal);
            listener.telling().tell(format, new Exchange(peer, answered, summary, outcome, queueWait, service));
        } catch (Throwable failure) {
            LOG.warn("event=exchange-not-told listener={} connection={}", listener.name(), peer.connection(), failure);
        }
    }

    /// The response is written already, and a refusal after it would be an answer to nothing.
    private Outcome judged(R response) {
        try {
            return protocol().outcome(response);
        } catch (Throwable failure) {
            failed(failure, 0, 0);
            return Outcome.FAILED;
        }
    }

    private Ending refuseAtLast(@Nullable Q request) {
        try {
            return writer.refuse(request, new Refusal.HandlerFailed());
        } catch (Throwable failure) {
            LOG.warn("event=refusal-failed listener={} connection={}", listener.name(), peer.connection(), failure);
            return Ending.CLOSE;
        }
    }

    private long count(Outcome outcome, Result<R> result) {
        long service = result.startedAt() == 0 ? 0 : System.nanoTime() - result.startedAt();
        if (service > 0) {
            listener.serviceTime().record(service);
        }
        listener.count(outcome, result.queueWait(), service);
        return service;
    }

    /// A response that will not be written, or a request that is answered, lets go of what it holds.
    static void drop(@Nullable Object held) {
        if (held instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable failure) {
                LOG.warn("event=close-failed of={}", held.getClass().getName(), failure);
            } finally {
                Thread.interrupted();
            }
        }
    }

    /// No call will follow. The handler is closed now if this thread is where handlers run, or else when the call under way has returned.
    ///
    /// @return whether [#closeHandler] is left to the caller, to be called where handlers run
    boolean end() {
        while (true) {
            if (STAGE.compareAndSet(this, FREE, ENDED)) {
                return handler instanceof AutoCloseable;
            }
            if (STAGE.compareAndSet(this, CALLING, ENDING) || stage >= ENDING) {
                return false;
            }
        }
    }

    void closeHandler() {
        if (handler instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable failure) {
                LOG.warn("event=handler-close-failed listener={} connection={}", listener.name(), peer.connection(), failure);
            } finally {
                Thread.interrupted();
            }
        }
    }
}
