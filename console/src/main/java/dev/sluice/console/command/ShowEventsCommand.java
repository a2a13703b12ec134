package dev.sluice.console.command;

import dev.sluice.api.Recent.Entry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// `show events`: what happened lately, and with `-f` what happens now.
final class ShowEventsCommand implements Command {

    private static final Duration POLL = Duration.ofMillis(250);

    private static final Schema<Entry> EVENTS = new Schema<>("events", List.of(
            Column.of("when", Kind.MOMENT, it -> new Cell.Moment(it.when())),
            Column.of("event", Kind.STATE, it -> new Cell.State(EventText.name(it.event()), Tone.PLAIN)),
            Column.of("detail", Kind.TEXT, it -> Cell.text(EventText.detail(it.event())))));

    @Override
    public Spec spec() {
        return Spec.showing("show events", Level.OPERATE, "[FILTERS]",
                "what happened lately, newest first; with -f, as it happens until Ctrl-C",
                "show events event=phase-*", "show events -f").with(
                Option.flag("-f", "follow"), Option.sortBy(EVENTS.keys()), Option.LIMIT);
    }

    @Override
    public Result run(Invocation call) throws InterruptedException {
        Filter<Entry> filter = Filter.parse(call.arguments(), EVENTS);
        if (call.flag("-f")) {
            return follow(call, filter);
        }
        return Result.done(Output.of(EVENTS.table(lately(call).filter(filter).toList().reversed(), call)));
    }

    private static Stream<Entry> lately(Invocation call) {
        return call.server().recent().events().stream();
    }

    private static Result follow(Invocation call, Filter<Entry> filter) throws InterruptedException {
        if (!call.console().interactive()) {
            throw CommandException.usage("-f needs a terminal, else it would never end");
        }
        List<Entry> seen = List.of();
        do {
            List<Entry> now = lately(call).toList();
            now.subList(seen.isEmpty() ? 0 : now.lastIndexOf(seen.getLast()) + 1, now.size()).stream()
                    .filter(filter)
                    .forEach(entry -> print(entry, call));
            seen = now;
        } while (call.console().pause(POLL));
        return Result.done(new Output());
    }

    private static void print(Entry entry, Invocation call) {
        Output one = new Output().line(Units.moment(entry.when()),
                Field.text("event", "", EventText.name(entry.event())), Field.text("detail", "", EventText.detail(entry.event())));
        Commands.print(Result.done(one), call, call.console()::out);
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return ShowCommands.filters(EVENTS, context.server().recent().events(), word);
    }
}
