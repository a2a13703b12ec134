package dev.sluice.metrics;

/// What the server counts under a name, so that it never goes back. A pool or listener that comes back under its name while the one
/// before it drains has an account of its own, which goes on here from where the other one stood.
///
/// Shared: its own lock guards the fields.
final class Total {

    private long number;
    private double last;
    private double before;

    /// @param seen of a snapshot; when it is older than one that was seen before, nothing changes, lest it be taken for a new account
    /// @param now  what that counts; not a number when it counts this no more, and then nothing changes either
    synchronized double at(Snapshot seen, double now) {
        if (seen.number() < number || Double.isNaN(now)) {
            return before + last;
        }
        number = seen.number();
        if (now < last) {
            before += last;
        }
        last = now;
        return before + last;
    }
}
