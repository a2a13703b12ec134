package dev.sluice.pool;

/// What became of a work that was submitted.
public enum Admission {
    /// It has a permit or a place in the queue.
    ACCEPTED,
    /// The queue is full and it waits for a place: what it came from should give no more until [Work#admitted()].
    WAITING,
    /// The queue is full: it will never run.
    REFUSED,
    /// The gate takes nothing more: it will never run.
    CLOSED
}
