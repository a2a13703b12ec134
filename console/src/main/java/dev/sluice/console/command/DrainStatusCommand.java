package dev.sluice.console.command;

/// `drain status`: where a drain stands.
final class DrainStatusCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.showing("drain status", Level.OPERATE, "", "phase, time and budget of the drain, what is left, and who holds it up",
                "drain status", "drain status --watch 1s");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        return Result.done(DrainText.progress(call));
    }
}
