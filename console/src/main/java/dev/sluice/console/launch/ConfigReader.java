package dev.sluice.console.launch;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import dev.sluice.api.Addresses;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.Role;
import dev.sluice.api.ServerConfig;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One reading of a resolved configuration: its sections in turn, then what only holds between them. Confined to the thread that reads.
final class ConfigReader {

    /// The listener and the pool of health and metrics.
    static final String ADMIN = "admin";

    /// What can be written without quotes.
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private static final int ADMIN_THREADS = 2;

    private final ConfigFile file;
    private final Findings findings;
    private final Parts parts;
    private final Set<String> waiting = new TreeSet<>();

    ConfigReader(ConfigFile file, Findings findings, Parts parts) {
        this.file = file;
        this.findings = findings;
        this.parts = parts;
    }

    ConfigReading read(Config parsed, ConfigObject resolved, FileContents files) {
        Section root = Section.root(resolved, new Place(Place.Source.FILE, Place.display(file.path()), 0), findings);
        ServerConfig server = server(root);
        Map<String, String> levels = LogReader.read(root.child("log"));
        root.refuseUnknown();
        return findings.clean()
                ? new ConfigReading.Usable(server, levels, findings.found(), Set.copyOf(waiting), parsed, parts, files)
                : new ConfigReading.Broken(findings.problems(), parts.plugins().refused(), files);
    }

    private ServerConfig server(Section root) {
        String name = Naming.scalar(root, "name").orElse(ConfigFile.ROOT);
        Map<String, PoolConfig> pools = pools(root.child("pools"));
        ServerWide all = ServerWide.read(root, file.admin());
        Map<String, ListenerConfig> listeners = listeners(root.child("listeners"), pools, all.listener());
        admin(root.child("admin")).ifPresent(listener -> {
            pools.put(ADMIN, PoolConfig.of(new PoolType.Fixed(), ADMIN_THREADS));
            listeners.put(ADMIN, listener);
        });
        DrainConfig drain = ServerWide.part(root, "drain", DrainConfig.DEFAULT);
        Path spools = Naming.scalar(root, "spool-folder").map(file.folder()::resolve).orElse(ServerConfig.named(name).spoolFolder());
        oneEach(root, listeners);
        return findings.clean()
                ? new ServerConfig(name, pools, listeners, all.limits(), drain, spools.normalize()) : ServerConfig.named(name);
    }

    private Map<String, PoolConfig> pools(Section section) {
        PoolReader reader = new PoolReader(file, parts);
        Map<String, PoolConfig> pools = new LinkedHashMap<>();
        for (String name : section.names()) {
            if (named(section, name, ServerConfig.INLINE)) {
                pools.put(name, reader.read(section.child(name)));
            }
        }
        return pools;
    }

    private Map<String, ListenerConfig> listeners(Section section, Map<String, PoolConfig> pools, ListenerConfig inherited) {
        ListenerReader reader = new ListenerReader(file, parts, inherited);
        Map<String, ListenerConfig> listeners = new LinkedHashMap<>();
        for (String name : section.names()) {
            if (named(section, name, "")) {
                Section one = section.child(name);
                listeners.put(name, reader.read(one));
                if (reader.mayBlock()) {
                    waiting.add(name);
                }
                refuseUnknownPool(one, pools.keySet());
            }
        }
        if (section.names().isEmpty()) {
            section.problem("is empty, but a server needs at least one listener");
        }
        return listeners;
    }

    /// Whether a name can be one; a problem when not.
    private static boolean named(Section section, String name, String taken) {
        if (!NAME.matcher(name).matches()) {
            section.problem(name, "is no name: letters, digits, - and _ make one");
        } else if (name.equals(taken) || name.equals(ADMIN)) {
            section.problem(name, "is a name that is built in: choose another");
        } else {
            return true;
        }
        section.value(name);
        return false;
    }

    private static void refuseUnknownPool(Section listener, Set<String> pools) {
        Optional<String> pool = Naming.scalar(listener, "pool").filter(name -> !name.equals(ServerConfig.INLINE) && !pools.contains(name));
        Set<String> known = new TreeSet<>(pools);
        known.add(ServerConfig.INLINE);
        pool.ifPresent(name -> listener.problem("pool", "is " + name + ", but there is no such pool; " + Names.hint(name, known)));
    }

    /// Two listeners cannot have one address. That of admin is not at fault: it is not what people try out.
    private static void oneEach(Section root, Map<String, ListenerConfig> listeners) {
        Map<SocketAddress, String> taken = new HashMap<>();
        Stream.concat(Stream.of(ADMIN).filter(listeners::containsKey), listeners.keySet().stream()).distinct()
                .forEach(name -> Objects.requireNonNull(listeners.get(name)).bind().forEach(address -> {
                    String other = Addresses.leavesPortOpen(address) ? null : taken.putIfAbsent(address, name);
                    if (other != null) {
                        root.problem("listeners." + name + ".bind",
                                "is " + Addresses.text(address) + ", which is the address of " + other + " already");
                    }
                }));
    }

    private Optional<ListenerConfig> admin(Section section) {
        Section http = section.child("http");
        section.refuseUnknown();
        boolean given = http.value("bind").isPresent();
        List<SocketAddress> bind = ListenerReader.bind(http, file.folder());
        http.refuseUnknown();
        try {
            return given ? Optional.of(ListenerConfig.at(":0", file.admin()).withBind(bind)
                    .withRole(Role.ADMIN).on(new IoModel.EventLoop(1), ADMIN)) : Optional.empty();
        } catch (IllegalArgumentException refused) {
            http.problem("bind", String.valueOf(refused.getMessage()).replaceFirst("^bind ", ""));
            return Optional.empty();
        }
    }
}
