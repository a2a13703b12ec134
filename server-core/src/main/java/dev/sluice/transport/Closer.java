package dev.sluice.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends connections without losing their last reply: sends what is left to say, then our FIN, then reads and drops until the peer's
/// end (RFC 9112 §9.6). A close with unread bytes would make the kernel send a reset, which takes back replies the peer has not read.
///
/// ```
///  linger(channel, parting) ─► SAYING ── all sent ─► FIN ─► DROPPING ── peer's end, time, or too many bytes ─► closed
/// ```
///
/// One thread lingers for all, without blocking, bounded in sockets, bytes and time. Its sets are confined to that thread; the queue of
/// arrivals, the count and the two flags are what others touch.
public final class Closer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Closer.class);
    private static final int MOST_SOCKETS = 1_024;
    private static final int MOST_BYTES = 256 << 10;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Parting> arrivals = new ConcurrentLinkedQueue<>();
    /// In the order of their arrival.
    private final SequencedSet<Parting> lingering = new LinkedHashSet<>();
    private final ByteBuffer dropped = ByteBuffer.allocateDirect(16 << 10);
    private final AtomicInteger sockets = new AtomicInteger();
    private volatile boolean closing;
    private volatile boolean closed;

    private static final class Parting {
        final SocketChannel channel;
        final ByteBuffer words;
        final long deadline;
        int bytes;
        boolean finSent;
        boolean ended;

        Parting(SocketChannel channel, ByteBuffer words, long deadline) {
            this.channel = channel;
            this.words = words;
            this.deadline = deadline;
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

    /// Takes the channel over, sends the parting words, and ends it. The caller no longer touches it, and no thread is inside one of its
    /// reads or writes. From any thread; does not block.
    ///
    /// @param words  what is left to say, from its position to its limit; not to be touched any more
    /// @param linger how long to go on in all
    public void linger(SocketChannel channel, ByteBuffer words, Duration linger) {
        sockets.incrementAndGet();
        arrivals.add(new Parting(channel, words, System.nanoTime() + linger.toNanos()));
        selector.wakeup();
        if (closed) {
            closeArrivals();
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
                selector.select(this::ready, untilNextDeadline());
                adoptArrivals();
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

    private long untilNextDeadline() {
        if (!arrivals.isEmpty()) {
            return 1;
        }
        return lingering.isEmpty() ? 0 : 20;
    }

    private void adoptArrivals() {
        for (Parting parting = arrivals.poll(); parting != null; parting = arrivals.poll()) {
            if (lingering.size() == MOST_SOCKETS) {
                end(lingering.getFirst());
            }
            try {
                parting.channel.configureBlocking(false);
                parting.channel.register(selector, SelectionKey.OP_READ, parting);
                lingering.add(parting);
                say(parting);
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
                parting.channel.keyFor(selector).interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
        }
        if (!parting.finSent) {
            parting.finSent = true;
            parting.channel.shutdownOutput();
            parting.channel.keyFor(selector).interestOps(SelectionKey.OP_READ);
        }
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
