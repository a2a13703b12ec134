package dev.sluice.api;

public enum ListenerState {
    LISTENING,
    /// Bound, and not accepting: clients wait in the kernel's backlog.
    PAUSED,
    DRAINING,
    CLOSED
}
