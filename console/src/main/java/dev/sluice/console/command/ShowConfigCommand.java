package dev.sluice.console.command;

import dev.sluice.console.command.ConfigControl.ConfigEntry;
import java.util.List;
import java.util.regex.Pattern;

/// `show config`: every key, and where its value is from.
final class ShowConfigCommand implements Command {

    private static final Pattern BARE = Pattern.compile("[^=<>!]+");
    private static final Column<ConfigEntry> KEY = Column.of("key", Kind.TEXT, it -> Cell.text(it.key()));
    private static final Column<ConfigEntry> VALUE = Column.of("value", Kind.TEXT, it -> Cell.text(it.value()));
    private static final Column<ConfigEntry> SOURCE = Column.of("source", Kind.STATE, it -> new Cell.State(it.source(), Tone.PLAIN));
    private static final Column<ConfigEntry> CLASS = Column.of("class", Kind.STATE, it -> new Cell.State(it.kind(), Tone.PLAIN));

    private static final Schema<ConfigEntry> BRIEF = new Schema<>("config", List.of(KEY, VALUE,
            Column.wide("default", Kind.TEXT, it -> Cell.text(it.byDefault())),
            Column.wide("file", Kind.TEXT, it -> Cell.text(it.inFile())),
            SOURCE, CLASS));
    private static final Schema<ConfigEntry> SOURCES = new Schema<>("config", List.of(KEY, VALUE,
            Column.of("default", Kind.TEXT, it -> Cell.text(it.byDefault())),
            Column.of("file", Kind.TEXT, it -> Cell.text(it.inFile())),
            SOURCE, CLASS));

    @Override
    public Spec spec() {
        return Spec.showing("show config", Level.VIEW, "[KEYPREFIX…] [FILTERS]",
                "every key, its value, where that is from, and how a change takes effect",
                "show config --changed", "show config pools. --source").with(
                Option.flag("--changed", "only what is not the default"), Option.flag("--source", "with default and file's value"),
                Option.sortBy(BRIEF.keys()), Option.LIMIT);
    }

    @Override
    public Result run(Invocation call) {
        Schema<ConfigEntry> schema = call.flag("--source") ? SOURCES : BRIEF;
        Filter<ConfigEntry> filter = Filter.parse(words(call, false), schema);
        List<String> prefixes = words(call, true);
        List<ConfigEntry> entries = call.context().config().entries().stream()
                .filter(entry -> !call.flag("--changed") || !entry.value().equals(entry.byDefault()))
                .filter(entry -> prefixes.isEmpty() || prefixes.stream().anyMatch(entry.key()::startsWith))
                .filter(filter)
                .toList();
        return Result.done(Output.of(schema.table(entries, call)));
    }

    /// A bare word is what keys begin with; all others are filters.
    private static List<String> words(Invocation call, boolean bare) {
        return call.arguments().stream().filter(word -> BARE.matcher(word).matches() == bare).toList();
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return ShowCommands.filters(BRIEF, context.config().entries(), word);
    }
}
