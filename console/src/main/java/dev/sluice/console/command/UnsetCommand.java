package dev.sluice.console.command;

import java.util.List;

/// `unset KEY`: back to what the file says.
final class UnsetCommand implements Command {

    private static final ChangeAnswer ANSWER = new ChangeAnswer("changed:", "it is no longer set; the file says the same");

    @Override
    public Spec spec() {
        return Spec.acting("unset", "KEY", "gives a key that was set, or a pool that was resized, the value of the file again",
                "unset listeners.web.timeouts.idle", "unset pools.workers.size --dry-run").with(Option.DRY_RUN);
    }

    @Override
    public Result run(Invocation call) {
        call.expect(1, 1);
        boolean dryRun = call.flag("--dry-run");
        return ANSWER.of(call.context().config().unset(call.argument(0), dryRun), dryRun, call);
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return before.isEmpty() ? Suggestion.all(context.config().settings()) : List.of();
    }
}
