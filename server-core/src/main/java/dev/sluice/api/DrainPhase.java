package dev.sluice.api;

/// The phases of a drain, in order. A phase is what is waited for; the next begins when it is empty or its budget is spent.
public enum DrainPhase {
    /// Health says "draining"; accepting goes on for the lame-duck time.
    MARK,
    /// The kernel's backlog is accepted until empty, listeners close, acceptors exit. From its end on, every reply says it is the last.
    STOP_ACCEPTING,
    /// What was accepted and not started.
    QUEUED,
    /// Connections at a message boundary.
    IDLE,
    /// Requests in flight, and partial ones.
    ACTIVE,
    /// Remaining sockets are closed, then threads inside handlers interrupted. Each victim is named.
    FORCE,
    /// Pools end: receivers, processors, senders.
    POOLS,
    /// Loops, the reaper, the closer and admin listeners end. No thread and no socket is left.
    RELEASE
}
