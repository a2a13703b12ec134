package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/// First in, first out, with removal from the middle at no cost: the links are the tasks' own. Guarded by its gate's lock.
final class Line {

    private @Nullable Task first;
    private @Nullable Task last;
    private int places;

    /// How many places are taken; tasks beyond capacity take none.
    int places() {
        return places;
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable Task first() {
        return first;
    }

    void add(Task task) {
        task.line = this;
        task.before = last;
        if (last == null) {
            first = task;
        } else {
            last.after = task;
        }
        last = task;
        places += task.beyond ? 0 : 1;
    }

    @Nullable Task poll() {
        Task task = first;
        if (task != null) {
            remove(task);
        }
        return task;
    }

    /// @param task one that stands in this line
    void remove(Task task) {
        if (task.before == null) {
            first = task.after;
        } else {
            task.before.after = task.after;
        }
        if (task.after == null) {
            last = task.before;
        } else {
            task.after.before = task.before;
        }
        task.before = null;
        task.after = null;
        task.line = null;
        places -= task.beyond ? 0 : 1;
    }
}
