package dev.sluice.console.command;

/// `history`: what was typed.
final class HistoryCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.other("history", "", "lines that were typed here, this session's and earlier ones", "history", "history --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        if (call.flag("--json")) {
            return Result.done(new Output().listing("history", "history", call.console().history()));
        }
        Output output = new Output();
        call.console().history().forEach(output::say);
        return Result.done(output);
    }
}
