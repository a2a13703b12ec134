package dev.sluice.console.command;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `log LOGGER LEVEL [for TIME]`: how much is logged.
final class LogCommand implements Command {

    private static final String INHERIT = "INHERIT";
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF", INHERIT);

    @Override
    public Spec spec() {
        return Spec.acting("log", "LOGGER LEVEL [for TIME]", "changes how much a logger writes; with a time, it goes back by itself",
                "log dev.sluice DEBUG for 10m", "log dev.sluice INHERIT");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(2, 4);
        String logger = call.argument(0);
        String level = call.argument(1).toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw CommandException.usage("no level " + Escape.line(call.argument(1), 40) + Nearest.hint(level, LEVELS)
                    + " Levels: " + String.join(", ", LEVELS));
        }
        Optional<Duration> time = time(call);
        LogControl logs = call.context().logs();
        String before = logs.level(logger);
        boolean known = isKnown(logs, logger);
        set(call, logger, level.equals(INHERIT) ? null : level, time);
        return answer(call, before, time, known);
    }

    private static void set(Invocation call, String logger, @Nullable String level, Optional<Duration> time) {
        LogControl logs = call.context().logs();
        Reverts reverts = call.context().reverts();
        if (time.isEmpty()) {
            logs.level(logger, level);
            reverts.cancel("log " + logger);
            return;
        }
        reverts.cancel("log " + logger); // else the earlier one might end this one
        logs.levelForNow(logger, level);
        reverts.schedule("log " + logger, time.get(), () -> logs.levelAsBefore(logger));
    }

    private static Optional<Duration> time(Invocation call) {
        if (call.arguments().size() == 2) {
            return Optional.empty();
        }
        if (call.arguments().size() != 4 || !call.argument(2).equals("for")) {
            throw CommandException.usage("log takes a logger, a level and perhaps a time: log LOGGER LEVEL for 10m");
        }
        return Optional.of(Units.parseDuration("TIME", call.argument(3)));
    }

    /// Whether there is such a logger, or one below it.
    private static boolean isKnown(LogControl logs, String logger) {
        return logger.equals("ROOT") || logs.loggers().stream().anyMatch(name -> name.equals(logger) || name.startsWith(logger + "."));
    }

    private static Result answer(Invocation call, String before, Optional<Duration> time, boolean known) {
        String logger = call.argument(0);
        String now = call.context().logs().level(logger);
        String until = time.map(t -> ", for " + Units.duration(t)).orElse("");
        Output output = Output.saying(logger + ": " + before + " -> " + now + until).with(
                Field.text("logger", "", logger),
                Field.text("before", "", before),
                Field.text("now", "", now),
                new Field("for", "", Kind.DURATION, time.map(Cell::span).orElse(Cell.NONE)));
        if (!known) {
            output.say("nothing has logged under that name yet" + Nearest.hint(logger, call.context().logs().loggers()));
        }
        return Result.done(output).changing(before, now + until);
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return switch (before.size()) {
            case 0 -> Suggestion.all(context.logs().loggers().stream().sorted().toList());
            case 1 -> Suggestion.all(LEVELS);
            case 2 -> Suggestion.all(List.of("for"));
            case 3 -> Suggestion.all(List.of("1m", "10m", "1h"));
            default -> List.of();
        };
    }
}
