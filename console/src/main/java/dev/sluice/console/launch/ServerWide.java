package dev.sluice.console.launch;

import dev.sluice.api.ConfigKeys;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What stands beside the listeners and holds for all of them but the admin one. The totals of `limits` are the server's own; everything else
/// is what a listener has that does not say otherwise.
///
/// @param limits   for all listeners together
/// @param listener a traffic listener of which only what listeners inherit means anything
record ServerWide(ServerLimits limits, ListenerConfig listener) {

    /// A key of a listener that may also stand beside the listeners. What `limits` counts in connections is not inherited: there it is a total.
    private static final Pattern INHERITED = Pattern.compile(
            "listeners\\.[^.]+\\.((timeouts|keep-alive|tcp|unix)\\.[^.]+|limits\\.(?!connections$|per-address$|rate-per-address$)[^.]+)");

    /// @param any endpoint; nobody inherits it
    static ServerWide read(Section root, Endpoint<?, ?> any) {
        Section limits = root.child("limits");
        ServerLimits totals = Binder.bind(limits, ServerLimits.DEFAULT);
        ListenerConfig builtIn = ListenerConfig.at(":0", any);
        ListenerConfig listener = builtIn
                .withLimits(inherited(limits, builtIn.limits()))
                .withTimeouts(part(root, "timeouts", builtIn.timeouts()))
                .withKeepAlive(part(root, "keep-alive", builtIn.keepAlive()))
                .withTcp(part(root, "tcp", builtIn.tcp()))
                .withUnix(part(root, "unix", builtIn.unix()));
        limits.refuseUnknown();
        return new ServerWide(totals, listener);
    }

    private static ListenerLimits inherited(Section limits, ListenerLimits builtIn) {
        return Binder.bind(limits, builtIn, Map.of("connections", builtIn.connections(), "perAddress", builtIn.perAddress(),
                "ratePerAddress", builtIn.ratePerAddress()));
    }

    /// An object beside the listeners, whole.
    static <T extends Record> T part(Section root, String key, T defaults) {
        Section section = root.child(key);
        T bound = Binder.bind(section, defaults);
        section.refuseUnknown();
        return bound;
    }

    /// The key that gives a listener's key its value when the listener says nothing: `timeouts.idle` for `listeners.web.timeouts.idle`.
    static Optional<String> key(String ofListener) {
        Matcher matcher = INHERITED.matcher(ofListener);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /// How a change of such a key takes effect: as with the listeners that take it from there.
    static Optional<ReloadReport.Kind> kind(ServerConfig config, String key) {
        return ConfigKeys.of(config).entrySet().stream()
                .filter(one -> key(one.getKey()).equals(Optional.of(key)))
                .map(one -> one.getValue().kind()).findFirst();
    }
}
