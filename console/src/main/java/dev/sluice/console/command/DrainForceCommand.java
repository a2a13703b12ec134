package dev.sluice.console.command;

import dev.sluice.api.ServerState;

/// `drain force`: no more patience.
final class DrainForceCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("drain force", "", "lets every remaining budget of the drain under way end within a second",
                "drain force", "drain force --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        ServerState state = call.server().state();
        if (state != ServerState.DRAINING && state != ServerState.STOPPING) {
            throw CommandException.failed("no drain is under way; the state is " + state);
        }
        call.server().forceDrain();
        return Result.done(Output.saying("every budget ends within a second")).changing(state, "forced");
    }
}
