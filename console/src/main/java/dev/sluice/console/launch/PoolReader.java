package dev.sluice.console.launch;

import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolProvider;
import dev.sluice.api.PoolType;
import dev.sluice.api.Settings;
import dev.sluice.console.launch.Plugin.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads one pool: `workers { type = fixed, size = 8 }`. Confined to the thread that reads.
final class PoolReader {

    private static final Map<String, PoolType> BUILT_IN = Stream
            .of(new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing(), new PoolType.Virtual())
            .collect(Collectors.toUnmodifiableMap(PoolType::name, type -> type));
    private static final Set<String> OWN_KEYS = Set.of("type", "size", "queue", "when-full");

    private static final int PLATFORM_SIZE = 16;
    private static final int VIRTUAL_SIZE = 10_000;

    private final ConfigFile file;
    private final Parts parts;

    PoolReader(ConfigFile file, Parts parts) {
        this.file = file;
        this.parts = parts;
    }

    PoolConfig read(Section section) {
        PoolType type = type(section);
        PoolConfig pool = Binder.bind(section, defaults(type), Map.of("type", type));
        section.refuseUnknown();
        return pool;
    }

    /// A pool of which nothing but its type is said: 16 threads, or 10,000 virtual ones.
    static PoolConfig defaults(PoolType type) {
        return PoolConfig.of(type, type instanceof PoolType.Virtual ? VIRTUAL_SIZE : PLATFORM_SIZE);
    }

    /// Whether a type of pool is the server's own.
    static boolean isBuiltIn(String type) {
        return BUILT_IN.containsKey(type);
    }

    private PoolType type(Section section) {
        String name = Naming.scalar(section, "type").orElse("fixed");
        PoolType builtIn = BUILT_IN.get(name);
        if (builtIn != null) {
            return builtIn;
        }
        PoolProvider provider = file.providers().pools().get(name);
        if (provider == null) {
            List<String> known = new ArrayList<>(BUILT_IN.keySet());
            known.addAll(file.providers().pools().keySet());
            Optional<String> gone = file.providers().goneWith(Offer.poolTitle(name));
            gone.ifPresent(_ -> section.rest(OWN_KEYS)); // which only that jar could judge
            new Naming(name, section, "type", Map.of()).unknown("type of pool", known, gone);
            return new PoolType.Fixed();
        }
        Naming naming = new Naming(name, section, "type", section.rest(OWN_KEYS));
        return parts.part(PoolType.class, List.of("pool", section.path(""), naming.identity(provider)), () -> custom(naming, provider));
    }

    /// The executor itself is opened when the server starts; one that is ended at once shows whether the settings are good.
    private PoolType custom(Naming naming, PoolProvider provider) {
        naming.make(file.folder(), settings -> executor(provider, settings).shutdownNow());
        return new PoolType.Custom(naming.name(), () -> opened(naming, provider), true);
    }

    private ExecutorService opened(Naming naming, PoolProvider provider) {
        try {
            Settings settings = new Settings(file.folder(), naming.settings());
            return Foreign.call(() -> executor(provider, settings));
        } catch (Foreign.Failed failed) {
            String key = naming.at().path(naming.key());
            throw new IllegalArgumentException(key + " is " + naming.name() + ", which cannot be opened: " + failed.why(), failed);
        }
    }

    private static ExecutorService executor(PoolProvider provider, Settings settings) {
        return Foreign.given(provider.open(settings), "it made no executor");
    }
}
