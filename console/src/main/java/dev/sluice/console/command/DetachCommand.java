package dev.sluice.console.command;

/// `detach`: leaves the console; the server goes on.
final class DetachCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.other("detach", "", "leaves the console; the server goes on", "detach", "detach --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        return Result.done(new Output()).then(Reply.Then.DETACH);
    }
}
