package dev.sluice.console.launch;

import dev.sluice.api.DrainReport;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerEvent;
import dev.sluice.api.ServerListener;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the report of how the server stopped, and writes it to the log. The future is all its state.
final class LastReport implements ServerListener {

    private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.drain");

    private final CompletableFuture<DrainReport> report = new CompletableFuture<>();

    @Override
    public void on(ServerEvent event) {
        if (event instanceof ServerEvent.Stopped stopped) {
            write(stopped.report());
            report.complete(stopped.report());
        }
    }

    /// The report, which may come a moment after the server has stopped; empty when it does not.
    Optional<DrainReport> await(Duration patience) throws InterruptedException {
        try {
            return Optional.of(report.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | ExecutionException none) {
            return Optional.empty();
        }
    }

    private static void write(DrainReport report) {
        String phases = report.phases().stream().map(LastReport::text).collect(Collectors.joining(", "));
        LOG.info("event=drain-report result={} took={} phases=\"{}\"", report.result(), Rendered.duration(millis(report.took())), phases);
        for (DrainReport.Victim victim : report.victims()) {
            LOG.warn("event=drain-victim id={} listener={} addr={} state={} age={} at=\"{}\"",
                    victim.client().id(), victim.client().listener(), victim.client().address(), victim.client().state(),
                    Shutdown.seconds(victim.client().age()), victim.stack().isEmpty() ? "-" : victim.stack().getFirst());
        }
    }

    private static String text(DrainReport.PhaseReport phase) {
        String left = phase.left() == 0 ? "" : " (" + phase.left() + " left)";
        return phase.phase() + " " + Rendered.duration(millis(phase.took())) + " of " + Rendered.duration(phase.budget()) + left;
    }

    private static Duration millis(Duration exact) {
        return exact.truncatedTo(ChronoUnit.MILLIS);
    }
}
