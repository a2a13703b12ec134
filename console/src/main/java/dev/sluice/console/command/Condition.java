package dev.sluice.console.command;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.PoolInfo;
import dev.sluice.api.ServerControl;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Something that becomes true of a server: `clients==0`, `queued<10`, `state==RUNNING`, `pool.web.idle>2`, `listener.web.connections==0`.
final class Condition {

    static final Schema<ServerControl> SERVER = new Schema<>("conditions", List.of(
            Column.of("state", Kind.STATE, it -> Cell.state(it.state())),
            Column.of("clients", Kind.COUNT, it -> Cell.count(it.stats().connections())),
            Column.of("queued", Kind.COUNT, it -> Cell.count(it.stats().queued())),
            Column.of("in-flight", Kind.COUNT, it -> Cell.count(it.stats().inFlight())),
            Column.of("oldest-waiting", Kind.DURATION, it -> Cell.span(it.stats().oldestWaiting())),
            Column.of("accepted", Kind.COUNT, it -> Cell.count(it.stats().accepted())),
            Column.of("requests", Kind.COUNT, it -> Cell.count(it.stats().requests())),
            Column.of("errors", Kind.COUNT, it -> Cell.count(it.stats().failed())),
            Column.of("requests-per-second", Kind.DECIMAL, it -> new Cell.Decimal(it.stats().perSecond())),
            Column.of("generation", Kind.COUNT, it -> Cell.count(it.stats().generation()))));

    private static final Pattern OF_ONE = Pattern.compile("(pool|listener)\\.(.+?)\\.([a-z][a-z0-9-]*(?:[=!<>]|\\.[a-z]{2}=).*)");

    private Condition() {}

    /// @throws CommandException of wrong usage; when it is asked and there is no such pool or listener, of failure
    static Predicate<ServerControl> parse(String text) {
        Matcher one = OF_ONE.matcher(text);
        if (!one.matches()) {
            return Filter.parse(List.of(text), SERVER);
        }
        String name = one.group(2);
        List<String> term = List.of(one.group(3));
        if (one.group(1).equals("pool")) {
            Filter<PoolInfo> filter = Filter.parse(term, Schemas.POOLS);
            return server -> filter.test(server.pools().stream().filter(pool -> pool.name().equals(name)).findFirst()
                    .orElseThrow(() -> missing("pool", name, server.pools().stream().map(PoolInfo::name).toList())));
        }
        Filter<ListenerInfo> filter = Filter.parse(term, Schemas.LISTENERS);
        return server -> filter.test(server.listeners().stream().filter(listener -> listener.name().equals(name)).findFirst()
                .orElseThrow(() -> missing("listener", name, server.listeners().stream().map(ListenerInfo::name).toList())));
    }

    private static CommandException missing(String what, String name, List<String> known) {
        return CommandException.failed("there is no " + what + " " + Escape.line(name, 40) + Nearest.hint(name, known));
    }
}
