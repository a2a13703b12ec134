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
        /// A listener is bound anew, moved, changed or closed: what it had accepted before drains on the old terms, the others feel nothing.
        REBIND,
        /// Only when the server is started anew.
        RESTART
    }

    /// What became of a change.
    public enum Verdict {
        /// It could be made.
        PLANNED,
        /// It holds.
        APPLIED,
        /// It cannot be made; therefore none of the others was.
        REFUSED,
        /// It could have been made, but for another one that was refused.
        WITHHELD,
        /// What was set while the server ran holds instead.
        OVERRIDDEN
    }

    /// @param key     its full path, for example `pools.workers.size`; of a pool or listener that comes or goes its own, `pools.workers`
    /// @param before  as text; `-` when it was not there
    /// @param after   as text; `-` when it is gone
    /// @param kind    how it takes effect
    /// @param verdict what became of it
    /// @param detail  why, for people; may be empty
    public record Change(String key, String before, String after, Kind kind, Verdict verdict, String detail) {

        /// Without a detail.
        public Change(String key, String before, String after, Kind kind, Verdict verdict) {
            this(key, before, after, kind, verdict, "");
        }

        /// The verdict with its detail, for people.
        public String result() {
            String word = switch (verdict) {
                case PLANNED -> "planned";
                case APPLIED -> "applied";
                case REFUSED -> "refused";
                case WITHHELD -> "not applied";
                case OVERRIDDEN -> "overridden";
            };
            return detail.isEmpty() ? word : word + ": " + detail;
        }

        private boolean isOf(String part) {
            boolean within = key.startsWith(part + ".");
            return key.equals(part) || key.equals(part + ".type") || within && (kind == Kind.REBIND || part.endsWith(".tls"));
        }

        /// The same change, with another end.
        public Change as(Verdict next, String why) {
            return new Change(key, before, after, kind, next, why);
        }
    }

    /// Whether one of the changes is refused; then none is applied.
    public boolean refused() {
        return changes.stream().anyMatch(change -> change.verdict() == Verdict.REFUSED);
    }

    /// The same changes, some of which turned out to be impossible: they are refused, and those that were only planned are withheld.
    ///
    /// @param part of the configuration that is impossible: a pool or listener as a whole, or what is not live of it; or its `tls`
    public ReloadReport refusedFor(String part, String why) {
        return new ReloadReport(changes.stream()
                .map(change -> change.isOf(part) ? change.as(Verdict.REFUSED, why)
                        : change.verdict() == Verdict.PLANNED ? change.as(Verdict.WITHHELD, "") : change)
                .toList(), false);
    }

    /// The plan, carried out: what was planned is applied.
    ///
    /// @throws IllegalStateException when it is refused: such a plan cannot have been carried out
    public ReloadReport carriedOut() {
        if (refused()) {
            throw new IllegalStateException("a refused plan cannot have been carried out: " + changes);
        }
        return new ReloadReport(changes.stream()
                .map(change -> change.verdict() == Verdict.PLANNED ? change.as(Verdict.APPLIED, change.detail()) : change).toList(), true);
    }
}
