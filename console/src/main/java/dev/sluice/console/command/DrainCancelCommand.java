package dev.sluice.console.command;

import dev.sluice.api.CancelReport;

/// `drain cancel`: goes back to running.
final class DrainCancelCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("drain cancel", "", "takes back a drain or a shutdown, from any phase before FORCE",
                "drain cancel", "drain cancel --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        return cancel(call);
    }

    static Result cancel(Invocation call) {
        String before = call.server().state().name();
        CancelReport report = call.server().cancelDrain();
        if (!report.cancelled()) {
            throw CommandException.failed("there is no drain that could be cancelled; the state is " + before);
        }
        Output output = Output.saying("running again; listening: " + String.join(", ", report.listening())).with(
                new Field("listening", "", Kind.TEXT, Cell.texts(report.listening())),
                new Field("closed", "", Kind.TEXT, Cell.texts(report.closed())));
        report.closed().forEach(closed -> output.say("stays closed: " + closed));
        return (report.closed().isEmpty() ? Result.done(output) : Result.failed(output)).changing(before, call.server().state());
    }
}
