package dev.sluice.api;

/// What a server is doing.
///
/// ```
///            drain                    phases empty
///  RUNNING ─────────► DRAINING ──────────────────────► DRAINED
///     ▲                  │ cancel                         │ resume, cancel
///     └──────────────────┴────────────────────────────────┘
///  any of them ── shutdown ──► STOPPING ── all released ──► STOPPED
/// ```
/// A shutdown goes through DRAINING too, and becomes STOPPING when [DrainPhase#FORCE] begins, after which nothing is cancelled.
public enum ServerState {
    RUNNING,
    DRAINING,
    DRAINED,
    STOPPING,
    STOPPED
}
