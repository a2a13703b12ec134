package dev.sluice.engine;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Work that may block, for one connection of a loop: it runs on a virtual thread of its own, and what follows runs on the loop again.
///
/// ```
///   loop: run ─► busy ───────────────► back: free
///                 └─► thread: the task ─┘
/// ```
///
/// One task at a time. Confined to the loop's thread, but for the task itself. While a task is under way its connection touches nothing that the task
/// uses; what it wrote before is seen by the task, and what the task wrote is seen by what follows. A connection that ends meanwhile is called back
/// all the same, so that it can let go of what the task has used: what follows must look whether it still lives.
final class OffLoop {

    /// What may block.
    interface Task {
        void run() throws Exception;
    }

    private final Loop loop;
    private final long connection;
    private boolean busy;

    OffLoop(Loop loop, long connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /// Runs a task off the loop. Only when none is under way.
    ///
    /// @param back  runs on the loop once the task has ended; given what the task threw, or null
    /// @param alone runs in its place, on the task's thread, when the loop has ended by then
    void run(Task task, Consumer<@Nullable Throwable> back, Runnable alone) {
        if (busy) {
            throw new IllegalStateException("a task is under way already");
        }
        Thread.ofVirtual().name("sluice-off-loop-" + connection).start(() -> {
            Throwable failure = attempt(task);
            if (!loop.execute(() -> followed(failure, back))) {
                alone.run();
            }
        });
        busy = true; // what follows cannot have run yet: this thread is the loop's
    }

    private void followed(@Nullable Throwable failure, Consumer<@Nullable Throwable> back) {
        busy = false;
        back.accept(failure);
    }

    /// Throws what a task has thrown, if it has, as a step of the loop may throw it.
    static void rethrow(@Nullable Throwable thrown) throws IOException {
        switch (thrown) {
            case null -> {}
            case IOException failed -> throw failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private static @Nullable Throwable attempt(Task task) {
        try {
            task.run();
            return null;
        } catch (Throwable failure) {
            return failure;
        } finally {
            Thread.interrupted(); // lest waking the loop finds it
        }
    }
}
