package dev.sluice.console.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs a command that shows something again and again.
final class Watch {

    private static final Duration LEAST = Duration.ofMillis(100);

    private Watch() {}

    static boolean isAsked(Invocation call) {
        if (call.flag("--count") && !call.flag("--watch")) {
            throw CommandException.usage("--count goes with --watch");
        }
        return call.flag("--watch");
    }

    /// Ends after `--count` times, or at Ctrl-C. The last answer is returned, not printed.
    static Result run(Command command, Invocation call) throws InterruptedException {
        Duration every = call.duration("--watch").orElseThrow();
        if (every.compareTo(LEAST) < 0) {
            throw CommandException.usage("--watch is " + Units.duration(every) + ", but must be " + Units.duration(LEAST) + " or more");
        }
        long rounds = call.number("--count", 1, Integer.MAX_VALUE).orElse(Long.MAX_VALUE);
        if (rounds == Long.MAX_VALUE && !call.console().interactive()) {
            throw CommandException.usage("--watch without a terminal needs --count N, else it would never end");
        }
        Result result = Commands.guarded(command, call);
        for (long round = 1; round < rounds; round++) {
            show(result, call);
            if (!call.console().pause(every)) {
                break;
            }
            result = Commands.guarded(command, call);
        }
        call.console().block(List.of());
        return result;
    }

    private static void show(Result result, Invocation call) {
        if (call.wantsData() || call.console().height() == 0) {
            Commands.print(result, call, call.console()::out);
            return;
        }
        List<String> lines = new ArrayList<>();
        Commands.print(result, call, lines::addAll);
        int height = call.console().height();
        // A block that is higher than the screen could not be taken back.
        call.console().block(lines.subList(0, Math.min(lines.size(), Math.max(1, height - 3))));
    }
}
