package dev.sluice.console.shell;

import dev.sluice.api.Latency;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.ServerStats;
import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.Escape;
import dev.sluice.console.command.Units;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// The line at the foot of the screen: state, connections, requests per second, p99, the busiest pool.
final class StatusLine {

    private StatusLine() {}

    static AttributedString of(CommandContext context, int width) {
        ServerStats stats = context.server().stats();
        Prompt prompt = Prompt.of(context);
        return new AttributedStringBuilder()
                .append(" ").styled(prompt.style(), prompt.state())
                .append(faint()).append(stats.connections() + " connections")
                .append(faint()).append(Units.decimal(stats.perSecond()) + " req/s")
                .append(faint()).append("p99 " + p99(stats.serviceTime()))
                .append(faint()).append(busiest(context.server().pools()))
                .toAttributedString()
                .columnSubSequence(0, width);
    }

    private static AttributedString faint() {
        return new AttributedString(" | ", AttributedStyle.DEFAULT.faint());
    }

    private static String p99(Latency latency) {
        return latency.count() == 0 ? "-" : Units.duration(Duration.ofNanos(latency.p99()));
    }

    private static String busiest(List<PoolInfo> pools) {
        return pools.stream()
                .max(Comparator.comparingDouble(StatusLine::load))
                .map(pool -> Escape.line(pool.name()) + " " + pool.active() + "/" + pool.size()
                        + (pool.queued() == 0 ? "" : " +" + pool.queued() + " queued"))
                .orElse("no pools");
    }

    private static double load(PoolInfo pool) {
        return (pool.active() + pool.queued()) / (double) Math.max(1, pool.size());
    }
}
