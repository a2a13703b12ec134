package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All commands: finds the one that a line names, runs it for whoever may, and prints what it answers. Immutable; for any thread.
public final class Commands {

    /// Characters a line may have.
    public static final int LONGEST_LINE = CommandLine.LONGEST;

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    private final List<Command> commands;

    private Commands(List<Command> commands) {
        List<Command> all = new ArrayList<>(commands);
        all.add(new HelpCommand(all));
        this.commands = List.copyOf(all);
    }

    /// Those of Sluice.
    public static Commands standard() {
        return new Commands(List.of(
                new StatusCommand(),
                ShowCommands.listeners(), ShowCommands.clients(), new ShowClientCommand(), ShowCommands.pools(),
                ShowCommands.closed(), new ShowConfigCommand(), ShowCommands.threads(), ShowCommands.loops(), new ShowEventsCommand(),
                new MetricsCommand(),
                new KickCommand(), new PauseCommand(), new ResumeCommand(), new ResizeCommand(), new ReloadCommand(),
                new SetCommand(), new UnsetCommand(), new SaveCommand(),
                new DrainCommand(), new DrainStatusCommand(), new DrainCancelCommand(), new DrainForceCommand(),
                new LogCommand(), new WaitCommand(), new ShutdownCommand(),
                new QuitCommand(), new DetachCommand(), new HistoryCommand(), new ClearCommand()));
    }

    List<Command> all() {
        return commands;
    }

    /// Runs one line and prints its answer. Never throws for what was typed or for what a command does.
    ///
    /// @throws InterruptedException when the session ends meanwhile
    public Reply execute(String line, CommandContext context, Console console) throws InterruptedException {
        boolean json = line.contains("--json");
        try {
            List<String> words = CommandLine.split(line);
            return words.isEmpty() ? new Reply(Result.DONE, Reply.Then.CONTINUE) : run(line, words, context, console);
        } catch (CommandException refused) {
            if (json) {
                console.out(Json.failure(Result.word(refused.code()), refused.text()));
            } else {
                console.err(Tone.BAD.paint(Escape.line(refused.text()), console.coloured()));
            }
            return new Reply(refused.code(), Reply.Then.CONTINUE);
        }
    }

    private Reply run(String line, List<String> words, CommandContext context, Console console) throws InterruptedException {
        Command command = find(words);
        Spec spec = command.spec();
        Invocation call = new Invocation(context, console, spec, line);
        try {
            requireLevel(spec.level(), call);
            int named = spec.name().split(" ").length;
            call.take(words.subList(named, words.size()));
            Result result = Watch.isAsked(call) ? Watch.run(command, call) : guarded(command, call);
            print(result, call, console::out);
            audit(call, result.word(), result.before(), result.after());
            return new Reply(result.code(), result.then());
        } catch (CommandException refused) {
            audit(call, Result.word(refused.code()), "-", refused.text());
            throw refused;
        }
    }

    private static void requireLevel(Level needed, Invocation call) {
        Level given = call.context().principal().level();
        if (!given.includes(needed)) {
            throw CommandException.notAllowed(
                    call.spec().name() + " needs level " + needed.word() + ", but this session has " + given.word());
        }
    }

    private static void audit(Invocation call, String result, String before, String after) {
        if (call.spec().acts()) {
            call.audit(result, before, after);
        }
    }

    /// Runs a command; whatever it throws becomes a refusal.
    static Result guarded(Command command, Invocation call) throws InterruptedException {
        try {
            return command.run(call);
        } catch (CommandException refused) {
            throw refused;
        } catch (IllegalArgumentException | IllegalStateException refused) {
            throw CommandException.failed(refused.getMessage() == null ? refused.toString() : refused.getMessage());
        } catch (RuntimeException | StackOverflowError failure) {
            LOG.error("event=command-failed command=\"{}\"", call.spec().name(), failure);
            throw CommandException.failed(call.spec().name() + " failed: " + failure);
        }
    }

    /// Prints in the form that was asked for.
    static void print(Result result, Invocation call, Consumer<List<String>> out) {
        if (call.flag("--json")) {
            out.accept(List.of(Json.of(call.spec().shows() ? "" : result.word(), result.output())));
        } else if (call.flag("--csv")) {
            out.accept(Csv.lines(result.output()));
        } else {
            out.accept(Plain.lines(result.output(), call.console().coloured(), call.console().width()));
        }
    }

    private Command find(List<String> words) {
        return longest(words).orElseThrow(() -> unknown(words));
    }

    private Optional<Command> longest(List<String> words) {
        Optional<Command> two = words.size() < 2 ? Optional.empty() : named(words.get(0) + " " + words.get(1));
        return two.or(() -> named(words.getFirst()));
    }

    private Optional<Command> named(String name) {
        return commands.stream().filter(command -> command.spec().name().equals(name)).findFirst();
    }

    private CommandException unknown(List<String> words) {
        String first = words.getFirst();
        List<String> nouns = seconds(first);
        if (nouns.isEmpty()) {
            List<String> firsts = names().map(name -> name.split(" ")[0]).distinct().toList();
            return CommandException.usage("unknown command " + Escape.line(first, 40) + Nearest.hint(first, firsts) + " See: help");
        }
        String hint = words.size() < 2 ? "" : " " + Escape.line(words.get(1), 40) + " is none of them" + Nearest.hint(words.get(1), nouns);
        return CommandException.usage(first + " what? One of " + String.join(", ", nouns) + "." + hint);
    }

    private Stream<String> names() {
        return commands.stream().map(command -> command.spec().name());
    }

    private List<String> seconds(String first) {
        return names().filter(name -> name.startsWith(first + " ")).map(name -> name.substring(first.length() + 1)).toList();
    }

    /// What the word at the cursor may become; not yet restricted to what begins like it.
    ///
    /// @param before the words before it
    /// @param word   as far as it is typed
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        if (before.isEmpty()) {
            return allowed(context).map(command -> command.spec().name().split(" ")[0]).distinct().map(Suggestion::of).toList();
        }
        List<Suggestion> suggestions = new ArrayList<>();
        if (before.size() == 1) {
            seconds(before.getFirst()).forEach(second -> suggestions.add(Suggestion.of(second)));
        }
        longest(before).filter(command -> context.principal().level().includes(command.spec().level()))
                .ifPresent(command -> suggestions.addAll(arguments(command, context, before, word)));
        return suggestions;
    }

    private Stream<Command> allowed(CommandContext context) {
        return commands.stream().filter(command -> context.principal().level().includes(command.spec().level()));
    }

    private static List<Suggestion> arguments(Command command, CommandContext context, List<String> before, String word) {
        List<Option> options = command.spec().options();
        Optional<Option> open = options.stream()
                .filter(option -> option.takesArgument() && option.name().equals(before.getLast()))
                .findFirst();
        if (open.isPresent()) {
            return Suggestion.all(open.get().values().apply(context));
        }
        if (word.startsWith("-")) {
            return options.stream()
                    .filter(option -> !before.contains(option.name()))
                    .map(option -> new Suggestion(option.name(), option.help(), true))
                    .toList();
        }
        int named = command.spec().name().split(" ").length;
        return command.complete(context, before.subList(named, before.size()), word);
    }
}
