package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ListenerLimits;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ServerLimits;
import dev.sluice.protocol.Peer;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The exact account of the connections of one role: who was accepted, admitted, refused, and how each ended.
///
/// ```
///  reserve ──► admitted ─► (identify) ─► ended   accepted = admitted + refused
///     │ └────► refused (the pool is full)          admitted = connections + closed
///     └ refused (a limit, sealed)
/// ```
///
/// Totals are counted at accept, and limits by address too where the address is the client's own. Behind a balancer it is not known by then:
/// such a connection is counted under no address until its PROXY header has named one, and for ever when it names none. While it waits for
/// its header it is listed, kicked and drained as any other, so it is admitted; one that turns out to be over a limit counts as closed with
/// that limit as its reason, and never as refused. So each connection is on one side of each equation at every moment, and nothing that was
/// counted is taken back.
///
/// One lock guards every count, and `sealed`, so that no connection slips in after it is set; the living change under that lock and are read
/// without. Nothing is called under the lock; no other lock is taken under it.
public final class ConnectionRegistry {

    private final ReentrantLock lock = new ReentrantLock();
    private final Living living = new Living();
    private final Map<Object, Integer> placesByAddress = new HashMap<>();
    private final Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);
    private final Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
    private final Throttle throttle = new Throttle();
    private final LongAdder failures = new LongAdder();
    private final AtomicLong ids;
    private final LongSupplier clock;
    private ServerLimits limits;
    private int places;
    private int connections;
    private int peak;
    private long accepted;
    private long admitted;
    private long requests;
    private long bytesIn;
    private long bytesOut;
    private boolean sealed;
    /// From the end of STOP_ACCEPTING on, every reply says it is the last. Written by the drainer, read by every connection.
    private volatile boolean draining;
    private volatile long drainingSince;

    /// @param ids numbers connections, across the registries of a server
    public ConnectionRegistry(ServerLimits limits, AtomicLong ids) {
        this(limits, ids, System::nanoTime);
    }

    /// @param clock monotonic, in nanoseconds; of the JDK or the simulation, since it is asked under the lock
    ConnectionRegistry(ServerLimits limits, AtomicLong ids, LongSupplier clock) {
        this.limits = limits;
        this.ids = ids;
        this.clock = clock;
        for (RefusalReason reason : RefusalReason.values()) {
            refused.put(reason, 0L);
        }
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, 0L);
        }
    }

    /// The counts of a moment. See [dev.sluice.api.ServerStats].
    public record Account(
            long accepted,
            long admitted,
            Map<RefusalReason, Long> refused,
            Map<CloseReason, Long> closed,
            int connections,
            int peak,
            int limit,
            long requests,
            long bytesIn,
            long bytesOut) {}

    /// The counts of one listener at a moment. See [dev.sluice.api.ListenerInfo].
    public record ListenerAccount(
            long accepted, Map<RefusalReason, Long> refused, int connections, int retiring, int peak, long requests, long bytesIn,
            long bytesOut) {}

    public void limits(ServerLimits next) {
        lock.lock();
        try {
            limits = next;
        } finally {
            lock.unlock();
        }
    }

    long nextId() {
        return ids.incrementAndGet();
    }

    /// Holds a place for a connection that was accepted, or counts it as refused.
    ///
    /// @param counted under whose address; null for a balancer, which counts under none
    /// @return why it is refused, or null
    @Nullable RefusalReason reserve(Listener listener, @Nullable Peer counted) {
        ListenerLimits own = listener.config().limits();
        Object address = counted == null ? null : addressKey(counted);
        lock.lock();
        try {
            RefusalReason reason = refusal(listener, own);
            if (reason == null && address != null) {
                reason = refusal(listener, own, address);
            }
            if (reason != null) {
                countRefused(listener, reason);
                return reason;
            }
            places++;
            listener.tally.places++;
            if (address != null) {
                count(listener, address);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Counts an admitted connection under the address of its client, which its balancer has named. One that has ended meanwhile has no place
    /// any more to be counted.
    ///
    /// @return why it is over a limit, and counts under no address; or null
    @Nullable CloseReason identify(Connection<?, ?> connection, Peer client) {
        Listener listener = connection.listener();
        Object address = addressKey(client);
        lock.lock();
        try {
            if (!living.holds(connection)) {
                return null;
            }
            RefusalReason reason = refusal(listener, listener.config().limits(), address);
            if (reason != null) {
                return reason == RefusalReason.RATE_LIMIT ? CloseReason.RATE_LIMIT : CloseReason.ADDRESS_LIMIT;
            }
            count(listener, address);
            connection.counted = client;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void count(Listener listener, Object address) {
        listener.tally.count(address);
        placesByAddress.merge(address, 1, Integer::sum);
    }

    private @Nullable RefusalReason refusal(Listener listener, ListenerLimits own) {
        if (sealed) {
            return RefusalReason.DRAINING;
        }
        if (places >= limits.connections()) {
            return RefusalReason.SERVER_LIMIT;
        }
        return listener.tally.places >= own.connections() ? RefusalReason.LISTENER_LIMIT : null;
    }

    private @Nullable RefusalReason refusal(Listener listener, ListenerLimits own, Object address) {
        boolean tooMany = placesByAddress.getOrDefault(address, 0) >= limits.perAddress()
                || listener.tally.perAddress(address) >= own.perAddress();
        if (tooMany) {
            return RefusalReason.ADDRESS_LIMIT;
        }
        return takesItsTurn(listener, own, address) ? null : RefusalReason.RATE_LIMIT;
    }

    /// Both rates must permit it, and what one of them refuses counts for neither.
    private boolean takesItsTurn(Listener listener, ListenerLimits own, Object address) {
        long now = clock.getAsLong();
        boolean permitted = throttle.permits(address, limits.ratePerAddress(), now)
                && listener.tally.throttle.permits(address, own.ratePerAddress(), now);
        if (permitted) {
            throttle.take(address, limits.ratePerAddress(), now);
            listener.tally.throttle.take(address, own.ratePerAddress(), now);
        }
        return permitted;
    }

    /// Counts a connection that was accepted and for which no place was sought.
    void refusedUnseen(Listener listener, RefusalReason reason) {
        lock.lock();
        try {
            countRefused(listener, reason);
        } finally {
            lock.unlock();
        }
    }

    /// Gives back the place of a connection that is not admitted after all.
    ///
    /// @param counted as when the place was reserved
    void refused(Listener listener, @Nullable Peer counted, RefusalReason reason) {
        lock.lock();
        try {
            countRefused(listener, reason);
            giveBack(listener, counted);
        } finally {
            lock.unlock();
        }
    }

    private void countRefused(Listener listener, RefusalReason reason) {
        accepted++;
        refused.merge(reason, 1L, Long::sum);
        listener.tally.refused(reason);
    }

    private void giveBack(Listener listener, @Nullable Peer counted) {
        places--;
        listener.tally.places--;
        if (counted == null) {
            return;
        }
        Object address = addressKey(counted);
        placesByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
        listener.tally.giveBack(address);
    }

    /// Counts a connection that holds a place as admitted, whoever of two threads comes first. The other one waits, lest it ends what is not yet known.
    ///
    /// @return false when it was counted before
    boolean admitted(Connection<?, ?> connection) {
        lock.lock();
        try {
            if (connection.admitted) {
                return false;
            }
            living.enter(connection);
            accepted++;
            admitted++;
            connections++;
            peak = Math.max(peak, connections);
            connection.listener().tally.admitted();
            connection.admitted = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Counts an admitted connection as ended. Once for each connection; see [Connection#end].
    void ended(Connection<?, ?> connection, CloseReason reason) {
        lock.lock();
        try {
            living.leave(connection);
            connections--;
            closed.merge(reason, 1L, Long::sum);
            giveBack(connection.listener(), connection.counted);
            connection.listener().tally.ended(connection);
            requests += connection.requests();
            bytesIn += connection.bytesIn();
            bytesOut += connection.bytesOut();
        } finally {
            lock.unlock();
        }
    }

    /// Admits no connection from now on.
    public void seal() {
        lock.lock();
        try {
            sealed = true;
        } finally {
            lock.unlock();
        }
    }

    /// Has every reply say from now on that it is the last.
    public void beginDraining(long now) {
        drainingSince = now;
        draining = true;
    }

    /// Goes back to admitting.
    public void unseal() {
        draining = false;
        lock.lock();
        try {
            sealed = false;
        } finally {
            lock.unlock();
        }
    }

    /// Counts a request that a handler or codec failed.
    void failed() {
        failures.increment();
    }

    /// How many requests a handler or codec failed.
    public long failures() {
        return failures.sum();
    }

    public boolean draining() {
        return draining;
    }

    public long drainingSince() {
        return drainingSince;
    }

    /// The living, in no order; weakly consistent.
    public Collection<Connection<?, ?>> living() {
        return Collections.unmodifiableCollection(living);
    }

    public @Nullable Connection<?, ?> find(long id) {
        return living.find(id);
    }

    public Account account() {
        lock.lock();
        try {
            long moreRequests = 0;
            long moreIn = 0;
            long moreOut = 0;
            for (Connection<?, ?> connection : living) {
                moreRequests += connection.requests();
                moreIn += connection.bytesIn();
                moreOut += connection.bytesOut();
            }
            return new Account(accepted, admitted, new EnumMap<>(refused), new EnumMap<>(closed), connections, peak, limits.connections(),
                    requests + moreRequests, bytesIn + moreIn, bytesOut + moreOut);
        } finally {
            lock.unlock();
        }
    }

    public ListenerAccount account(Listener listener) {
        lock.lock();
        try {
            Tally tally = listener.tally;
            long moreRequests = 0;
            long moreIn = 0;
            long moreOut = 0;
            int retiring = 0;
            for (Connection<?, ?> connection : living) {
                if (connection.listener().continues(listener)) {
                    retiring += connection.listener() == listener ? 0 : 1;
                    moreRequests += connection.requests();
                    moreIn += connection.bytesIn();
                    moreOut += connection.bytesOut();
                }
            }
            return new ListenerAccount(tally.accepted, new EnumMap<>(tally.refused), tally.connections, retiring, tally.peak,
                    tally.requests + moreRequests, tally.bytesIn + moreIn, tally.bytesOut + moreOut);
        } finally {
            lock.unlock();
        }
    }

    /// What limits by address count as one: an IPv4 address, the /64 of an IPv6 address, which one customer has to itself, or the user of a Unix domain socket.
    static Object addressKey(Peer peer) {
        return switch (peer.remote()) {
            case InetSocketAddress tcp when tcp.getAddress() instanceof Inet6Address six -> ByteBuffer.wrap(six.getAddress(), 0, 8).slice();
            case InetSocketAddress tcp -> tcp.getAddress();
            default -> user(peer);
        };
    }

    /// Without the group, which a user may choose among several.
    private static String user(Peer peer) {
        int colon = peer.user().indexOf(':');
        return colon < 0 ? peer.user() : peer.user().substring(0, colon);
    }
}
