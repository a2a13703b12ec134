package dev.sluice.console.command;

/// `clear`: an empty screen.
final class ClearCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.other("clear", "", "clears the screen", "clear", "clear --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        call.console().clear();
        return Result.done(new Output());
    }
}
