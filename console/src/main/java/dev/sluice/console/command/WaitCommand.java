package dev.sluice.console.command;

import dev.sluice.api.ServerControl;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// `wait CONDITION`: so that scripts need not poll.
final class WaitCommand implements Command {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Override
    public Spec spec() {
        return Spec.other("wait", "CONDITION", "until something holds: exit code 0, or 1 when the time is up (30s unless told)",
                "wait clients==0 --timeout 10s", "wait pool.workers.idle>2").with(
                Option.taking("--timeout", "TIME", "how long at most").offering("10s", "30s", "5m"));
    }

    @Override
    public Result run(Invocation call) throws InterruptedException {
        call.expect(1, 3);
        String text = String.join("", call.arguments());
        Predicate<ServerControl> condition = Condition.parse(text);
        Duration timeout = call.duration("--timeout").orElse(TIMEOUT);
        long began = System.nanoTime();
        boolean waiting = true;
        while (!condition.test(call.server())) {
            Duration waited = Duration.ofNanos(System.nanoTime() - began);
            if (!waiting || waited.compareTo(timeout) >= 0) {
                return Result.failed(answer(text + " does not hold after " + Units.duration(waited), false, waited));
            }
            Duration left = timeout.minus(waited);
            waiting = call.console().pause(left.compareTo(POLL) < 0 ? left : POLL);
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - began);
        return Result.done(answer(text + " after " + Units.duration(waited), true, waited));
    }

    private static Output answer(String sentence, boolean holds, Duration waited) {
        return Output.saying(sentence).with(
                new Field("holds", "", Kind.FLAG, new Cell.Flag(holds)), Field.span("waited", "", waited));
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        Stream<String> pools = context.server().pools().stream()
                .flatMap(pool -> Stream.of("idle", "active", "queued").map(key -> "pool." + pool.name() + "." + key));
        return Stream.concat(Condition.SERVER.keys().stream(), pools).map(key -> new Suggestion(key, "", false)).toList();
    }
}
