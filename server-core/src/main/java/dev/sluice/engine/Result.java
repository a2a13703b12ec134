package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/// What came of a request: a response, or a reason why there is none.
///
/// @param response  of the handler; null when there is a refusal
/// @param refusal   in place of a response; null when there is one
/// @param outcome   of the request, when it was refused
/// @param startedAt by the monotonic clock, when its handler was called; 0 when it never was
/// @param queueWait nanoseconds it waited for a permit
/// @param ends      whether the connection ends with it, whatever the protocol says
record Result<R>(@Nullable R response, @Nullable Refusal refusal, Outcome outcome, long startedAt, long queueWait, boolean ends) {

    static <R> Result<R> of(R response, long startedAt, long queueWait) {
        return new Result<>(response, null, Outcome.SUCCESS, startedAt, queueWait, false);
    }

    static <R> Result<R> refused(Refusal refusal, Outcome outcome, long startedAt, long queueWait) {
        return new Result<>(null, refusal, outcome, startedAt, queueWait, false);
    }

    /// There is no handler for this connection, and never will be.
    Result<R> ending() {
        return new Result<>(response, refusal, outcome, startedAt, queueWait, true);
    }

    /// Why a connection has ended that ends with this.
    CloseReason closeReason() {
        return switch (refusal) {
            case null -> CloseReason.PEER;
            case Refusal.Overloaded overloaded -> CloseReason.OVERLOADED;
            case Refusal.Draining draining -> CloseReason.DRAINED;
            case Refusal.Malformed malformed -> CloseReason.ERROR;
            case Refusal.TimedOut slow -> CloseReason.ERROR;
            case Refusal.TooManyConnections tooMany -> CloseReason.ERROR;
            case Refusal.Kicked kicked -> CloseReason.ERROR;
            case Refusal.HandlerFailed failed -> CloseReason.ERROR;
            case Refusal.HandlerTimedOut late -> CloseReason.ERROR;
        };
    }

    /// The request never reached its handler.
    static <R> Result<R> unstarted(Refusal refusal) {
        return refused(refusal, outcome(refusal), 0, 0);
    }

    private static Outcome outcome(Refusal refusal) {
        return switch (refusal) {
            case Refusal.Malformed malformed -> Outcome.CLIENT_ERROR;
            case Refusal.TimedOut slow -> Outcome.CLIENT_ERROR;
            case Refusal.Overloaded overloaded -> Outcome.REFUSED;
            case Refusal.TooManyConnections tooMany -> Outcome.REFUSED;
            case Refusal.Draining draining -> Outcome.REFUSED;
            case Refusal.Kicked kicked -> Outcome.REFUSED;
            case Refusal.HandlerFailed failed -> Outcome.FAILED;
            case Refusal.HandlerTimedOut late -> Outcome.TIMED_OUT;
        };
    }
}
