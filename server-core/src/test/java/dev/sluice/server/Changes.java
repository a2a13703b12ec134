package dev.sluice.server;

import dev.sluice.api.Addresses;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.IoModel;
import dev.sluice.api.KeepAlive;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.api.UnixConfig;
import dev.sluice.protocol.RequestLimits;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/// Changes of a configuration at random, none of which gives a reason to lose a request of a client that never rests: what is limited stays above what
/// there is, deadlines are far, and who is told to leave has time to.
///
/// The listeners named by `kept` keep their first address.
final class Changes {

    private static final int CLIENTS = 64;

    private final Random random;
    private final Deeds deeds;
    private final List<String> kept;
    private final Path folder;

    /// @param folder for Unix domain sockets
    Changes(long seed, Deeds deeds, List<String> kept, Path folder) {
        this.random = new Random(seed);
        this.deeds = deeds;
        this.kept = kept;
        this.folder = folder;
    }

    /// With as many pools as there are types, each of which will be of any.
    static ServerConfig withPools(ServerConfig config) {
        ServerConfig next = config;
        for (PoolType type : Cell.POOLS) {
            next = next.withPool("pool-" + next.pools().size(), PoolConfig.of(type, 16));
        }
        return next;
    }

    /// One to three changes at once.
    ServerConfig next(ServerConfig config) {
        ServerConfig next = config;
        for (int i = between(1, 3); i > 0; i--) {
            next = changed(next);
        }
        return next;
    }

    private ServerConfig changed(ServerConfig config) {
        return switch (random.nextInt(6)) {
            case 0 -> config.withLimits(new ServerLimits(between(CLIENTS, 10_000), between(CLIENTS, 10_000), rate()));
            case 1 -> config.withDrain(drain());
            case 2 -> pool(config);
            case 3 -> comeOrGo(config);
            default -> {
                String name = any(kept);
                yield config.withListener(name, listener(name, config.listeners().get(name)));
            }
        };
    }

    private DrainConfig drain() {
        DrainConfig.Queued queued = DrainConfig.Queued.values()[random.nextInt(3)];
        return new DrainConfig(seconds(0, 1), queued, seconds(5, 10), seconds(0, 2), seconds(20, 40), seconds(5, 10), seconds(5, 10));
    }

    private ServerConfig pool(ServerConfig config) {
        List<String> names = List.copyOf(config.pools().keySet());
        String name = any(names);
        PoolConfig held = config.pools().get(name);
        boolean waits = random.nextBoolean();
        return config.withPool(name, new PoolConfig(random.nextBoolean() ? held.type() : any(Cell.POOLS), between(1, 20),
                waits ? between(0, 100) : between(CLIENTS, 1_000), waits ? PoolConfig.WhenFull.WAIT : PoolConfig.WhenFull.REFUSE));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /// A listener that nobody talks to, with a pool of its own.
    private ServerConfig comeOrGo(ServerConfig config) {
        String name = "late-" + random.nextInt(2);
        if (!config.listeners().containsKey(name)) {
            Cell cell = any(Cell.ALL);
            String pool = cell.inline() ? ServerConfig.INLINE : name;
            ServerConfig next = cell.inline() ? config : config.withPool(pool, PoolConfig.of(cell.pool(), 4));
            return next.withListener(name, on(cell, pool, ListenerConfig.at("127.0.0.1:0", Speech.LINE.endpoint(deeds))));
        }
        Map<String, PoolConfig> pools = new LinkedHashMap<>(config.pools());
        Map<String, ListenerConfig> listeners = new LinkedHashMap<>(config.listeners());
        pools.remove(name);
        listeners.remove(name);
        return new ServerConfig(config.name(), pools, listeners, config.limits(), config.drain());
    }

    private ListenerConfig listener(String name, ListenerConfig held) {
        return switch (random.nextInt(10)) {
            case 0 -> held.withLimits(new ListenerLimits(between(CLIENTS, 10_000), between(CLIENTS, 10_000), rate(), between(1, 100), sizes()));
            case 1 -> held.withTimeouts(new Timeouts(seconds(20, 60), seconds(20, 60), seconds(20, 60), seconds(20, 60), seconds(20, 60),
                    Duration.ofMillis(between(0, 1_000))));
            case 2 -> finite(held.withKeepAlive(keepAlive()));
            case 3 -> held.withTcp(new TcpConfig(held.tcp().backlog(), random.nextBoolean(), random.nextBoolean(), held.tcp().reusePort()));
            case 4 -> held.withEndpoint(Speech.HTTP.endpoint(deeds));
            case 5 -> held.withBind(addresses(name, held.bind().getFirst()));
            case 6 -> held.withUnix(new UnixConfig(any(List.of("600", "660", "666"))));
            default -> {
                Cell cell = any(Cell.ALL);
                yield on(cell, cell.inline() ? ServerConfig.INLINE : "pool-" + random.nextInt(Cell.POOLS.size()), held);
            }
        };
    }

    private int rate() {
        return random.nextBoolean() ? 0 : between(100_000, 1_000_000);
    }

    private RequestLimits sizes() {
        return new RequestLimits(between(1_000, 10_000), between(1_000, 10_000), between(1_000, 10_000), between(30_000, 100_000));
    }

    private KeepAlive keepAlive() {
        return new KeepAlive(OptionalInt.of(random.nextInt(20)), Duration.ofMillis(random.nextBoolean() ? 0 : between(5, 1_000)), seconds(5, 10));
    }

    private List<SocketAddress> addresses(String name, SocketAddress first) {
        List<SocketAddress> addresses = new ArrayList<>(List.of(first));
        for (int i = random.nextInt(3); i > 0; i--) {
            addresses.add(Addresses.parse("127.0.0." + (i + 1) + ":0"));
        }
        if (random.nextBoolean()) {
            addresses.add(UnixDomainSocketAddress.of(folder.resolve("more-" + name)));
        }
        return addresses;
    }

    private ListenerConfig on(Cell cell, String pool, ListenerConfig held) {
        return finite(held.on(cell.io(), pool));
    }

    /// Where one client is served after the other, each must have its end.
    private ListenerConfig finite(ListenerConfig listener) {
        boolean iterative = listener.io() instanceof IoModel.Blocking && listener.pool().equals(ServerConfig.INLINE);
        return iterative ? listener.withKeepAlive(listener.keepAlive().withMaxRequests(between(1, 5))) : listener;
    }

    private int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    private Duration seconds(int least, int most) {
        return Duration.ofMillis(between(least * 1_000, most * 1_000));
    }
}
