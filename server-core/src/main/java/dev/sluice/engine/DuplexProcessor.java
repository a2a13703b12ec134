package dev.sluice.engine;

import dev.sluice.api.ServerEvent;
import dev.sluice.engine.DuplexQueues.Item;
import dev.sluice.pool.Gate;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Refusal;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The middle of a duplex connection: takes one request after the other from the inbound queue, through the pool, to the outbound one.
///
/// ```
///   inbound ── advance ──► handed to the gate ──► run, on a thread of the pool ──► done: its answer ──► outbound ──► advance
///                               │                           └─ the handler's deadline: answered at once, and what it returns is dropped
///                               └─ refused, abandoned, turned away: answered with that
/// ```
///
/// A request has one answer, whoever comes first: the queues' lock decides, and guards that `current` is the call of the request that is
/// handed. `completion` is confined to the pool's thread; `handling` is volatile.
final class DuplexProcessor<Q, R> {

    private static final Runnable NOTHING = () -> {};

    private final DuplexConnection<Q, R> connection;
    private final DuplexQueues<Q, R> queues;
    private final Gate gate;
    /// What the pool's thread does when its permit is back.
    private Runnable completion = NOTHING;
    private volatile @Nullable Thread handling;

    DuplexProcessor(DuplexConnection<Q, R> connection, DuplexQueues<Q, R> queues) {
        this.connection = connection;
        this.queues = queues;
        this.gate = Objects.requireNonNull(connection.listener().gate(), "duplex handlers need a pool");
    }

    /// Goes on, after room was made or something was brought. By any thread.
    void advance() {
        for (Item.Request<Q, R> next = queues.nextToHandle(); next != null; next = queues.nextToHandle()) {
            Refusal refusal = switch (gate.submit(connection)) {
                case ACCEPTED, WAITING -> null;
                case REFUSED -> new Refusal.Overloaded();
                case CLOSED -> new Refusal.Draining();
            };
            if (refusal == null) {
                return;
            }
            answer(next, Result.unstarted(refusal), false);
        }
    }

    /// Calls the handler. On a thread of the pool.
    void run(long waited) {
        Item.Request<Q, R> request = queues.handed();
        if (request == null) {
            return;
        }
        long now = System.nanoTime();
        ActiveCall call = connection.begin(request.number(), now);
        handling = Thread.currentThread();
        queues.settle();
        Result<R> result = connection.dialogue.call(request.request(), call, now, waited);
        handling = null;
        completion = () -> {
            if (answer(request, result, call.ended() == CallEnding.DEADLINE)) {
                advance();
            }
        };
    }

    /// On to the sender and to the next request, once the permit is back.
    void done() {
        Runnable told = completion;
        completion = NOTHING;
        told.run();
    }

    /// The request that is handed, if there is one, will not be run.
    void refuse(Refusal why) {
        Item.Request<Q, R> request = queues.handed();
        if (request != null && answer(request, Result.unstarted(why), false)) {
            advance();
        }
    }

    /// The handler's deadline has passed: the client is told at once.
    void expire(ActiveCall call) {
        Item.Request<Q, R> request;
        queues.lock.lock();
        try {
            request = connection.current == call ? queues.handed() : null;
        } finally {
            queues.lock.unlock();
        }
        if (request == null || request.number() != call.requestNumber() || call.ended() != null) {
            return;
        }
        String frame = connection.stack().stream().findFirst().orElse("");
        call.cancel(CallEnding.DEADLINE);
        Duration allowed = Duration.ofNanos(connection.listener().terms().handler());
        connection.events.publish(new ServerEvent.HandlerTimedOut(connection.peer(), allowed, frame));
        answer(request, Result.refused(new Refusal.HandlerTimedOut(), Outcome.TIMED_OUT, 0, connection.queueWait), true);
    }

    /// @return false when the client has had its answer already, or is gone
    private boolean answer(Item.Request<Q, R> request, Result<R> result, boolean late) {
        queues.lock.lock();
        try {
            if (queues.awaits(request)) {
                connection.current = null;
                queues.answer(new Item.Answer<>(request.request(), request.number(), result, late));
                return true;
            }
        } finally {
            queues.lock.unlock();
        }
        Dialogue.drop(result.response());
        return false;
    }

    /// The connection has ended: what waits for a permit waits no longer.
    void withdraw() {
        if (queues.handed() != null) {
            gate.withdraw(connection);
        }
    }

    /// The thread that is in the handler; null when none is.
    @Nullable Thread thread() {
        return handling;
    }
}
