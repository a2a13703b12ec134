package dev.sluice.protocol;

import java.time.Duration;
import java.util.function.Consumer;

/// What surrounds one request: its connection, its deadline, and whether anybody still waits for the response.
public interface Call {

    /// Who asked.
    Peer peer();

    /// The number of this request on its connection, from 1.
    long requestNumber();

    /// The time left until the deadline; negative once it has passed. After a pause of the whole server there may be more than this says.
    Duration remaining();

    /// Whether the response is no longer wanted: the client left, an operator kicked it, the deadline passed, or a drain ran
    /// out of patience. Cheap; may be asked in a loop, from any thread.
    boolean cancelled();

    /// Has an action run if this call is cancelled before its handler returns. Runs at once when it already is. The action
    /// runs on a thread of its own, at most once; what it throws is logged.
    void onEnding(Consumer<CallEnding> action);
}
