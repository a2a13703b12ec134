package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.Kick;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.line.LineProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Memory stays bounded by what a slow client leaves unread, on every engine; one at a time, since it measures.
@LeavesNothing
class MemoryContractTest {

    /// Each way to read and write; which pool runs the handlers makes no difference to that.
    static final List<Cell> CELLS = List.of(
            new Cell(new IoModel.Blocking(), new PoolType.Fixed()), new Cell(new IoModel.Blocking(), new PoolType.Virtual()),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new PoolType.Fixed()),
            new Cell(new IoModel.EventLoop(1), null), new Cell(new IoModel.EventLoop(1), new PoolType.Fixed()));
    private static final long GIBIBYTE = 1L << 30;
    private static final long MUCH = 32L << 20;
    /// What two kernels may hold of one direction, generously.
    private static final long IN_KERNELS = 24L << 20;

    @TempDir
    Path folder;

    /// A server of one listener that gives up on a client that reads nothing, after a while.
    private static Server server(Cell cell, ListenerConfig listener, Duration patience) throws IOException {
        ServerConfig config = ServerConfig.named("memory").withDrain(House.QUICK);
        if (cell.pool() != null) {
            config = config.withPool(cell.name(), new PoolConfig(cell.pool(), 4, 4, PoolConfig.WhenFull.REFUSE));
        }
        return Server.start(config.withListener("only", listener.on(cell.io(), cell.inline() ? ServerConfig.INLINE : cell.name())
                .withTimeouts(listener.timeouts().withWrite(patience)).withKeepAlive(listener.keepAlive().withMaxRequests(0))));
    }

    private static Client client(Server server) throws IOException {
        return new Client(server.listeners().getFirst().address(), Speech.LINE, 4 << 10);
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    /// Waits until a number has stood still for a while.
    private static void awaitStill(String what, LongSupplier number) {
        AtomicLong last = new AtomicLong(-1);
        AtomicLong since = new AtomicLong(System.nanoTime());
        await("that " + what + " stands still").pollInterval(Duration.ofMillis(10)).until(() -> {
            long now = number.getAsLong();
            if (last.getAndSet(now) != now) {
                since.set(System.nanoTime());
            }
            return now > 0 && System.nanoTime() - since.get() > 100_000_000;
        });
    }

    private static void awaitStall(Server server) {
        await("the end for a stalled write").until(() -> server.stats().closed().get(CloseReason.WRITE_STALL) == 1);
    }

    /// Its body may be as large as the limits allow, and connections may idle for hours.
    @ParameterizedTest
    @FieldSource("CELLS")
    void anIdleConnectionKeepsOfItsLastRequestOnlyWhatIsSaidOfIt(Cell cell) throws IOException {
        Queue<WeakReference<HttpRequest>> seen = new ConcurrentLinkedQueue<>();
        Endpoint<HttpRequest, HttpResponse> endpoint = new Endpoint<>(new HttpProtocol(), "seen", peer -> (request, call) -> {
            seen.add(new WeakReference<>(request));
            return HttpResponse.text(200, "ok");
        });
        try (Server server = server(cell, ListenerConfig.at("127.0.0.1:0", endpoint), Duration.ofSeconds(1));
                Client client = new Client(server.listeners().getFirst().address(), Speech.HTTP, 0)) {
            for (int requests = 1; requests <= 2; requests++) {
                client.ask("x".repeat(10_000)).expect("ok");
                await("that it is let go").until(() -> {
                    System.gc();
                    return seen.stream().allMatch(request -> request.refersTo(null));
                });
                ConnectionInfo info = server.connections().getFirst();
                assertEquals(requests, info.requests());
                assertEquals("POST /ask", info.op());
                assertTrue(info.opAge().compareTo(Duration.ZERO) > 0, info::toString);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("CELLS")
    void aSourceOfAGibibyteIsPulledNoFasterThanItIsRead(Cell cell) throws IOException {
        Streams.Counted source = new Streams.Counted(GIBIBYTE);
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", Streams.endpoint(request -> new Streams.Made(source)));
        try (Server server = server(cell, listener, Duration.ofSeconds(1)); Client client = client(server)) {
            long heap = heap();
            long direct = direct();
            client.ask("all");
            awaitStill("what is pulled", source.given::get);
            assertTrue(source.given.get() < IN_KERNELS, () -> source.given + " bytes were pulled");
            assertBounded(heap, direct);
            awaitStall(server);
            await().until(() -> source.closed.get() > 0);
            assertEquals(1, source.closed.get());
            assertEquals(0, source.pulledAfterClose.get());
            Account.check(server);
        }
    }

    @ParameterizedTest
    @FieldSource("CELLS")
    void aFileOfAGibibyteIsSentNoFasterThanItIsRead(Cell cell) throws IOException {
        Path path = folder.resolve("sparse");
        try (FileChannel sparse = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.allocate(1), GIBIBYTE - 1);
        }
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", Streams.endpoint(request -> new Streams.Region(file, 0, GIBIBYTE)));
        try (Server server = server(cell, listener, Duration.ofSeconds(1)); Client client = client(server)) {
            long heap = heap();
            long direct = direct();
            client.ask("all");
            awaitStill("what is sent", () -> server.stats().bytesOut());
            assertTrue(server.stats().bytesOut() < IN_KERNELS, () -> server.stats().bytesOut() + " bytes were sent");
            assertBounded(heap, direct);
            assertTrue(file.isOpen());
            awaitStall(server);
            await().until(() -> !file.isOpen());
            Account.check(server);
        }
    }

    /// A client that asks a million times, and never reads, is read no further than what the server may hold.
    @ParameterizedTest
    @FieldSource("CELLS")
    void aMillionRequestsAreReadNoFasterThanTheirAnswers(Cell cell) throws Exception {
        Handler<String, String> echo = (request, call) -> request;
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", new LineProtocol(), echo);
        byte[] some = ("a line of sixty-four bytes, so that a million of them are 64 MB\n").repeat(1_024).getBytes(StandardCharsets.US_ASCII);
        long heap = heap();
        long direct = direct();
        try (Server server = server(cell, listener, Duration.ofSeconds(30)); SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 10);
            InetSocketAddress address = server.listeners().getFirst().address();
            client.connect(address);
            client.configureBlocking(false);
            AtomicLong asked = new AtomicLong();
            ByteBuffer asking = ByteBuffer.wrap(some).limit(0);
            awaitStill("what is read", () -> server.stats().bytesIn() + asked.addAndGet(asMuchAsGoes(client, asking, asked)));
            assertTrue(asked.get() < 1_000_000L * 64, () -> "all was taken");
            assertTrue(server.stats().bytesIn() < IN_KERNELS, () -> server.stats().bytesIn() + " bytes were read");
            assertBounded(heap, direct);
            server.kick(connection -> true, new Kick(Kick.Mode.NOW, "test", ""));
            await().until(() -> server.stats().connections() == 0);
            Account.check(server);
        }
    }

    private static long asMuchAsGoes(SocketChannel client, ByteBuffer asking, AtomicLong before) {
        long sum = 0;
        try {
            long written;
            do {
                if (!asking.hasRemaining()) {
                    asking.clear();
                }
                written = client.write(asking);
                sum += written;
            } while (written > 0 && before.get() + sum < 1_000_000L * 64);
            return sum;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The runtime copies what is in the heap before it writes it: not all of it at once, for a client that takes a little.
    @ParameterizedTest
    @FieldSource("CELLS")
    void aLargeAnswerInTheHeapIsNotCopiedAsAWhole(Cell cell) throws IOException {
        String words = "z".repeat(40 << 20);
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", Streams.endpoint(request -> new Streams.Words(words)));
        try (Server server = server(cell, listener, Duration.ofSeconds(30)); Client client = client(server)) {
            long direct = direct();
            client.ask("all");
            awaitStill("what is sent", () -> server.stats().bytesOut());
            assertTrue(direct() - direct < 4 << 20, () -> "direct memory grew by " + (direct() - direct));
            server.kick(connection -> true, new Kick(Kick.Mode.NOW, "test", ""));
            await().until(() -> server.stats().connections() == 0);
            assertFalse(server.stats().bytesOut() > 40 << 20);
        }
    }

    private static void assertBounded(long heapBefore, long directBefore) {
        long directGrowth = direct() - directBefore;
        long heapGrowth = heap() - heapBefore;
        assertTrue(heapGrowth < MUCH, () -> "the heap grew by " + heapGrowth);
        assertTrue(directGrowth < MUCH, () -> "direct memory grew by " + directGrowth);
    }
}
