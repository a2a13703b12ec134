package dev.sluice.console.command;

import dev.sluice.api.PoolInfo;
import dev.sluice.api.ResizeReport;
import java.util.List;

/// `resize POOL N [for TIME]`: how many may run at once. The same as setting the pool's size.
final class ResizeCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("resize", "POOL N [for TIME]",
                "changes how many may run at once in a pool, whatever the file says, until it is unset or saved; also during a drain",
                "resize workers 32", "resize workers 4 for 10m --json");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(2, 4);
        String pool = call.argument(0);
        Timed timed = Timed.read(call.arguments().subList(1, call.arguments().size()));
        int size = (int) Invocation.parse("N", timed.words(), 1, Integer.MAX_VALUE);
        List<String> pools = call.server().pools().stream().map(PoolInfo::name).toList();
        if (!pools.contains(pool)) {
            throw CommandException.failed("there is no pool " + Escape.line(pool, 40) + Nearest.hint(pool, pools)
                    + " Pools: " + String.join(", ", pools));
        }
        ResizeReport report = call.context().config().resize(pool, size, call.context().principal().name(), timed.time());
        String effective = report.surplus() == 0 ? "now" : "after " + report.surplus() + " running finish";
        String until = timed.time() == null ? "" : ", for " + Units.duration(timed.time());
        Output output = Output.saying(pool + ": " + report.before() + " -> " + report.now() + ", effective " + effective + until).with(
                Field.text("pool", "", report.pool()),
                Field.count("before", "", report.before()),
                Field.count("now", "", report.now()),
                Field.count("surplus", "", report.surplus()));
        return Result.done(output).changing(report.before(), report.now() + until);
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return switch (before.size()) {
            case 0 -> Suggestion.all(context.server().pools().stream().map(PoolInfo::name).toList());
            case 1 -> List.of();
            default -> Timed.complete(before.subList(1, before.size()));
        };
    }
}
