package dev.sluice.console.command;

import dev.sluice.api.ListenerInfo;
import java.util.List;
import java.util.stream.Collectors;

/// What `pause` and `resume` share.
final class Listeners {

    private Listeners() {}

    /// @throws CommandException naming the nearest listener
    static ListenerInfo named(CommandContext context, String name) {
        List<ListenerInfo> listeners = context.server().listeners();
        List<String> names = listeners.stream().map(ListenerInfo::name).toList();
        return listeners.stream().filter(listener -> listener.name().equals(name)).findFirst()
                .orElseThrow(() -> CommandException.failed("there is no listener " + Escape.line(name, 40) + Nearest.hint(name, names)
                        + " Listeners: " + String.join(", ", names)));
    }

    /// Says what was done to listeners, with the states before and after.
    static Result answer(String done, List<ListenerInfo> before, Invocation call) {
        String names = before.isEmpty() ? "no listener" : before.stream().map(ListenerInfo::name).collect(Collectors.joining(", "));
        List<String> chosen = before.stream().map(ListenerInfo::name).toList();
        List<ListenerInfo> after = call.server().listeners().stream().filter(listener -> chosen.contains(listener.name())).toList();
        Output output = Output.saying(done + " " + names).with(new Field(done, "", Kind.TEXT, Cell.texts(chosen)));
        return Result.done(output).changing(states(before), states(after));
    }

    private static String states(List<ListenerInfo> listeners) {
        return listeners.stream().map(listener -> listener.name() + " " + Cell.word(listener.state())).collect(Collectors.joining(", "));
    }

    static List<Suggestion> suggestions(CommandContext context) {
        return Suggestion.all(context.server().listeners().stream().map(ListenerInfo::name).toList());
    }
}
