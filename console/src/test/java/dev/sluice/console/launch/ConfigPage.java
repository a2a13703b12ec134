package dev.sluice.console.launch;

import static dev.sluice.console.launch.KeyRows.code;

import dev.sluice.api.AccessLog;
import dev.sluice.api.Rendered;
import dev.sluice.api.ConfigKeys;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.IoModel;
import dev.sluice.api.KeepAlive;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.api.UnixConfig;
import dev.sluice.service.BuiltIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes the page that lists every key of the configuration: a guide written by hand, and tables of what the records say of themselves.
final class ConfigPage {

    static final String WRITE = "sluice.write-docs";

    private static final Path GUIDE = Path.of("src", "test", "resources", "configuration-guide.md"); // tests run in their module's folder
    private static final Pattern SETTING = Pattern.compile("`([^`]+)`, default `([^`]+)`: (.*)");
    private static final String NAME = "NAME";
    private static final String LISTENER = "listeners." + NAME + ".";
    private static final String POOL = "pools." + NAME + ".";

    private final KeyRows loop = new KeyRows(sample(IoModel.eventLoop()));
    private final KeyRows duplex = new KeyRows(sample(IoModel.duplex()));
    private final StringBuilder page = new StringBuilder();

    private ConfigPage() {}

    static String text() throws IOException {
        ConfigPage page = new ConfigPage();
        page.page.append(Files.readString(GUIDE).formatted(WRITE));
        page.server();
        page.pools();
        page.listeners();
        page.named();
        page.forAll();
        return page.page.toString();
    }

    private static ServerConfig sample(IoModel io) {
        PoolConfig pool = PoolReader.defaults(new PoolType.Fixed());
        ListenerConfig listener = ListenerConfig.at(":0", SampleProviders.ADMIN);
        return ServerConfig.named(ConfigFile.ROOT).withPool(NAME, pool).withListener(NAME, listener.on(io, NAME));
    }

    private void server() throws IOException {
        page.append("\n## The server\n\n").append(KeyRows.head());
        page.append(loop.row("", ServerConfig.named(ConfigFile.ROOT), "name", SourceDocs.of(ServerConfig.class)));
        page.append(loop.row("spool-folder", "path; a relative one starts at the folder of this file",
                SourceDocs.of(ServerConfig.class).component("ServerConfig", "spoolFolder")));
        page.append(loop.rows("limits.", ServerLimits.DEFAULT, SourceDocs.of(ServerLimits.class)));
        page.append(loop.rows("drain.", DrainConfig.DEFAULT, SourceDocs.of(DrainConfig.class)));
        page.append(KeyRows.row("log.LOGGER", LogReader.LEVELS.stream().map(KeyRows::code).collect(Collectors.joining(" or ")),
                "as `config/logback.xml` says", "live", "the level of a logger: `log { \"dev.sluice\" = DEBUG, root = INFO }`"));
        page.append(KeyRows.row("admin.http.bind", "address or list of addresses", "none", "rebind",
                "where health and metrics are served: `/health/live`, `/health/ready`, `/metrics`; by threads of their own, outside all"
                        + " limits, and to the end of a drain"));
        page.append("\n`limits` also takes some keys [for all listeners](#for-all-listeners).\n");
    }

    private void pools() throws IOException {
        SourceDocs docs = SourceDocs.of(PoolConfig.class);
        PoolConfig fixed = PoolReader.defaults(new PoolType.Fixed());
        page.append("\n## Pools: `pools.NAME`\n\n").append(KeyRows.head());
        page.append(loop.row(POOL + "type", "a type of pool, see below", docs.component("PoolConfig", "type")));
        page.append(loop.row(POOL + "size", sizes(), types().map(PoolReader::defaults).map(one -> one.type().name() + " " + one.size())
                .map(KeyRows::code).collect(Collectors.joining(", ")), docs.component("PoolConfig", "size")));
        page.append(loop.row(POOL, fixed, "queue", docs));
        page.append(loop.row(POOL, fixed, "whenFull", docs));
        page.append("\n| type of pool | runs on |\n|---|---|\n");
        SourceDocs typeDocs = SourceDocs.of(PoolType.class);
        types().forEach(type -> page.append("| `%s` | %s |\n".formatted(type.name(), typeDocs.type(type.getClass().getSimpleName()))));
        page.append("""

                A [plugin](../examples/plugins/README.md) may bring more types, with settings of their own beside these keys. The pool `inline`
                is always there, and needs no entry.
                """);
    }

    private static Stream<PoolType> types() {
        return Stream.of(new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing(), new PoolType.Virtual());
    }

    /// What is allowed for most types, then what differs.
    private static String sizes() {
        String most = KeyRows.value(PoolReader.defaults(new PoolType.Fixed()), "size");
        return Stream.concat(Stream.of(most), types()
                .filter(type -> !KeyRows.value(PoolReader.defaults(type), "size").equals(most))
                .map(type -> code(type.name()) + " " + KeyRows.value(PoolReader.defaults(type), "size").replaceFirst("whole number, ", "")))
                .collect(Collectors.joining("; "));
    }

    private void listeners() throws IOException {
        SourceDocs docs = SourceDocs.of(ListenerConfig.class);
        page.append("\n## Listeners: `listeners.NAME`\n\n").append(KeyRows.head());
        page.append(loop.row(LISTENER + "bind", "address or list of addresses", "must be given", docs.component("ListenerConfig", "bind")));
        page.append(loop.row(LISTENER + "protocol", "name, or `{ name, … }`", "must be given",
                "the [protocol](#protocols-and-services)"));
        page.append(KeyRows.row(LISTENER + "service", "name, or `{ type, … }`", "must be given", "rebind",
                "the [service](#protocols-and-services) that answers"));
        page.append(io());
        page.append(loop.row(LISTENER + "pool", "name of a pool, or `inline`", code(ServerConfig.INLINE),
                docs.component("ListenerConfig", "pool")));
        SourceDocs logs = SourceDocs.of(AccessLog.class);
        page.append(loop.row(LISTENER + "access-log", Arrays.stream(AccessLog.values()).map(one -> code(Rendered.text(one)))
                .collect(Collectors.joining(" or ")), docs.component("ListenerConfig", "accessLog") + Arrays.stream(AccessLog.values())
                .map(one -> ". " + code(Rendered.text(one)) + ": " + logs.constant(one.toString())).collect(Collectors.joining())));
        section("limits", ListenerLimits.DEFAULT);
        section("timeouts", Timeouts.DEFAULT);
        section("keep-alive", KeepAlive.DEFAULT);
        section("tcp", TcpConfig.DEFAULT);
        section("unix", UnixConfig.DEFAULT);
        section("proxy-protocol", ProxyProtocol.OFF);
    }

    private String io() throws IOException {
        SourceDocs docs = SourceDocs.of(IoModel.class);
        String models = Stream.of("Blocking", "Duplex", "EventLoop").map(one -> code(Names.kebab(one)) + ": " + docs.type(one))
                .collect(Collectors.joining(". "));
        return KeyRows.row(LISTENER + "io", "`blocking` or `duplex` or `event-loop`, or `{ model, … }`", "`event-loop`", "rebind", models)
                + loop.row(LISTENER + "io.loops", KeyRows.value(new IoModel.EventLoop(1), "loops"), "one for two processors",
                        docs.component("EventLoop", "loops") + "; with `event-loop`")
                + duplex.row(LISTENER + "io.threads", KeyRows.value(new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), "threads"),
                        docs.component("Duplex", "threads") + "; with `duplex`");
    }

    private void section(String key, Record defaults) throws IOException {
        page.append(loop.rows(LISTENER + key + ".", defaults, SourceDocs.of(defaults.getClass())));
    }

    /// What is found by name.
    private void named() throws IOException {
        SourceDocs docs = SourceDocs.of(BuiltIn.class);
        List<String> settings = new ArrayList<>();
        page.append("\n## Protocols and services\n\n| `protocol` | is |\n|---|---|\n");
        for (ProtocolProvider one : sorted(ServiceLoader.load(ProtocolProvider.class), ProtocolProvider::name)) {
            page.append("| `%s` | %s |\n".formatted(one.name(), docs.type(one.getClass().getSimpleName())));
            settings.addAll(settings(docs, one.getClass(), one.name(), "protocol", one::create));
        }
        page.append("\n| `service` | of `protocol` | answers with |\n|---|---|---|\n");
        for (ServiceProvider one : sorted(ServiceLoader.load(ServiceProvider.class), it -> it.protocol() + " " + it.name())) {
            page.append("| `%s` | `%s` | %s |\n".formatted(one.name(), one.protocol(), docs.type(one.getClass().getSimpleName())));
            settings.addAll(settings(docs, one.getClass(), one.name(), "service", one::create));
        }
        page.append("\nTheir settings, which a plugin's have too:\n\n").append(KeyRows.head());
        settings.forEach(page::append);
    }

    private static <T> List<T> sorted(Iterable<T> providers, Function<T, String> by) {
        List<T> sorted = new ArrayList<>();
        providers.forEach(sorted::add);
        sorted.sort(Comparator.comparing(by));
        return sorted;
    }

    /// Each setting that is asked for must be documented, and no other.
    private static List<String> settings(SourceDocs docs, Class<?> provider, String name, String noun, Consumer<Settings> create) {
        List<String> rows = new ArrayList<>();
        Set<String> documented = new TreeSet<>();
        for (String item : docs.items(provider.getSimpleName())) {
            Matcher setting = SETTING.matcher(item);
            if (!setting.matches()) {
                throw new AssertionError("no name, default and meaning: " + item);
            }
            documented.add(setting.group(1));
            rows.add(KeyRows.row(LISTENER + noun + "." + setting.group(1), "text", code(setting.group(2)), "rebind",
                    setting.group(3) + "; of " + noun + " `" + name + "`"));
        }
        if (!documented.equals(asked(create))) {
            throw new AssertionError(provider + " asks for " + asked(create) + ", but its comment lists " + documented);
        }
        return rows;
    }

    private static Set<String> asked(Consumer<Settings> create) {
        Settings none = new Settings(Path.of(""), Map.of());
        try {
            create.accept(none);
        } catch (Settings.Invalid byDefault) {
            // such as a folder that is not here
        }
        return none.known();
    }

    private void forAll() {
        Set<String> keys = ConfigKeys.of(sample(IoModel.eventLoop())).keySet();
        page.append("\n## For all listeners\n\nBeside `listeners`, these are what each listener has that does not say otherwise: ");
        page.append(keys.stream().map(ServerWide::key).flatMap(Optional::stream).map(KeyRows::code).collect(Collectors.joining(", ")));
        page.append(".\n");
    }
}
