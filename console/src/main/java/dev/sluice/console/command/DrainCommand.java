package dev.sluice.console.command;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainReport;
import java.util.Optional;

/// `drain`: stops accepting and serves what is there to its end; the server and the console stay.
final class DrainCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("drain", "", "stops accepting, serves what is there to its end, and stays drained; resume goes back",
                "drain --grace 10s", "drain --lame-duck 5s --spread 5s").with(
                Option.taking("--grace", "TIME", "how long requests in flight may take"),
                Option.taking("--lame-duck", "TIME", "how long to accept on after health says draining"),
                Option.taking("--spread", "TIME", "over what time to spread the ends of idle connections"));
    }

    @Override
    public Result run(Invocation call) throws InterruptedException {
        call.expect(0, 0);
        DrainConfig policy = policy(call);
        String before = call.server().state().name();
        call.audit("begun", before, DrainText.policy(policy));
        Optional<DrainReport> report = DrainWatch.follow(call, () -> call.server().drain(policy));
        if (report.isEmpty()) {
            return Result.done(Output.saying("the drain goes on: drain status shows it, drain cancel takes it back")
                    .with(Field.text("outcome", "", "unwatched")));
        }
        Output output = DrainText.report(report.get(), call);
        return report.get().result() == DrainReport.Result.CLEAN ? Result.done(output) : Result.failed(output);
    }

    /// The configured policy, with what the options say otherwise.
    static DrainConfig policy(Invocation call) {
        DrainConfig policy = call.server().config().drain();
        policy = call.duration("--grace").map(policy::withGrace).orElse(policy);
        policy = call.duration("--lame-duck").map(policy::withLameDuck).orElse(policy);
        return call.duration("--spread").map(policy::withSpread).orElse(policy);
    }
}
