package dev.sluice.console.command;

import dev.sluice.api.DrainConfig;
import dev.sluice.api.DrainReport;
import java.time.Duration;
import java.util.Optional;

/// `shutdown`: drains, forces what is left, and ends the server.
final class ShutdownCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("shutdown", "", "drains, closes by force what is left, and ends the server; drain cancel stops it until then",
                "shutdown --grace 10s", "shutdown --now").with(
                Option.taking("--grace", "TIME", "how long requests in flight may take"),
                Option.flag("--now", "leave nobody any time"));
    }

    @Override
    public Result run(Invocation call) throws InterruptedException {
        call.expect(0, 0);
        if (call.flag("--now") && call.flag("--grace")) {
            throw CommandException.usage("--now and --grace contradict each other: give one");
        }
        DrainConfig configured = call.server().config().drain();
        DrainConfig patient = call.duration("--grace").map(configured::withGrace).orElse(configured);
        return shutdown(call, call.flag("--now") ? impatient(configured) : patient);
    }

    private static DrainConfig impatient(DrainConfig configured) {
        return configured.withLameDuck(Duration.ZERO).withQueued(DrainConfig.Queued.REFUSE).withIdleGrace(Duration.ZERO)
                .withSpread(Duration.ZERO).withGrace(Duration.ZERO);
    }

    /// The audit log is written first: the program ends with the server.
    static Result shutdown(Invocation call, DrainConfig policy) throws InterruptedException {
        call.audit("begun", call.server().state().name(), DrainText.policy(policy));
        Optional<DrainReport> report = DrainWatch.follow(call, () -> call.server().shutdown(policy));
        if (report.isEmpty()) {
            return Result.done(Output.saying("the shutdown goes on: drain status shows it, drain cancel takes it back")
                    .with(Field.text("outcome", "", "unwatched")));
        }
        Output output = DrainText.report(report.get(), call);
        return report.get().result() == DrainReport.Result.CANCELLED
                ? Result.failed(output) : Result.done(output).then(Reply.Then.SHUTDOWN);
    }
}
