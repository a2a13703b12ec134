package dev.sluice.console.command;

import dev.sluice.api.PoolInfo;
import dev.sluice.api.ResizeReport;
import java.util.List;

/// `resize POOL N`: how many may run at once.
final class ResizeCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("resize", "POOL N", "changes how many may run at once in a pool, now and until the next start",
                "resize workers 32", "resize workers 4 --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(2, 2);
        String pool = call.argument(0);
        int size = (int) Invocation.parse("N", call.argument(1), 1, Integer.MAX_VALUE);
        List<String> pools = call.server().pools().stream().map(PoolInfo::name).toList();
        if (!pools.contains(pool)) {
            throw CommandException.failed("there is no pool " + Escape.line(pool, 40) + Nearest.hint(pool, pools)
                    + " Pools: " + String.join(", ", pools));
        }
        ResizeReport report = call.context().config().resize(pool, size);
        String effective = report.surplus() == 0 ? "now" : "after " + report.surplus() + " running finish";
        Output output = Output.saying(pool + ": " + report.before() + " -> " + report.now() + ", effective " + effective).with(
                Field.text("pool", "", report.pool()),
                Field.count("before", "", report.before()),
                Field.count("now", "", report.now()),
                Field.count("surplus", "", report.surplus()));
        return Result.done(output).changing(report.before(), report.now());
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return before.isEmpty() ? Suggestion.all(context.server().pools().stream().map(PoolInfo::name).toList()) : List.of();
    }
}
