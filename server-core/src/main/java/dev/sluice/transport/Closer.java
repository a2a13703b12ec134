package dev.sluice.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends connections without losing their last reply: sends what is left to say, then our FIN, then reads and drops until the peer's
/// end (RFC 9112 §9.6). A close with unread bytes would make the kernel send a reset, which takes back replies the peer has not read.
///
/// ```
///  linger(channel, words) ─► SAYING ── all sent: FIN ─► FRESH ── a first look, soon ─► DROPPING ─► closed
///                                                          └── peer's end ───────────────────────────┘  at the peer's end, too many bytes,
///                                                                                                       or when its time is over
/// ```
///
/// Most peers answer our FIN with theirs at once, and are gone at the first look: the selector never hears of them, and since that look can wait
/// a little, nobody has to wake this thread for each of them. (Of what a connection with one request costs, that is a sixth.)
///
/// One thread lingers for all, without blocking, bounded in sockets, bytes and time. Its collections are confined to that thread; the queue of
/// arrivals, the count and the flags are what others touch.
public final class Closer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Closer.class);
    private static final int MOST_SOCKETS = 1_024;
    private static final int MOST_BYTES = 256 << 10;
    /// How long after it has come, in milliseconds.
    private static final long FIRST_LOOK = 2;
    /// How exactly it keeps to the time that a peer is given, in milliseconds.
    private static final long ROUND = 20;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Parting> arrivals = new ConcurrentLinkedQueue<>();
    /// In the order of their arrival.
    private final SequencedSet<Parting> lingering = new LinkedHashSet<>();
    /// Those of them that the selector does not know of, in the order in which they are due for a look.
    private final Queue<Parting> fresh = new ArrayDeque<>();
    private final ByteBuffer dropped = ByteBuffer.allocateDirect(16 << 10);
    private final AtomicInteger sockets = new AtomicInteger();
    /// It waits for as long as nobody wakes it.
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private volatile boolean closed;

    private static final class Parting {
        final SocketChannel channel;
        final ByteBuffer words;
        final long deadline;
        int bytes;
        long firstLook;
        boolean finSent;
        boolean ended;

        Parting(SocketChannel channel, ByteBuffer words, long deadline, boolean finSent) {
            this.channel = channel;
            this.words = words;
            this.deadline = deadline;
            this.finSent = finSent;
        }
    }

    /// Starts the closer's thread.
    ///
    /// @param provider makes its selector
    public Closer(String name, SelectorProvider provider) throws IOException {
        selector = provider.openSelector();
        thread = Thread.ofPlatform().name(name).daemon(false).unstarted(this::run);
        thread.start();
    }

    /// Takes the channel over, sends the parting words, or our FIN at once where there are none, and ends it. The caller no longer touches it, and
    /// no thread is inside one of its reads or writes. From any thread; does not block.
    ///
    /// @param words  what is left to say, from its position to its limit; not to be touched any more
    /// @param linger how long to go on in all
    public void linger(SocketChannel channel, ByteBuffer words, Duration linger) {
        sockets.incrementAndGet();
        boolean wordless = !words.hasRemaining();
        if (wordless) {
            finish(channel);
        }
        arrivals.add(new Parting(channel, words, System.nanoTime() + linger.toNanos(), wordless));
        if (asleep.compareAndSet(true, false) || !wordless) {
            selector.wakeup();
        }
        if (closed) {
            closeArrivals();
        }
    }

    /// Sends our FIN, from any thread.
    private static void finish(SocketChannel channel) {
        try {
            channel.shutdownOutput();
        } catch (IOException gone) {
            LOG.debug("event=fin-failed", gone); // the first look finds it gone, too
        }
    }

    /// How many sockets linger now, those that have just come included.
    public int lingering() {
        return sockets.get();
    }

    /// The closer's thread.
    public Thread thread() {
        return thread;
    }

    /// Closes what still lingers, and ends the thread.
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
    }

    private void run() {
        while (!closing) {
            try {
                await();
                adoptArrivals();
                lookAtFresh();
                expire();
            } catch (Throwable failed) {
                LOG.error("event=closer-failed", failed);
            }
        }
        List.copyOf(lingering).forEach(this::end);
        closed = true;
        closeArrivals();
        closeQuietly(selector);
    }

    private void await() throws IOException {
        if (!fresh.isEmpty()) {
            selector.select(this::ready, FIRST_LOOK);
        } else if (!lingering.isEmpty()) {
            selector.select(this::ready, ROUND);
        } else {
            sleep();
        }
    }

    /// Who arrives before it says that it is asleep is found here; who arrives after that wakes it.
    private void sleep() throws IOException {
        asleep.set(true);
        if (arrivals.isEmpty() && !closing) {
            selector.select(this::ready);
        }
        asleep.set(false);
    }

    private void adoptArrivals() {
        for (Parting parting = arrivals.poll(); parting != null; parting = arrivals.poll()) {
            if (lingering.size() == MOST_SOCKETS) {
                end(lingering.getFirst());
            }
            lingering.add(parting);
            try {
                parting.channel.configureBlocking(false);
                say(parting);
            } catch (IOException | RuntimeException gone) {
                end(parting);
            }
        }
    }

    private void lookAtFresh() {
        long now = System.nanoTime();
        for (Parting parting = fresh.peek(); parting != null && now - parting.firstLook >= 0; parting = fresh.peek()) {
            fresh.remove();
            if (parting.ended) {
                continue;
            }
            try {
                drop(parting);
                if (!parting.ended) {
                    tell(parting, SelectionKey.OP_READ);
                }
            } catch (IOException | RuntimeException gone) {
                end(parting);
            }
        }
    }

    private void ready(SelectionKey key) {
        if (!(key.attachment() instanceof Parting parting)) {
            return;
        }
        try {
            if (key.isValid() && key.isWritable()) {
                say(parting);
            }
            if (key.isValid() && key.isReadable()) {
                drop(parting);
            }
        } catch (IOException | RuntimeException gone) {
            end(parting);
        }
    }

    private void say(Parting parting) throws IOException {
        while (parting.words.hasRemaining()) {
            if (parting.channel.write(parting.words) == 0) {
                tell(parting, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
        }
        if (!parting.finSent) {
            parting.finSent = true;
            finish(parting.channel);
        }
        if (parting.channel.keyFor(selector) != null) {
            tell(parting, SelectionKey.OP_READ);
        } else {
            parting.firstLook = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FIRST_LOOK);
            fresh.add(parting);
        }
    }

    /// What the selector is to tell of it from now on.
    private void tell(Parting parting, int operations) throws IOException {
        parting.channel.register(selector, operations, parting);
    }

    private void drop(Parting parting) throws IOException {
        int read = parting.channel.read(dropped.clear());
        parting.bytes += Math.max(read, 0);
        if (read < 0 || parting.bytes > MOST_BYTES) {
            end(parting);
        }
    }

    private void expire() {
        long now = System.nanoTime();
        List<Parting> late = new ArrayList<>();
        for (Parting parting : lingering) {
            if (now - parting.deadline >= 0) {
                late.add(parting);
            }
        }
        late.forEach(this::end);
    }

    /// Ends one that has arrived; a second time has no effect.
    private void end(Parting parting) {
        if (!parting.ended) {
            parting.ended = true;
            lingering.remove(parting);
            closeQuietly(parting.channel);
            sockets.decrementAndGet();
        }
    }

    /// From any thread, once the closer has ended.
    private void closeArrivals() {
        for (Parting parting = arrivals.poll(); parting != null; parting = arrivals.poll()) {
            closeQuietly(parting.channel);
            sockets.decrementAndGet();
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception gone) {
            LOG.debug("event=close-failed", gone);
        }
    }
}
