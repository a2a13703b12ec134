package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ProxyProtocol;
import dev.sluice.api.Rendered;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerLimits;
import dev.sluice.api.TcpConfig;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartChecksTest {

    private static final SystemLimits ROOMY = new SystemLimits(OptionalLong.of(100_000), OptionalLong.of(4_096), 8L << 30);

    private final ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", SampleProviders.ADMIN);
    private final ServerConfig config = ServerConfig.named("x").withListener("web", listener);

    @Test
    void whatTheMachineCanGiveIsNotWarnedOf() {
        assertEquals(List.of(), StartChecks.warnings(config, Set.of(), ROOMY));
        assertEquals(List.of(), StartChecks.warnings(config, Set.of(), heap(8_192)), "a system that does not say");
    }

    @Test
    void theShippedConfigurationIsFineOnASmallMachine() {
        ConfigReading.Usable shipped = assertInstanceOf(ConfigReading.Usable.class, new ConfigFile(Path.of("../config/sluice.conf"),
                List.of(), Providers.load(), SampleProviders.ADMIN).read(Parts.none()));
        assertEquals(Set.of("web"), shipped.waiting());
        assertEquals(List.of(), StartChecks.warnings(shipped.server(), shipped.waiting(),
                new SystemLimits(OptionalLong.of(20_000), OptionalLong.of(1_024), 512L << 20)));
    }

    @Test
    void connectionsAreHeldAgainstTheFilesThatMayBeOpen() {
        assertEquals(List.of("limits.connections is 10000, but the process may open only 1024 files: raise ulimit -n, or lower the limit"),
                StartChecks.warnings(config, Set.of(), new SystemLimits(OptionalLong.of(1_024), OptionalLong.empty(), 8L << 30)));
        SystemLimits exact = new SystemLimits(OptionalLong.of(10_200), OptionalLong.empty(), 8L << 30);
        assertEquals(List.of(), StartChecks.warnings(config, Set.of(), exact));
        ServerConfig endless = config.withLimits(new ServerLimits(Integer.MAX_VALUE, 1));
        assertEquals(1, StartChecks.warnings(endless, Set.of(), exact).size());
    }

    @Test
    void eachBacklogIsHeldAgainstTheKernels() {
        ServerConfig two = config.withListener("deep", listener.withTcp(TcpConfig.DEFAULT.withBacklog(4_096)));
        SystemLimits old = new SystemLimits(OptionalLong.empty(), OptionalLong.of(128), 8L << 30);
        assertEquals(List.of(
                "listeners.web.tcp.backlog is 1024, but the kernel cuts it to 128: raise net.core.somaxconn, or lower it",
                "listeners.deep.tcp.backlog is 4096, but the kernel cuts it to 128: raise net.core.somaxconn, or lower it"),
                StartChecks.warnings(two, Set.of(), old));
    }

    @Test
    void aLikelyLoadIsHeldAgainstTheHeap() {
        // 10,000 usual connections are 157 MiB; a hundred requests of 1 MiB in memory and its head are 104 MiB.
        assertEquals(List.of("10000 connections may be open, and 100 of them be in requests of 1.0 MiB at listener web: that takes about "
                + "261 MiB, but the heap is 128 MiB: raise it with SLUICE_JAVA_OPTS=-Xmx522m, or lower limits.connections or "
                + "listeners.web.limits.request"), StartChecks.warnings(config, Set.of(), heap(128)));
        assertEquals(List.of(), StartChecks.warnings(config, Set.of(), heap(261)));
        ServerConfig http = ServerConfig.named("x").withListener("web",
                ListenerConfig.at("127.0.0.1:0", new HttpProtocol(), (request, call) -> HttpResponse.of(200)));
        assertEquals(List.of(), StartChecks.warnings(http, Set.of(), heap(167)), "a hundred bodies in files");
        assertEquals(List.of(), StartChecks.warnings(config.withLimits(new ServerLimits(1_000, 1_000)), Set.of(), heap(64)));
    }

    @Test
    void aFewConnectionsWithLargeBodiesAreHeldAgainstTheHeapToo() {
        ListenerLimits uploads = ListenerLimits.DEFAULT.withConnections(16, 16)
                .withSizes(new RequestLimits(8 << 10, 32 << 10, 1L << 30, 1L << 30, 1 << 30));
        ServerConfig both = config.withListener("uploads", listener.withLimits(uploads));
        List<String> warnings = StartChecks.warnings(both, Set.of(), heap(2_048));
        assertEquals(1, warnings.size());
        assertEquals("10000 connections may be open, and 16 of them be in requests of 1024.0 MiB at listener uploads: that takes about "
                + "16541 MiB, but the heap is 2048 MiB: raise it with SLUICE_JAVA_OPTS=-Xmx33082m, or lower limits.connections or "
                + "listeners.uploads.limits.request", warnings.getFirst());
        ServerConfig alone = ServerConfig.named("x").withListener("uploads", listener.withLimits(uploads));
        assertEquals(1, StartChecks.warnings(alone, Set.of(), heap(2_048)).size());
        assertEquals(List.of(), StartChecks.warnings(alone, Set.of(), heap(16_384)), "ten of sixteen");
    }

    @Test
    void aPoolThatNoListenerUsesIsNamed() {
        PoolConfig two = PoolConfig.of(new PoolType.Fixed(), 2);
        ServerConfig pools = config.withPool("spare", two).withPool("used", two)
                .withListener("web", listener.on(IoModel.eventLoop(), "used"));
        assertEquals(List.of("pools.spare is used by no listener: name it as the pool of one, or remove it"),
                StartChecks.warnings(pools, Set.of(), ROOMY));
    }

    @Test
    void aServiceThatMayWaitOnAnEventLoopIsNamed() {
        assertEquals(List.of("service admin of listener web may wait, for a disk or for others, and runs on the event loop itself: while it "
                + "waits, nobody else on that loop is served; give it a pool"), StartChecks.warnings(config, Set.of("web"), ROOMY));
        assertEquals(List.of(), StartChecks.warnings(config.withListener("web", listener.on(IoModel.blocking(), ServerConfig.INLINE)),
                Set.of("web"), ROOMY));
        ServerConfig pooled = config.withPool("p", PoolConfig.of(new PoolType.Fixed(), 2))
                .withListener("web", listener.on(IoModel.eventLoop(), "p"));
        assertEquals(List.of(), StartChecks.warnings(pooled, Set.of("web"), ROOMY));
    }

    @Test
    void whoBelievesEverybodyIsNamed() {
        ServerConfig open = config.withListener("web", listener.withProxyProtocol(ProxyProtocol.requiredFrom("127.0.0.1", "0.0.0.0/0")));
        assertEquals(List.of("listeners.web.proxy-protocol.from is 127.0.0.1, 0.0.0.0/0, so that anybody who reaches " + Rendered.text(listener.bind())
                + " may pretend to be any client: name the addresses of the balancers"), StartChecks.warnings(open, Set.of(), ROOMY));
        ServerConfig closed = config.withListener("web", listener.withProxyProtocol(ProxyProtocol.requiredFrom("10.0.0.0/8", "unix")));
        assertEquals(List.of(), StartChecks.warnings(closed, Set.of(), ROOMY));
    }

    private static SystemLimits heap(long mebibytes) {
        return new SystemLimits(OptionalLong.empty(), OptionalLong.empty(), mebibytes << 20);
    }
}
