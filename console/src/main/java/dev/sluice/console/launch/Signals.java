package dev.sluice.console.launch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the signals of the operating system do. TERM and INT shut down; a second lets every remaining budget end within a second; a third
/// halts the process. Signals within 100 ms count as one, as a terminal and a launcher may both pass on the same Ctrl-C. HUP reloads, or
/// closes a console whose terminal has gone. QUIT stays the virtual machine's own dump of its threads.
///
/// ```
///   none ── TERM, INT: shutDown ──► 1 ── TERM, INT: force ──► 2 ── TERM, INT: halt
///     ▲                             │                         │
///     └───────────── shutdown cancelled: forget ──────────────┘
/// ```
/// Handlers only hand over to one thread, `sluice-signals`; its actions must be quick. Signals are handled before the server starts, so
/// that one that comes meanwhile ends it as soon as it has. The count and the thread are guarded by `this`.
final class Signals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    static final Duration SAME = Duration.ofMillis(100);

    /// What to do. None of them may wait.
    interface Actions {

        /// Begin to drain and to end.
        void shutDown(String signal);

        /// Lose patience.
        void force(String signal);

        /// End the process at once.
        void halt(String signal);

        /// Reload, or close a console whose terminal has gone.
        void hangUp();
    }

    /// Handed over, with the time it came; an empty name ends the thread.
    private record Came(String name, long at) {}

    private final LongSupplier nanoClock;
    private final BlockingQueue<Came> came = new LinkedBlockingQueue<>();
    private @Nullable Thread thread;
    private int count;
    private long last;

    Signals(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /// Begins to act, on what came before too.
    synchronized void start(Actions actions) {
        thread = Thread.ofPlatform().name("sluice-signals").daemon().start(() -> run(actions));
    }

    /// Handles signals of the process from now on. The virtual machine leaves those alone that its parent had ignored, as `nohup` and a
    /// script's background jobs ask for.
    ///
    /// @param names without SIG
    Signals handle(List<String> names) {
        for (String name : names) {
            // The terminal library's way to the virtual machine's unofficial API, which a compiler that takes warnings seriously refuses.
            org.jline.utils.Signals.register(name, () -> raise(name));
        }
        return this;
    }

    /// A signal came. From any thread.
    void raise(String name) {
        came.add(new Came(name, nanoClock.getAsLong()));
    }

    /// The shutdown was cancelled: the next signal is a first one again.
    synchronized void forget() {
        count = 0;
    }

    private void run(Actions actions) {
        try {
            for (Came one = came.take(); !one.name().isEmpty(); one = came.take()) {
                act(actions, one);
            }
        } catch (InterruptedException ended) {
            // nobody interrupts it but the end of the process
        }
    }

    private void act(Actions actions, Came one) {
        try {
            if (one.name().equals("HUP")) {
                actions.hangUp();
                return;
            }
            switch (counted(one.at())) {
                case 0 -> LOG.debug("event=signal-ignored signal={} reason=same", one.name());
                case 1 -> actions.shutDown(one.name());
                case 2 -> actions.force(one.name());
                default -> actions.halt(one.name());
            }
        } catch (RuntimeException | Error failed) {
            LOG.error("event=signal-failed signal={}", one.name(), failed);
        }
    }

    /// How many there were, this one included; 0 when it is the same as the one before.
    private synchronized int counted(long at) {
        if (count > 0 && at - last < SAME.toNanos()) {
            return 0;
        }
        last = at;
        count++;
        return count;
    }

    /// Ends the thread. The signals stay handled, and do nothing: one that comes as the process ends must not change its exit code.
    @Override
    public void close() {
        came.add(new Came("", 0));
        try {
            Thread running = thread();
            if (running != null && Thread.currentThread() != running) {
                running.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Thread thread() {
        return thread;
    }
}
