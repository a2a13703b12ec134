package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// What lies between the two threads of a duplex connection, and the pool between them: two bounded queues, the request that is with its
/// handler, and how far the receiver is.
///
/// ```
///  receiver ─ put ─► inbound ─ nextToHandle ─► handed ─ answered ─► outbound ─ take ─► sender ─ sent
///                       └───── words and faults, in their order ──────►┘
///                    ╰──────────────────────────── in flight ───────────────────────────────╯
///
///  inbound full: the receiver waits, and TCP slows the client     outbound full: no further request is handed to the pool
/// ```
///
/// `lock` guards everything here, and every change of the connection's state, which follows from it: `standing` is told under it. The
/// connection takes it too, where it decides upon both. It is never held across a read, a write, a handler or the gate.
final class DuplexQueues<Q, R> {

    /// What goes through the queues, in the order of the requests.
    sealed interface Item<Q, R> {
        record Request<Q, R>(Q request, long number, long size) implements Item<Q, R> {}

        record Words<Q, R>(ByteBuffer bytes) implements Item<Q, R> {}

        record Answer<Q, R>(Q request, long number, Result<R> result, boolean late) implements Item<Q, R> {}

        record Fault<Q, R>(@Nullable Q partial, Refusal why, CloseReason reason, String detail) implements Item<Q, R> {}

        /// The peer has ended, and all it asked for was answered before this.
        record PeerEnd<Q, R>() implements Item<Q, R> {}
    }

    /// What may wait for the handler in bytes, beyond one request.
    private static final long WAITING_BYTES = 256 << 10;
    /// What may wait for the sender: enough that it never waits for the handler's next, and no more, since responses may be large.
    private static final int ANSWERED = 8;

    final ReentrantLock lock = new ReentrantLock();
    /// There is something for the sender.
    private final Condition answered = lock.newCondition();
    /// There is room for the receiver's next.
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Item<Q, R>> inbound = new ArrayDeque<>();
    private final ArrayDeque<Item<Q, R>> outbound = new ArrayDeque<>();
    private Item.@Nullable Request<Q, R> handed;
    /// What the receiver reads.
    private Stage receiving = Stage.BETWEEN;
    private int inFlight;
    private long inboundBytes;
    private boolean stopped;
    private final IntSupplier pipelined;
    private final Consumer<ConnectionState> standing;

    /// @param pipelined how many may wait for the handler, as is allowed right now
    /// @param standing  is told, under the lock, what the connection does, as far as the queues tell: IDLE, READING, HANDLING or WRITING
    DuplexQueues(IntSupplier pipelined, Consumer<ConnectionState> standing) {
        this.pipelined = pipelined;
        this.standing = standing;
    }

    // ---- the receiver ----

    /// It has come to this stage.
    void at(Stage stage) {
        lock.lock();
        try {
            receiving = stage;
            settle();
        } finally {
            lock.unlock();
        }
    }

    /// Something has come.
    ///
    /// @return false when the connection was ended meanwhile, and that is dropped
    boolean arrived() {
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            if (receiving == Stage.BETWEEN) {
                receiving = Stage.HEAD;
            }
            settle();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Puts an item behind those before it; waits for room, which slows a fast client down by TCP.
    ///
    /// @param next what the receiver goes on with; the sender may look sooner than it reads again
    /// @return false when the connection is ending
    boolean put(Item<Q, R> item, Stage next) {
        lock.lock();
        try {
            while (!stopped && (inbound.size() >= pipelined.getAsInt() || inboundBytes > WAITING_BYTES)) {
                room.awaitUninterruptibly();
            }
            if (stopped) {
                return false;
            }
            inFlight++;
            receiving = next;
            inboundBytes += item instanceof Item.Request<Q, R> request ? request.size() : 0;
            inbound.addLast(item);
            return true;
        } finally {
            lock.unlock();
        }
    }

    // ---- whichever thread made room or brought something ----

    /// Moves what needs no handler on to the sender, and takes the next request if none is being handled and the sender has room.
    Item.@Nullable Request<Q, R> nextToHandle() {
        lock.lock();
        try {
            while (!stopped && handed == null && outbound.size() < ANSWERED) {
                Item<Q, R> item = inbound.pollFirst();
                if (item == null) {
                    break;
                }
                room.signalAll();
                if (item instanceof Item.Request<Q, R> request) {
                    handed = request;
                    inboundBytes -= request.size();
                    settle();
                    return request;
                }
                outbound.addLast(item);
                answered.signal();
            }
            settle();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// The request that is with its handler, or on its way there.
    Item.@Nullable Request<Q, R> handed() {
        lock.lock();
        try {
            return handed;
        } finally {
            lock.unlock();
        }
    }

    /// Whether an answer to this request is still wanted. Under the lock.
    boolean awaits(Item.Request<Q, R> request) {
        return handed == request && !stopped;
    }

    /// The request that is handed has its answer. Under the lock.
    void answer(Item.Answer<Q, R> answer) {
        handed = null;
        outbound.addLast(answer);
        answered.signal();
        settle();
    }

    // ---- the sender ----

    /// @param waits for one; otherwise null when there is none
    /// @return null also when the connection has stopped
    @Nullable Item<Q, R> take(boolean waits) {
        lock.lock();
        try {
            while (waits && !stopped && outbound.isEmpty()) {
                answered.awaitUninterruptibly();
            }
            return stopped ? null : outbound.pollFirst();
        } finally {
            lock.unlock();
        }
    }

    /// So many of those that it took are sent.
    void sent(int items) {
        lock.lock();
        try {
            inFlight -= items;
            settle();
        } finally {
            lock.unlock();
        }
    }

    /// Whether a further message has come or begun to.
    ///
    /// @param unsent how many of those that were taken are not sent yet
    boolean more(int unsent) {
        lock.lock();
        try {
            return inFlight > unsent || receiving != Stage.BETWEEN;
        } finally {
            lock.unlock();
        }
    }

    // ---- the end ----

    /// Nothing more is put in or taken out; who waits here does so no longer.
    void stop() {
        lock.lock();
        try {
            stopped = true;
            answered.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean stopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /// Stops, and gives back what the sender will not send.
    List<Item<Q, R>> drop() {
        lock.lock();
        try {
            stop();
            List<Item<Q, R>> unsent = List.copyOf(outbound);
            outbound.clear();
            inbound.clear();
            return unsent;
        } finally {
            lock.unlock();
        }
    }

    /// Tells anew what the connection does.
    void settle() {
        lock.lock();
        try {
            standing.accept(standing());
        } finally {
            lock.unlock();
        }
    }

    private ConnectionState standing() {
        if (inFlight > 0) {
            return handed != null || !inbound.isEmpty() ? ConnectionState.HANDLING : ConnectionState.WRITING;
        }
        return receiving == Stage.BETWEEN ? ConnectionState.IDLE : ConnectionState.READING;
    }
}
