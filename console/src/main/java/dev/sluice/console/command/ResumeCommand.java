package dev.sluice.console.command;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ListenerState;
import dev.sluice.api.ServerState;
import java.util.List;

/// `resume`: accepts again, after a pause or a drain.
final class ResumeCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("resume", "[LISTENER]",
                "accepts again on a paused listener, or on all; without a name it also takes back a drain", "resume web", "resume");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 1);
        ServerState state = call.server().state();
        if (call.arguments().isEmpty() && (state == ServerState.DRAINING || state == ServerState.DRAINED)) {
            return DrainCancelCommand.cancel(call);
        }
        List<ListenerInfo> chosen = call.arguments().isEmpty() ? paused(call) : List.of(Listeners.named(call.context(), call.argument(0)));
        chosen.forEach(listener -> call.server().resume(listener.name()));
        return Listeners.answer("resumed", chosen, call);
    }

    private static List<ListenerInfo> paused(Invocation call) {
        return call.server().listeners().stream().filter(listener -> listener.state() == ListenerState.PAUSED).toList();
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return before.isEmpty() ? Listeners.suggestions(context) : List.of();
    }
}
