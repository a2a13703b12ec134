package dev.sluice.console.command;

import io.micrometer.core.instrument.Meter;
import java.util.Comparator;
import java.util.List;

/// `metrics [PREFIX]`: the meters, straight from the registry. Buckets that are meters of their own are seen as the percentiles of their
/// timer, unless the prefix is for them alone, and so is the longest of the last minute as the maximum of theirs.
final class MetricsCommand implements Command {

    private static final Schema<Reading> METERS = new Schema<>("meters", List.of(
            Column.of("meter", Kind.TEXT, it -> Cell.text(it.name())),
            Column.of("tags", Kind.TEXT, it -> Cell.text(it.tags())),
            Column.of("value", Kind.DECIMAL, Reading::value),
            Column.wide("unit", Kind.TEXT, it -> Cell.text(it.unit())),
            Column.wide("type", Kind.TEXT, it -> Cell.text(it.type())),
            Column.of("count", Kind.COUNT, Reading::count),
            Column.of("rate", Kind.DECIMAL, Reading::rate),
            Column.of("mean", Kind.DECIMAL, Reading::mean),
            Column.of("p50", Kind.DECIMAL, it -> it.percentile(0.5)),
            Column.of("p95", Kind.DECIMAL, it -> it.percentile(0.95)),
            Column.of("p99", Kind.DECIMAL, it -> it.percentile(0.99)),
            Column.of("max", Kind.DECIMAL, Reading::max)));

    @Override
    public Spec spec() {
        return Spec.showing("metrics", Level.VIEW, "[PREFIX] [FILTERS]",
                "meters; rates are per second since the start, percentiles are read from the buckets; "
                        + "max is of the last minutes, and of requests that of their listener",
                "metrics sluice.requests", "metrics jvm --sort value").with(Option.sortBy(METERS.keys()), Option.LIMIT);
    }

    @Override
    public Result run(Invocation call) {
        List<String> words = call.arguments();
        boolean prefixed = !words.isEmpty() && words.getFirst().matches("[\\w.-]+");
        String prefix = prefixed ? words.getFirst() : "";
        Filter<Reading> filter = Filter.parse(prefixed ? words.subList(1, words.size()) : words, METERS);
        double uptime = Cell.seconds(call.server().stats().uptime());
        List<Meter> all = call.context().meters().getMeters();
        Longest longest = Longest.of(all);
        List<Meter> meters = all.stream().filter(meter -> meter.getId().getName().startsWith(prefix)).toList();
        CountedBuckets buckets = CountedBuckets.of(meters);
        List<Reading> readings = meters.stream()
                .filter(meter -> !buckets.has(meter))
                .map(meter -> Reading.of(meter, buckets, longest, uptime))
                .filter(filter)
                .sorted(Comparator.comparing(Reading::name).thenComparing(Reading::tags))
                .toList();
        return Result.done(Output.of(METERS.table(readings, call)));
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return context.meters().getMeters().stream()
                .map(Meter::getId).map(Meter.Id::getName).distinct().sorted()
                .map(Suggestion::of)
                .toList();
    }
}
