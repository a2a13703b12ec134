package dev.sluice.reload;

import dev.sluice.api.ConfigKeys;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ServerConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The differences between two configurations. Pure functions.
///
/// Values are compared by `equals`; so services and executors of one's own are the same only when they are the same object, or say so.
public final class ConfigDiff {

    private static final String NOTHING = "-";
    private static final String PLANNED = "planned";
    private static final String APPLIED = "applied";

    private ConfigDiff() {}

    /// What going from one configuration to the other would do.
    ///
    /// @return only what differs: first the keys of the current configuration, then new ones; not applied
    public static ReloadReport plan(ServerConfig current, ServerConfig next) {
        Map<String, ConfigKeys.Entry> before = ConfigKeys.of(current);
        Map<String, ConfigKeys.Entry> after = ConfigKeys.of(next);
        Set<String> keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        Set<String> owners = new LinkedHashSet<>(owners(before.keySet()));
        owners.retainAll(owners(after.keySet()));
        List<Change> changes = new ArrayList<>();
        for (String key : keys) {
            ConfigKeys.Entry was = before.get(key);
            ConfigKeys.Entry is = after.get(key);
            if (!Objects.equals(value(was), value(is))) {
                changes.add(change(key, was, is, owners.contains(owner(key))));
            }
        }
        return new ReloadReport(List.copyOf(changes), false);
    }

    /// A plan, once it has been carried out.
    ///
    /// @throws IllegalArgumentException when it is refused: such a plan cannot have been carried out
    public static ReloadReport applied(ReloadReport plan) {
        if (plan.refused()) {
            throw new IllegalArgumentException("a refused plan cannot be applied: " + plan.changes());
        }
        return new ReloadReport(plan.changes().stream()
                .map(change -> new Change(change.key(), change.before(), change.after(), change.kind(), APPLIED)).toList(), true);
    }

    private static @Nullable Object value(ConfigKeys.@Nullable Entry entry) {
        return entry == null ? null : entry.value();
    }

    private static Change change(String key, ConfigKeys.@Nullable Entry was, ConfigKeys.@Nullable Entry is, boolean stays) {
        boolean live = was != null && is != null && is.kind() == Kind.LIVE;
        String before = was == null ? NOTHING : was.text();
        String after = is == null ? NOTHING : is.text();
        return live
                ? new Change(key, before, after, Kind.LIVE, PLANNED)
                : new Change(key, before, after, Kind.RESTART, "needs a restart: " + why(key, was == null, stays)
                        + "; restart the server, or take this change back");
    }

    private static Set<String> owners(Set<String> keys) {
        Set<String> owners = new LinkedHashSet<>();
        keys.forEach(key -> owners.add(owner(key)));
        return owners;
    }

    /// `pools.workers` of `pools.workers.size`, and the key itself where nothing by name owns it.
    private static String owner(String key) {
        if (!key.startsWith("pools.") && !key.startsWith("listeners.")) {
            return key;
        }
        int name = key.indexOf('.') + 1;
        int end = key.charAt(name) == '"' ? closingQuote(key, name) + 1 : key.indexOf('.', name);
        return key.substring(0, end);
    }

    private static int closingQuote(String key, int opening) {
        int at = opening + 1;
        while (key.charAt(at) != '"') {
            at += key.charAt(at) == '\\' ? 2 : 1;
        }
        return at;
    }

    private static String why(String key, boolean isNew, boolean stays) {
        String owner = owner(key);
        if (!stays && !owner.equals(key)) {
            String kind = owner.startsWith("pools.") ? "pools" : "listeners";
            String name = owner.substring(kind.length() + 1);
            return isNew
                    ? kind + " are opened when the server starts, and " + name + " is new"
                    : kind + " end with the server, and " + name + " would have to end before it";
        }
        String part = key.substring(owner.length());
        return switch (part) {
            case ".bind" -> "a running listener keeps its address";
            case ".protocol", ".service.type" -> "a running listener keeps what it serves";
            case ".pool" -> "a running listener keeps its pool";
            case ".role" -> "a running listener keeps its role";
            default -> part.startsWith(".io.") ? "a running listener keeps its threads"
                    : part.startsWith(".tcp.") ? "socket options are set when a listener is bound"
                    : key + " is read when the server starts";
        };
    }
}
