package dev.sluice.reload;

import dev.sluice.api.ConfigKeys;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.Rendered;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.api.ServerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The differences between two configurations. Pure functions.
///
/// Values are compared by `equals`; so services and executors of one's own are the same only when they are the same object, or say so.
public final class ConfigDiff {

    private static final String NOTHING = "-";
    private static final String TAKE_BACK = "; restart the server, or take this change back";
    /// `pools.workers` of `pools.workers.size`; a name that could not be written bare is quoted.
    private static final Pattern OWNED = Pattern.compile("((pools|listeners)\\.(\"(?:[^\"\\\\]|\\\\.)*\"|[^.]+))\\.(.+)");

    private ConfigDiff() {}

    /// What going from one configuration to the other would do.
    ///
    /// @return only what differs: first the keys of the current configuration, then new ones; a pool or listener that comes or goes is one
    ///         change. Not applied
    public static ReloadReport plan(ServerConfig current, ServerConfig next) {
        Map<String, ConfigKeys.Entry> before = ConfigKeys.of(current);
        Map<String, ConfigKeys.Entry> after = ConfigKeys.of(next);
        Set<String> keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        Set<String> told = new LinkedHashSet<>();
        List<Change> changes = new ArrayList<>();
        for (String key : keys) {
            Optional<Owned> owned = Owned.of(key).filter(one -> one.comesOrGoes(current, next));
            if (owned.isPresent() && told.add(owned.get().owner())) {
                changes.add(comingOrGoing(owned.get(), current, next));
            } else if (owned.isEmpty() && !Objects.equals(value(before.get(key)), value(after.get(key)))) {
                changes.add(change(key, before.get(key), after.get(key), current, next));
            }
        }
        if (next.listeners().isEmpty() && !current.listeners().isEmpty()) {
            changes.add(new Change("listeners", Integer.toString(current.listeners().size()), "0", Kind.RESTART, Verdict.REFUSED,
                    "a server needs at least one listener"));
        }
        return withheld(new ReloadReport(List.copyOf(changes), false));
    }

    /// One refusal withholds all.
    private static ReloadReport withheld(ReloadReport plan) {
        return plan.refused() ? new ReloadReport(plan.changes().stream()
                .map(change -> change.verdict() == Verdict.PLANNED ? change.as(Verdict.WITHHELD, "") : change).toList(), false) : plan;
    }

    private static @Nullable Object value(ConfigKeys.@Nullable Entry entry) {
        return entry == null ? null : entry.value();
    }

    private static Change change(
            String key, ConfigKeys.@Nullable Entry was, ConfigKeys.@Nullable Entry is, ServerConfig current, ServerConfig next) {
        ConfigKeys.Entry known = was != null ? was : Objects.requireNonNull(is);
        String before = was == null ? NOTHING : was.text();
        String after = is == null ? NOTHING : is.text();
        String why = known.kind() == Kind.RESTART ? key + " is read when the server starts" : keptSocket(key, current, next);
        Kind kind = comesOrGoesWithTls(key, current, next) ? Kind.REBIND : known.kind();
        return why.isEmpty()
                ? new Change(key, before, after, kind, Verdict.PLANNED)
                : new Change(key, before, after, Kind.RESTART, Verdict.REFUSED, why + TAKE_BACK);
    }

    /// A listener that begins or ceases to speak TLS is another one to its clients.
    private static boolean comesOrGoesWithTls(String key, ServerConfig current, ServerConfig next) {
        Optional<Owned> owned = Owned.of(key).filter(one -> one.part().startsWith("tls."));
        return owned.isPresent() && Objects.requireNonNull(current.listeners().get(owned.get().name())).tls().isPresent()
                != Objects.requireNonNull(next.listeners().get(owned.get().name())).tls().isPresent();
    }

    /// A new listener may have the address of another, whose socket it takes over as it is.
    private static Change comingOrGoing(Owned owned, ServerConfig current, ServerConfig next) {
        Change change = owned.change(current, next);
        ListenerConfig coming = owned.kind().equals("listeners") ? next.listeners().get(owned.name()) : null;
        if (coming == null) {
            return change;
        }
        return current.listeners().values().stream()
                .filter(before -> !Collections.disjoint(before.bind(), coming.bind()) && !likeSocket(before, coming)).findFirst()
                .map(before -> new Change(change.key(), change.before(), change.after(), Kind.RESTART, Verdict.REFUSED, "its tcp.backlog or tcp.reuse-port "
                        + "is another than the one " + Rendered.text(before.bind()) + " is bound with" + TAKE_BACK))
                .orElse(change);
    }

    private static boolean likeSocket(ListenerConfig one, ListenerConfig other) {
        return one.tcp().backlog() == other.tcp().backlog() && one.tcp().reusePort() == other.tcp().reusePort();
    }

    /// What is given to the kernel when an address is bound cannot change while that address stays bound.
    private static String keptSocket(String key, ServerConfig current, ServerConfig next) {
        Optional<Owned> owned = Owned.of(key).filter(one -> one.part().equals("tcp.backlog") || one.part().equals("tcp.reuse-port"));
        if (owned.isEmpty()) {
            return "";
        }
        ListenerConfig before = Objects.requireNonNull(current.listeners().get(owned.get().name()));
        ListenerConfig after = Objects.requireNonNull(next.listeners().get(owned.get().name()));
        return Collections.disjoint(before.bind(), after.bind())
                ? "" : "the kernel is told when an address is bound, and " + Rendered.text(before.bind()) + " stays bound";
    }

    /// A key of a pool or a listener.
    ///
    /// @param owner `pools.workers`
    /// @param kind  `pools` or `listeners`
    /// @param name  of the pool or listener
    /// @param part  the key within it
    private record Owned(String owner, String kind, String name, String part) {

        static Optional<Owned> of(String key) {
            Matcher matcher = OWNED.matcher(key);
            return matcher.matches()
                    ? Optional.of(new Owned(matcher.group(1), matcher.group(2), bare(matcher.group(3)), matcher.group(4))) : Optional.empty();
        }

        private static String bare(String name) {
            return name.startsWith("\"") ? name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1") : name;
        }

        private Map<String, ?> in(ServerConfig config) {
            return kind.equals("pools") ? config.pools() : config.listeners();
        }

        boolean comesOrGoes(ServerConfig current, ServerConfig next) {
            return in(current).containsKey(name) != in(next).containsKey(name);
        }

        Change change(ServerConfig current, ServerConfig next) {
            return new Change(owner, summary(in(current).get(name)), summary(in(next).get(name)),
                    kind.equals("pools") ? Kind.LIVE : Kind.REBIND, Verdict.PLANNED);
        }

        private static String summary(@Nullable Object owned) {
            return owned == null ? NOTHING : Rendered.text(owned);
        }
    }
}
