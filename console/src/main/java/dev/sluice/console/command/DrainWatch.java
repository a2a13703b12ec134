package dev.sluice.console.command;

import dev.sluice.api.DrainPhase;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.DrainReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Shows how a drain proceeds while a thread of its own waits for it, so that whoever watches may leave.
final class DrainWatch {

    private static final Duration POLL = Duration.ofMillis(50);

    private final Invocation call;
    private @Nullable DrainPhase shown;

    private DrainWatch(Invocation call) {
        this.call = call;
    }

    /// Begins a drain and follows it to its end.
    ///
    /// @param drain waits for it; goes on when nobody watches any more
    /// @return its report; empty when Ctrl-C stopped the watching
    static Optional<DrainReport> follow(Invocation call, Callable<DrainReport> drain) throws InterruptedException {
        FutureTask<DrainReport> waiting = new FutureTask<>(drain);
        Thread.ofVirtual().name("sluice-console-drain").start(waiting);
        return new DrainWatch(call).follow(waiting);
    }

    private Optional<DrainReport> follow(FutureTask<DrainReport> waiting) throws InterruptedException {
        boolean watching = true;
        while (watching && !waiting.isDone()) {
            show();
            watching = call.console().pause(POLL);
        }
        call.console().block(List.of());
        return watching ? Optional.of(reportOf(waiting)) : Optional.empty();
    }

    private void show() {
        if (call.wantsData()) {
            return;
        }
        if (call.console().height() > 0) {
            call.console().block(Plain.lines(DrainText.progress(call), call.console().coloured(), call.console().width()));
            return;
        }
        DrainProgress now = call.server().drainProgress();
        DrainPhase phase = now.phase();
        if (phase != null && phase != shown) {
            call.console().out(DrainText.phase(now, phase));
        }
        shown = phase;
    }

    private static DrainReport reportOf(FutureTask<DrainReport> waiting) throws InterruptedException {
        try {
            return waiting.get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException("the drain failed: " + cause, cause);
        }
    }
}
