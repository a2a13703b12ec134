package dev.sluice.console.command;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.Role;
import java.util.List;

/// `pause`: stops accepting; clients wait in the kernel's backlog.
final class PauseCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("pause", "[LISTENER]", "stops accepting on a listener, or on all for clients; the port stays bound",
                "pause web", "pause");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 1);
        List<ListenerInfo> chosen = call.arguments().isEmpty() ? open(call) : List.of(Listeners.named(call.context(), call.argument(0)));
        chosen.forEach(listener -> call.server().pause(listener.name()));
        return Listeners.answer("paused", chosen, call);
    }

    private static List<ListenerInfo> open(Invocation call) {
        return call.server().listeners().stream()
                .filter(listener -> listener.role() == Role.TRAFFIC && listener.state() == ListenerState.LISTENING)
                .toList();
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return before.isEmpty() ? Listeners.suggestions(context) : List.of();
    }
}
