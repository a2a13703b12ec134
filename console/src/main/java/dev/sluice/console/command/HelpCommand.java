package dev.sluice.console.command;

import java.util.List;
import java.util.stream.Stream;

/// `help`: all commands, those of a word, or one in full.
///
/// @param commands all there are
record HelpCommand(List<Command> commands) implements Command {

    private static final Schema<Spec> COMMANDS = new Schema<>("commands", List.of(
            Column.of("command", Kind.TEXT, it -> Cell.text(it.name())),
            Column.of("level", Kind.STATE, it -> new Cell.State(it.level().word(), Tone.FAINT)),
            Column.of("does", Kind.TEXT, it -> Cell.text(it.summary())),
            Column.wide("syntax", Kind.TEXT, it -> Cell.text(it.syntax()))));

    @Override
    public Spec spec() {
        return Spec.other("help", "[COMMAND]", "all commands, or one with its options and examples", "help", "help drain")
                .with(Option.WIDE, Option.CSV);
    }

    @Override
    public Result run(Invocation call) {
        String name = String.join(" ", call.arguments());
        List<Spec> specs = commands.stream().map(Command::spec).toList();
        if (name.isEmpty()) {
            return Result.done(Output.of(COMMANDS.table(specs, call)));
        }
        List<Spec> chosen = specs.stream().filter(spec -> spec.name().equals(name) || spec.name().startsWith(name + " ")).toList();
        if (chosen.isEmpty()) {
            throw CommandException.usage("no command " + Escape.line(name, 40)
                    + Nearest.hint(name, specs.stream().map(Spec::name).toList()));
        }
        return Result.done(chosen.size() > 1 && !chosen.getFirst().name().equals(name)
                ? Output.of(COMMANDS.table(chosen, call)) : one(chosen));
    }

    private static Output one(List<Spec> chosen) {
        Spec spec = chosen.getFirst();
        Output output = new Output();
        output.line("command", Field.text("command", "", spec.name()), Field.text("level", "level", spec.level().word()));
        output.line("does", Field.text("does", "", spec.summary()));
        output.line("syntax", Field.text("syntax", "", spec.syntax()));
        output.listing("options", "options", spec.options().stream().map(HelpCommand::option).toList());
        output.listing("examples", "examples", spec.examples());
        List<String> others = chosen.stream().skip(1).map(other -> other.name() + "  " + other.summary()).toList();
        return others.isEmpty() ? output : output.listing("see_also", "see also", others);
    }

    private static String option(Option option) {
        return String.format("%-18s %s", option.name() + (option.takesArgument() ? " " + option.argument() : ""), option.help());
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        int index = before.size();
        return commands.stream()
                .map(command -> List.of(command.spec().name().split(" ")))
                .filter(words -> words.size() > index && words.subList(0, index).equals(before))
                .flatMap(words -> Stream.of(words.get(index)))
                .distinct()
                .map(Suggestion::of)
                .toList();
    }
}
