package dev.sluice.console.launch;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.Rendered;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.TrustedSource;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.http.HttpProtocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a configuration that can be used wants of a machine that cannot give it, and what is likely to be a mistake. Pure functions.
final class StartChecks {

    /// Files that are not connections: the program, its log, selectors, files being served.
    private static final int SPARE_FILES = 200;

    /// What an open connection takes as a rule: what is read into, what of a request and a reply is not through yet, and itself.
    private static final long USUAL = 16 << 10;
    private static final int ONE_IN = 100;
    private static final int AT_LEAST = 10;
    private static final long MEBI = 1 << 20;

    private StartChecks() {}

    /// One line for each thing, with both numbers and what to do.
    ///
    /// @param waiting the listeners whose service may wait for something
    static List<String> warnings(ServerConfig config, Set<String> waiting, SystemLimits system) {
        List<String> warnings = new ArrayList<>();
        files(config, system, warnings);
        backlogs(config, system, warnings);
        heap(config, system, warnings);
        unusedPools(config, warnings);
        waitingLoops(config, waiting, warnings);
        believers(config, warnings);
        return List.copyOf(warnings);
    }

    private static void files(ServerConfig config, SystemLimits system, List<String> warnings) {
        int connections = config.limits().connections();
        system.files().ifPresent(files -> {
            if (connections + (long) SPARE_FILES > files) {
                warnings.add("limits.connections is " + connections + ", but the process may open only " + files
                        + " files: raise ulimit -n, or lower the limit");
            }
        });
    }

    private static void backlogs(ServerConfig config, SystemLimits system, List<String> warnings) {
        system.backlog().ifPresent(most -> config.listeners().forEach((name, listener) -> {
            int backlog = listener.tcp().backlog();
            if (backlog > most) {
                warnings.add("listeners." + name + ".tcp.backlog is " + backlog + ", but the kernel cuts it to " + most
                        + ": raise net.core.somaxconn, or lower it");
            }
        }));
    }

    /// Whether a likely load fits into the heap. That every connection sends its largest request at one time is the worst case, and no
    /// server with useful limits has room for it: ten thousand connections times a body of 1 MiB. So what is added up is a busy day: all
    /// connections that are allowed are open, with what one usually takes, and one in a hundred of them, but at least ten, is in the middle
    /// of a largest request, at the listener where that weighs most.
    private static void heap(ServerConfig config, SystemLimits system, List<String> warnings) {
        long open = Math.min(config.limits().connections(), traffic(config).mapToLong(one -> one.getValue().limits().connections()).sum());
        traffic(config)
                .map(one -> new Weight(one.getKey(), Math.min(one.getValue().limits().connections(), Math.max(AT_LEAST, open / ONE_IN)),
                        largest(one.getValue())))
                .max(Comparator.comparingLong(Weight::bytes))
                .filter(most -> open * USUAL + most.bytes() > system.heap())
                .ifPresent(most -> warnings.add(tooMuch(open, most, system.heap())));
    }

    private static Stream<Map.Entry<String, ListenerConfig>> traffic(ServerConfig config) {
        return config.listeners().entrySet().stream().filter(one -> one.getValue().role() == Role.TRAFFIC);
    }

    /// Large requests at one listener.
    ///
    /// @param count how many at once
    /// @param size  of one, in bytes
    private record Weight(String listener, long count, long size) {
        long bytes() {
            return count * size;
        }
    }

    /// In memory: HTTP keeps there what `spool` allows, or what is on its way to a file.
    private static long largest(ListenerConfig listener) {
        ListenerLimits limits = listener.limits();
        long body = listener.endpoint().protocol() instanceof HttpProtocol
                ? Math.min(limits.body(), Math.max(limits.spool(), RequestLimits.SPOOL)) : limits.body();
        return Math.min(limits.request(), limits.line() + limits.head() + body);
    }

    private static String tooMuch(long open, Weight most, long heap) {
        long needed = mebibytes(open * USUAL + most.bytes());
        String load = open + " connections may be open, and " + most.count() + " of them be in requests of "
                + String.format(Locale.ROOT, "%.1f MiB", (double) most.size() / MEBI) + " at listener " + most.listener();
        return load + ": that takes about " + needed + " MiB, but the heap is " + heap / MEBI + " MiB: raise it with SLUICE_JAVA_OPTS=-Xmx"
                + 2 * needed + "m, or lower limits.connections or listeners." + most.listener() + ".limits.request";
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, MEBI);
    }

    private static void unusedPools(ServerConfig config, List<String> warnings) {
        Set<String> unused = new TreeSet<>(config.pools().keySet());
        config.listeners().values().forEach(listener -> unused.remove(listener.pool()));
        unused.forEach(pool -> warnings.add("pools." + pool + " is used by no listener: name it as the pool of one, or remove it"));
    }

    /// Whoever is believed chooses his address himself, and with it what limits and bans hold for.
    private static void believers(ServerConfig config, List<String> warnings) {
        config.listeners().forEach((name, listener) -> {
            ProxyProtocol proxy = listener.proxyProtocol();
            if (proxy.required() && proxy.from().stream().anyMatch(TrustedSource::isEveryone)) {
                warnings.add("listeners." + name + ".proxy-protocol.from is " + Rendered.text(proxy.from()) + ", so that anybody who reaches "
                        + Rendered.text(listener.bind()) + " may pretend to be any client: name the addresses of the balancers");
            }
        });
    }

    private static void waitingLoops(ServerConfig config, Set<String> waiting, List<String> warnings) {
        config.listeners().forEach((name, listener) -> {
            if (waiting.contains(name) && listener.io() instanceof IoModel.EventLoop && listener.pool().equals(ServerConfig.INLINE)) {
                warnings.add("service " + listener.endpoint().service() + " of listener " + name + " may wait, for a disk or for others, "
                        + "and runs on the event loop itself: while it waits, nobody else on that loop is served; give it a pool");
            }
        });
    }
}
