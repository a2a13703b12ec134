package dev.sluice.api;

import java.util.List;

/// What a change of configuration would do, or did.
///
/// @param changes in the order of the keys
/// @param applied whether they hold now; false for a plan and for a refused change
public record ReloadReport(List<Change> changes, boolean applied) {

    /// How a key takes effect.
    public enum Kind {
        /// At once.
        LIVE,
        /// Only when the server is started anew.
        RESTART
    }

    /// @param key    its full path, for example `pools.workers.size`
    /// @param before as text; `-` when it was not there
    /// @param after  as text; `-` when it is gone
    /// @param kind   how it takes effect
    /// @param result for people: `applied`, `planned`, or why it is refused
    public record Change(String key, String before, String after, Kind kind, String result) {}

    /// Whether one of the changes is refused; then none is applied.
    public boolean refused() {
        return changes.stream().anyMatch(change -> change.kind() == Kind.RESTART);
    }
}
