package dev.sluice.server;

import dev.sluice.api.IoModel;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One server model: an I/O model on a pool.
///
/// @param pool null for inline
record Cell(IoModel io, @Nullable PoolType pool) {

    private static final List<IoModel> MODELS = List.of(
            new IoModel.Blocking(), new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new IoModel.EventLoop(1));

    static final List<PoolType> POOLS = List.of(
            new PoolType.Fixed(), new PoolType.Cached(), new PoolType.WorkStealing(), new PoolType.Virtual(),
            new PoolType.Custom("mine", Cell::executor, true));

    /// Every legal one. Duplex on inline is the one that is not.
    static final List<Cell> ALL = all();

    /// One of each engine, and both of the event loop's: what the engines do each in their own way.
    static final List<Cell> ENGINES = List.of(
            new Cell(new IoModel.Blocking(), new PoolType.Virtual()),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new PoolType.Virtual()),
            new Cell(new IoModel.EventLoop(1), null),
            new Cell(new IoModel.EventLoop(1), new PoolType.Fixed()));

    private static List<Cell> all() {
        List<Cell> cells = new ArrayList<>();
        for (IoModel io : MODELS) {
            POOLS.forEach(pool -> cells.add(new Cell(io, pool)));
        }
        cells.add(new Cell(new IoModel.Blocking(), null));
        cells.add(new Cell(new IoModel.EventLoop(1), null));
        cells.add(new Cell(new IoModel.EventLoop(2), new PoolType.Fixed()));
        cells.add(new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM), new PoolType.Fixed()));
        return List.copyOf(cells);
    }

    private static ExecutorService executor() {
        return Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("of-the-user-", 1).factory());
    }

    /// Those that are reached over a Unix domain socket too: each engine, on threads of each kind.
    private static final List<Cell> LOCAL = List.of(
            new Cell(new IoModel.Blocking(), new PoolType.Virtual()), new Cell(new IoModel.Blocking(), new PoolType.Fixed()),
            new Cell(new IoModel.Blocking(), null),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.VIRTUAL), new PoolType.Fixed()),
            new Cell(new IoModel.Duplex(IoModel.Duplex.Threads.PLATFORM), new PoolType.Fixed()),
            new Cell(new IoModel.EventLoop(1), new PoolType.Fixed()), new Cell(new IoModel.EventLoop(1), null));

    /// Each in both protocols.
    static Stream<Place> places() {
        return Stream.concat(tcp(), unix());
    }

    /// The same, and those under TLS: for what holds for a client whose handshake was done at once.
    static Stream<Place> everywhere() {
        return Stream.concat(places(), tls());
    }

    /// Those that are reached under TLS too.
    static Stream<Place> tls() {
        return LOCAL.stream().flatMap(cell -> Stream.of(new Place(cell, Speech.LINE, false, true), new Place(cell, Speech.HTTP, false, true)));
    }

    /// Those where a client has an address of its own, by which it is found among others.
    static Stream<Place> tcp() {
        return ALL.stream().flatMap(cell -> Stream.of(new Place(cell, Speech.LINE), new Place(cell, Speech.HTTP)));
    }

    static Stream<Place> unix() {
        return LOCAL.stream().flatMap(cell -> Stream.of(new Place(cell, Speech.LINE, true), new Place(cell, Speech.HTTP, true)));
    }

    /// Each engine, in one protocol.
    static List<Place> engines(Speech speech) {
        return ENGINES.stream().map(cell -> new Place(cell, speech)).toList();
    }

    /// Those whose handlers run on a pool.
    static Stream<Place> pooled() {
        return places().filter(place -> place.cell().pool() != null);
    }

    boolean inline() {
        return pool == null;
    }

    boolean blocking() {
        return io instanceof IoModel.Blocking;
    }

    /// The acceptor serves one connection after another.
    boolean iterative() {
        return blocking() && inline();
    }

    String name() {
        String variant = switch (io) {
            case IoModel.Blocking() -> "";
            case IoModel.Duplex(IoModel.Duplex.Threads threads) -> threads == IoModel.Duplex.Threads.PLATFORM ? "-platform" : "";
            case IoModel.EventLoop(int loops) -> loops == 1 ? "" : "-" + loops;
        };
        return io.name() + variant + "-" + (pool == null ? ServerConfig.INLINE : pool.name());
    }

    /// Where a listener of its own speaks a protocol on it.
    ///
    /// @param unix over a Unix domain socket
    /// @param tls  and under TLS
    record Place(Cell cell, Speech speech, boolean unix, boolean tls) {

        Place(Cell cell, Speech speech) {
            this(cell, speech, false, false);
        }

        Place(Cell cell, Speech speech, boolean unix) {
            this(cell, speech, unix, false);
        }

        String name() {
            return cell.name() + "-" + speech.name().toLowerCase(java.util.Locale.ROOT) + (unix ? "-unix" : "") + (tls ? "-tls" : "");
        }

        /// Adds a pool of this name, unless inline.
        ServerConfig withPool(ServerConfig config, int size, int queue, PoolConfig.WhenFull whenFull) {
            PoolType type = cell.pool();
            return type == null ? config : config.withPool(name(), new PoolConfig(type, size, queue, whenFull));
        }

        String pool() {
            return cell.inline() ? ServerConfig.INLINE : name();
        }

        @Override
        public String toString() {
            return name();
        }
    }
}
