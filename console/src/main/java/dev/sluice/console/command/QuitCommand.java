package dev.sluice.console.command;

/// `q`: asks, then shuts down.
final class QuitCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("q", "",
                "asks, then shuts the server down; without a terminal it does not ask", "q", "q --yes").with(Option.YES);
    }

    @Override
    public Result run(Invocation call) throws InterruptedException {
        call.expect(0, 0);
        boolean asks = call.console().interactive() && !call.flag("--yes");
        int clients = call.server().stats().connections();
        if (asks && !call.console().ask("Drain " + clients + " connections and stop the server? (detach leaves it running)")) {
            call.audit("declined", "-", "-");
            return Result.failed(Output.saying("the server goes on"));
        }
        return ShutdownCommand.shutdown(call, call.server().config().drain());
    }
}
